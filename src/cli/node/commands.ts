/** `cka node list`, `cka node exec` and `cka ssh`: work on the nodes of a cluster. */
import { type Cli, type CliCommand, CLUSTER_OPTIONS, EXIT, JSON_OPTION, printJson } from '../command.ts';
import { runningCluster } from '../labs.ts';
import { runOnNode } from './live.ts';

const NODE = { name: '<node>', description: 'name of the node', completes: 'node' } as const;

export const nodeList: CliCommand = {
  name: 'node list',
  summary: 'the nodes of a cluster',
  options: [...CLUSTER_OPTIONS, JSON_OPTION],
  examples: ['cka node list'],
  async run(cli, _args, options) {
    const { nodes } = (await runningCluster(cli, options)).info;
    if (options['json']) printJson(cli, nodes);
    else cli.out(`${nodes.join('\n')}\n`);
    return EXIT.done;
  },
};

export const nodeExec: CliCommand = {
  name: 'node exec',
  summary: 'run a command on a node; its exit code is ours',
  arguments: [NODE, { name: '<command...>', description: 'the command, after --' }],
  options: CLUSTER_OPTIONS,
  examples: ['cka node exec cka-lab-worker -- ip route', 'cka node exec cka-lab-worker -- iptables -t nat -L KUBE-SERVICES -n'],
  async run(cli, [node, ...command], options) {
    return runOnNode(await runningCluster(cli, options), node!, command, false);
  },
};

export const ssh: CliCommand = {
  name: 'ssh',
  summary: 'a shell, or a command, on a node',
  arguments: [NODE, { name: '[command...]', description: 'the command, after --' }],
  options: CLUSTER_OPTIONS,
  examples: ['cka ssh cka-lab-worker', 'cka ssh cka-lab-worker -- systemctl status kubelet', "cka ssh cka-lab-worker 'ip route; ip rule'"],
  async run(cli: Cli, [node, ...command], options) {
    const cluster = await runningCluster(cli, options);
    // As the real one: the words are put together again, and the shell over there reads them.
    return command.length > 0 ? runOnNode(cluster, node!, ['bash', '-c', command.join(' ')], false) : runOnNode(cluster, node!, ['bash'], cli.isTerminal);
  },
};
