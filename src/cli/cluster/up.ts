/** `cka cluster up`: returns when the cluster is Ready. */
import { type CliCommand, EXIT, JSON_OPTION, printJson, SPEC_OPTIONS } from '../command.ts';
import { backendOf, wantedSpec } from '../labs.ts';

export const clusterUp: CliCommand = {
  name: 'cluster up',
  summary: 'create a cluster, or find it again; returns when it is Ready',
  options: [...SPEC_OPTIONS, JSON_OPTION],
  examples: ['cka cluster up', 'cka cluster up --backend simulator --cni flannel --name x --json'],
  async run(cli, _args, options) {
    const backend = await backendOf(cli);
    const spec = await wantedSpec(cli, options, backend);
    const { info } = (await backend.find(spec.name)) ?? (await backend.up(spec, options['json'] ? undefined : (step) => cli.err(`${step} …\n`)));
    // Counted from the start of this process: what the learner waits for.
    const readyMs = Math.round(performance.now());
    const { name, kubeconfig, context, nodes, cni, proxyMode, kubernetesVersion } = info;
    if (options['json']) printJson(cli, { backend: info.backend, name, kubeconfig, context, nodes, cni, proxyMode, kubernetesVersion, readyMs });
    else cli.out(`Cluster ${name} is Ready (Kubernetes ${kubernetesVersion}, ${cni}, ${nodes.length} nodes, ${readyMs} ms).\n\n  export KUBECONFIG=${kubeconfig}\n  kubectl get nodes\n\nor \`cka cluster shell\`.\n`);
    return EXIT.done;
  },
};
