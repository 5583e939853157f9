/** `cka cluster status` and `cka cluster list`. */
import { formatTable } from '../../base/table.ts';
import { UserError } from '../../base/user-error.ts';
import type { ClusterInfo } from '../../cluster/cluster.ts';
import { backendLine } from '../../cluster/choice.ts';
import { networkLine } from '../../cluster/encapsulation.ts';
import { stateWord } from '../../cluster/state-word.ts';
import { asTyped } from '../as-typed.ts';
import { type Cli, type CliCommand, type CliOptions, CLUSTER_OPTIONS, EXIT, JSON_OPTION, printJson } from '../command.ts';
import { backendOf, clusterName, openProgress } from '../labs.ts';

export const clusterList: CliCommand = {
  name: 'cluster list',
  summary: 'every cluster that cka made',
  options: [JSON_OPTION],
  examples: ['cka cluster list', "cka cluster list --json | jq -r '.[].name'"],
  async run(cli, _args, options) {
    const clusters = await (await backendOf(cli)).list();
    if (options['json']) printJson(cli, clusters);
    else if (clusters.length === 0) cli.out(asTyped('No clusters. `cka cluster up` creates one.\n', cli.env));
    else cli.out(`${formatTable([['NAME', 'BACKEND', 'STATE', 'VERSION', 'CNI', 'NODES'], ...clusters.map(row)])}\n`);
    return EXIT.done;
  },
};

const row = (info: ClusterInfo) => [info.name, info.backend, stateWord(info), info.kubernetesVersion, info.cni, String(info.nodes.length)];

export const clusterStatus: CliCommand = {
  name: 'cluster status',
  summary: 'is a cluster running, are its nodes Ready, which lab is on it; exits 1 when it is not running',
  options: [...CLUSTER_OPTIONS, JSON_OPTION],
  examples: ['cka cluster status', 'cka cluster status --name x --json'],
  async run(cli, _args, options) {
    const { info, nodes, lab } = await look(cli, options);
    if (options['json']) printJson(cli, { ...info, nodes, lab: lab ?? null });
    else cli.out(asTyped(statusText(info, nodes, lab), cli.env));
    return info.running ? EXIT.done : EXIT.failed;
  },
};

interface NodeState {
  readonly name: string;
  readonly ready: boolean;
}

async function look(cli: Cli, options: CliOptions): Promise<{ readonly info: ClusterInfo; readonly nodes: readonly NodeState[]; readonly lab: string | undefined }> {
  const name = clusterName(cli, options);
  const backend = await backendOf(cli, options);
  const info = (await backend.list()).find((cluster) => cluster.name === name);
  if (!info) throw new UserError(`There is no cluster "${name}".`, '`cka cluster up` creates one; `cka cluster list` shows those that exist.', 1);
  const lab = (await (await openProgress(cli)).running(name))?.lab;
  const cluster = info.running ? await backend.find(name) : undefined;
  if (!cluster) return { info, lab, nodes: info.nodes.map((node) => ({ name: node, ready: false })) };
  const { body } = await cluster.request('GET', '/api/v1/nodes');
  const items = (body as { readonly items: readonly { readonly metadata: { readonly name: string }; readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] } }[] }).items;
  return { info, lab, nodes: items.map(({ metadata, status }) => ({ name: metadata.name, ready: status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false })) };
}

function statusText(info: ClusterInfo, nodes: readonly NodeState[], lab: string | undefined): string {
  const head = `Cluster ${info.name}: ${stateWord(info)} (Kubernetes ${info.kubernetesVersion}, ${networkLine(info)}, kube-proxy in ${info.proxyMode} mode)`;
  const lines = nodes.map(({ name, ready }) => `  ${name}  ${ready ? 'Ready' : info.running ? 'NotReady' : info.build === undefined ? 'stopped' : 'not there yet'}`);
  if (info.build === 'interrupted') lines.push(`Go on with it: cka cluster up --backend ${info.backend} --name ${info.name}`, `Or remove it:  cka cluster down --name ${info.name}`);
  return `${[head, `On ${backendLine(info)}`, ...lines, `Lab: ${lab ?? 'none'}`, `Kubeconfig: ${info.kubeconfig}`].join('\n')}\n`;
}
