/** `cka trace`: the way of one packet through a simulated cluster, and why it died. */
import { type CliCommand, CLUSTER_OPTIONS, EXIT, JSON_OPTION, printJson } from './command.ts';
import { runningCluster } from './labs.ts';

export const trace: CliCommand = {
  name: 'trace',
  summary: 'follow one packet through the network, hook by hook (simulator)',
  arguments: [
    { name: '<from>', description: 'a pod (name or namespace/name), a node or a machine; by name, address or DNS name', completes: 'node' },
    { name: '<to>', description: 'the same, or a Service or any address; with :port (or the port it has) a TCP connection, with :port/udp a datagram, without any an echo' },
  ],
  options: [
    ...CLUSTER_OPTIONS,
    { flags: '-n, --namespace <namespace>', description: 'of names without one (default: default)' },
    { flags: '--text', description: 'every step with its time, instead of the picture' },
    JSON_OPTION,
  ],
  examples: ['cka trace web shop/db:5432', 'cka trace web svc/kube-dns:53/udp', 'cka trace web db.shop.svc.cluster.local:5432 --text', 'cka trace cka-lab-worker 10.96.0.10:53 --json'],
  async run(cli, [from = '', to = ''], options) {
    const cluster = await runningCluster(cli, options);
    const [{ followPacket }, { hasArrived, tracePicture, traceText }] = await Promise.all([import('../cluster/trace-request.ts'), import('../cluster/trace.ts')]);
    const found = await followPacket(cluster, { from, to, ...(typeof options['namespace'] === 'string' ? { namespace: options['namespace'] } : {}) });
    if (options['json']) printJson(cli, found);
    else {
      const lines = options['text'] ? traceText(found) : tracePicture(found, process.stdout.columns ?? 100);
      cli.out(`${lines.join('\n')}\n`);
    }
    return hasArrived(found) ? EXIT.done : EXIT.failed;
  },
};
