/** `cka cluster up`: returns when the cluster is Ready. Shows a real one being built step by step. */
import { backendLine } from '../../cluster/choice.ts';
import { networkLine } from '../../cluster/encapsulation.ts';
import { quote } from '../../lab/shell/quote.ts';
import { asTyped } from '../as-typed.ts';
import { type Cli, type CliCommand, type CliOption, type CliOptions, EXIT, JSON_OPTION, printJson, SPEC_OPTIONS } from '../command.ts';
import { askHere, backendOf, paths, wantedSpec } from '../labs.ts';

/** How kind clusters are made. */
const KIND_OPTIONS: readonly CliOption[] = [
  { flags: '--cni-operator', description: 'kind: install Calico by its operator instead of its manifest' },
  { flags: '--node-tools', description: 'kind: put tcpdump, ipvsadm, dig, vim … on the nodes' },
  { flags: '--manifest-dir <folder>', description: 'kind: take manifests and archives from this folder, nothing from the network' },
  { flags: '--bundle <folder>', description: 'kind: take everything from a bundle (`cka cluster bundle`)' },
];

export const clusterUp: CliCommand = {
  name: 'cluster up',
  summary: 'create a cluster, or find it again; returns when it is Ready',
  options: [...SPEC_OPTIONS, ...KIND_OPTIONS, JSON_OPTION],
  examples: ['cka cluster up', 'cka cluster up --backend simulator --cni flannel --name x --json', 'cka cluster up --backend kind --cni flannel --workers 2 --proxy-mode ipvs', 'cka cluster up --backend existing --context my-cluster --name mine'],
  async run(cli, _args, options) {
    const { BuildProgress } = await import('./build-progress.ts');
    const progress = new BuildProgress((text) => cli.err(text), { isTerminal: Boolean(process.stderr.isTTY), columns: process.stderr.columns ?? 80 });
    const isQuiet = options['json'] === true;
    const backend = await backendOf(cli, options, { images: await imagesOfLabs(cli, options), ...(isQuiet ? {} : { onStep: (event) => progress.show(event) }) });
    const spec = await wantedSpec(cli, options, backend);
    const found = await backend.find(spec.name);
    const { info } = found ?? (await backend.up(spec, isQuiet ? undefined : (step) => {
      // Steps of a build are drawn by the progress itself.
      if (!step.startsWith('[')) cli.err(`${step} …\n`);
    }));
    // Counted from the start of this process: what the learner waits for.
    const readyMs = Math.round(performance.now());
    const { name, kubeconfig, context, nodes, cni, encapsulation, proxyMode, kubernetesVersion } = info;
    if (isQuiet) printJson(cli, { backend: info.backend, because: info.because, name, kubeconfig, context, nodes, cni, encapsulation, proxyMode, kubernetesVersion, readyMs });
    else cli.out(`Cluster ${name} is Ready (Kubernetes ${kubernetesVersion}, ${networkLine(info)}, ${nodes.length} nodes, ${readyMs} ms).\nOn ${backendLine(info)}.\n\n  export KUBECONFIG=${quote(kubeconfig)}\n  kubectl get nodes\n\nor ${asTyped('`cka cluster shell`', cli.env)}.\n`);
    if (info.backend === 'kind' && !found && cli.isTerminal && !isQuiet) await askOnce(cli);
    return EXIT.done;
  },
};

/** What labs will run is loaded beforehand: only for kind, whose nodes would pull it one by one. */
async function imagesOfLabs(cli: Cli, options: CliOptions): Promise<readonly string[]> {
  if (options['backend'] !== 'kind') return [];
  const [{ readPacks }, { imagesOf }] = await Promise.all([import('../labs.ts'), import('./lab-images.ts')]);
  return imagesOf((await readPacks(cli)).labs);
}

/** Whoever made a kind cluster by name may want the next one to be one too. */
async function askOnce(cli: Cli): Promise<void> {
  const [{ agreedToKind, askAboutKind }, folders] = await Promise.all([import('../../cluster/choice.ts'), paths(cli)]);
  if (agreedToKind(folders) === undefined) await askAboutKind(folders, askHere);
}
