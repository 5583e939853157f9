/** `cka sim`: a simulated cluster in this terminal, until Ctrl-C. */
import { UserError } from '../base/user-error.ts';
import { ENCAPSULATION_WORDS } from '../cluster/encapsulation.ts';
import { quote } from '../lab/shell/quote.ts';
import { asTyped } from './as-typed.ts';
import { type CliCommand, type CliOptions, EXIT, JSON_OPTION, printJson } from './command.ts';
import { DEFAULT_CLUSTER, paths, specOf } from './labs.ts';

export const sim: CliCommand = {
  name: 'sim',
  summary: 'run a simulated cluster in this terminal, until Ctrl-C',
  options: [
    { flags: '--name <name>', description: `name of the cluster (default: $CKA_CLUSTER, else ${DEFAULT_CLUSTER})` },
    { flags: '--cni <plugin>', description: 'network plugin (default: calico)', choices: ['calico', 'flannel'] },
    { flags: '--encapsulation <how>', description: 'between the nodes (default: vxlan; plain routes are none, or host-gw for Flannel)', choices: ENCAPSULATION_WORDS },
    { flags: '--workers <number>', description: 'worker nodes (default: 2)' },
    { flags: '--port <port>', description: 'port of the API server on 127.0.0.1 (default: any that is free)' },
    JSON_OPTION,
  ],
  examples: ['cka sim', 'cka sim --name scratch --cni flannel --encapsulation host-gw --port 6443'],
  async run(cli, _args, options) {
    const { runSimulator } = await import('../cluster/simulator-process.ts');
    const spec = specOf(cli, options);
    const folder = (await import('../cluster/paths.ts')).clusterFolder(await paths(cli), spec.name);
    const running = await runSimulator({ ...spec, because: 'you started it with `cka sim`', folder, ...portOf(options), idleHours: 0 });
    const stop = () => void running.stop();
    process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
    if (options['json']) printJson(cli, { backend: 'simulator', name: spec.name, kubeconfig: running.kubeconfig, nodes: running.nodes, readyMs: Math.round(performance.now()), pid: process.pid });
    else cli.out(asTyped(greeting(spec.name, running), cli.env));
    await running.stopped;
    return EXIT.done;
  },
};

function greeting(name: string, { nodes, kubeconfig }: { readonly nodes: readonly string[]; readonly kubeconfig: string }): string {
  return `Cluster ${name} is Ready after ${Math.round(performance.now())} ms: ${nodes.join(', ')}

In another terminal:

  export KUBECONFIG=${quote(kubeconfig)}
  kubectl get nodes

Ctrl-C stops it. The same name goes on where it was; \`cka cluster down\` forgets it.
`;
}

function portOf(options: CliOptions): { readonly port?: number } {
  const port = options['port'];
  if (typeof port !== 'string') return {};
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) throw new UserError(`"${port}" is not a port.`, 'Use a number from 1 to 65535.', 2);
  return { port: Number(port) };
}
