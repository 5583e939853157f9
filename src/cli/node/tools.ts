/**
 * `cka node tools`: tcpdump, ipvsadm, dig and their like in the network of a node. Nodes of the simulator have them; those
 * of kind have not, and get a container of netshoot beside them, which sees what they see.
 */
import { UserError } from '../../base/user-error.ts';
import { nodeNamed } from '../../cluster/node-names.ts';
import { type CliCommand, CLUSTER_OPTIONS } from '../command.ts';
import { runningCluster } from '../labs.ts';
import { runHere } from '../run-here.ts';
import { runOnNode } from './live.ts';

export const nodeTools: CliCommand = {
  name: 'node tools',
  summary: 'tcpdump, ipvsadm, dig … in the network of a node, whether it has them or not',
  arguments: [{ name: '<node>', description: 'name of the node', completes: 'node' }, { name: '[command...]', description: 'the command, after --; a shell when there is none' }],
  options: CLUSTER_OPTIONS,
  examples: ['cka node tools node01', 'cka node tools cka-lab-worker -- tcpdump -ni any port 53'],
  async run(cli, [typed = '', ...command], options) {
    const cluster = await runningCluster(cli, options);
    const node = nodeNamed(cluster.info, typed);
    const words = command.length > 0 ? command : ['bash'];
    if (node === undefined || cluster.info.backend === 'simulator') return runOnNode(cluster, typed, words, command.length === 0 && cli.isTerminal);
    const beside = cluster.toolsBeside?.(node, words, cli.isTerminal);
    if (!beside) throw new UserError(`Nodes of cluster ${cluster.info.name} are your own: cka starts nothing beside them.`, `kubectl debug node/${node} -it --image=nicolaka/netshoot:v0.13 --profile=sysadmin does; delete its pod afterwards.`, 1);
    return runHere({ file: beside[0]!, args: beside.slice(1) });
  },
};
