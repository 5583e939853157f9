/** `cka cluster backend`, `bundle` and `proxy-mode`: what only real clusters have, or what chooses between them and the simulator. */
import { resolve } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import type { ClusterSpec } from '../../cluster/cluster.ts';
import { asTyped } from '../as-typed.ts';
import { type CliCommand, CLUSTER_OPTIONS, EXIT, JSON_OPTION, printJson } from '../command.ts';
import { backendOf, paths, readPacks, runningCluster } from '../labs.ts';

export const clusterBackend: CliCommand = {
  name: 'cluster backend',
  summary: 'where new clusters are made, and why; with a name: from now on there',
  arguments: [{ name: '[backend]', description: 'simulator, or kind (whenever it works here)' }],
  options: [JSON_OPTION],
  examples: ['cka cluster backend', 'cka cluster backend kind'],
  async run(cli, [wanted], options) {
    const { agreeToKind } = await import('../../cluster/choice.ts');
    if (wanted !== undefined && wanted !== 'kind' && wanted !== 'simulator') throw new UserError(`"${wanted}" cannot be used without being named.`, 'Choose simulator or kind; a cluster of your own is named each time: --backend existing --context NAME', 2);
    if (wanted !== undefined) agreeToKind(await paths(cli), wanted === 'kind');
    const choice = await (await backendOf(cli)).choose();
    if (options['json']) printJson(cli, choice);
    else cli.out(`New clusters are made on ${choice.backend}: ${choice.because}.\n`);
    return EXIT.done;
  },
};

export const clusterBundle: CliCommand = {
  name: 'cluster bundle',
  summary: 'everything for a kind cluster in one folder, for machines without a network',
  arguments: [{ name: '[folder]', description: 'where to (default: cka-bundle)' }],
  options: [{ flags: '--cni-operator', description: 'with what `cka cluster up --cni-operator` needs' }, JSON_OPTION],
  examples: ['cka cluster bundle', 'cka cluster up --backend kind --bundle cka-bundle'],
  async run(cli, [typed], options) {
    const [{ makeBundle }, { imagesOf }, { labs }, { cache }] = await Promise.all([import('../../cluster/bundle.ts'), import('./lab-images.ts'), readPacks(cli), paths(cli)]);
    const folder = resolve(typed ?? 'cka-bundle');
    const files = await makeBundle(folder, { env: cli.env, cache, images: imagesOf(labs), withOperator: options['cniOperator'] === true, say: (line) => cli.err(`${line} …\n`) });
    if (options['json']) printJson(cli, { folder, files });
    else cli.out(asTyped(`${files.length} files in ${folder}. There: cka cluster up --backend kind --bundle ${typed ?? 'cka-bundle'}\n`, cli.env));
    return EXIT.done;
  },
};

export const clusterProxyMode: CliCommand = {
  name: 'cluster proxy-mode',
  summary: 'switch kube-proxy of a kind cluster to another mode and clean up after the former one',
  arguments: [{ name: '<mode>', description: 'iptables, ipvs or nftables' }],
  options: [...CLUSTER_OPTIONS, JSON_OPTION],
  examples: ['cka cluster proxy-mode ipvs --name real', 'cka cluster proxy-mode iptables --name real'],
  async run(cli, [mode], options) {
    if (mode !== 'iptables' && mode !== 'ipvs' && mode !== 'nftables') throw new UserError(`"${mode}" is no mode of kube-proxy.`, 'Use iptables, ipvs or nftables.', 2);
    const cluster = await runningCluster(cli, options);
    const { name, backend } = cluster.info;
    if (!cluster.switchProxyMode) throw new UserError(`The mode of kube-proxy on cluster ${name} (${backend}) is not ours to switch.`, backend === 'existing' ? 'It is your own cluster: what belongs to no namespace stays as it is.' : 'Edit it as the lab teaches: kubectl -n kube-system edit configmap kube-proxy', 2);
    await cluster.switchProxyMode(mode satisfies ClusterSpec['proxyMode'], (line) => cli.err(`${line} …\n`));
    if (options['json']) printJson(cli, { name, backend, proxyMode: mode });
    else cli.out(`kube-proxy on every node of ${name} is in ${mode} mode.\n`);
    return EXIT.done;
  },
};
