/**
 * `cka sim`: a simulated cluster in this terminal, until Ctrl-C. With `--serve`, which is for the program's own use, the
 * process behind a cluster in the background: it says nothing and stops when told or idle.
 */
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
    { flags: '--serve <folder>', description: 'in the background, for `cka cluster up`: the folder where the cluster lives', hidden: true },
    { flags: '--proxy-mode <mode>', description: 'of kube-proxy, with --serve', hidden: true },
    { flags: '--because <reason>', description: 'why it is a simulator, with --serve', hidden: true },
  ],
  examples: ['cka sim', 'cka sim --name scratch --cni flannel --encapsulation host-gw --port 6443'],
  async run(cli, _args, options) {
    const { runSimulator } = await import('../cluster/simulator-process.ts');
    const spec = specOf(cli, options);
    const folder = typeof options['serve'] === 'string' ? options['serve'] : (await import('../cluster/paths.ts')).clusterFolder(await paths(cli), spec.name);
    const background = options['serve'] !== undefined;
    const because = (options['because'] as string | undefined) ?? (background ? undefined : 'you started it with `cka sim`');
    try {
      const running = await runSimulator({ ...spec, ...(because === undefined ? {} : { because }), folder, ...portOf(options), ...(background ? {} : { idleHours: 0 }) });
      const stop = () => void running.stop();
      process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
      if (options['json']) printJson(cli, { backend: 'simulator', name: spec.name, kubeconfig: running.kubeconfig, nodes: running.nodes, readyMs: Math.round(performance.now()), pid: process.pid });
      else if (!background) cli.out(asTyped(greeting(spec.name, running), cli.env));
      await running.stopped;
      return EXIT.done;
    } catch (error) {
      if (!background) throw error;
      // Whoever started us reads the last line of our log.
      const known = error instanceof UserError;
      cli.err(known ? `${error.message} ${error.action}\n` : `${(error as Error).stack}\n${(error as Error).message}\n`);
      return known ? error.exitCode : EXIT.broken;
    }
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
