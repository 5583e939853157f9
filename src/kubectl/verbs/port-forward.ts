/**
 * `kubectl port-forward`: listens here, connects there. One WebSocket for each connection, with the v4.channel.k8s.io
 * sub-protocol that kubelets speak beside SPDY: channel 0 is the connection, channel 1 says why there is none, and each
 * begins with two bytes that repeat the port. See pkg/kubelet/cri/streaming/portforward/websocket.go.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { Run, Verb } from '../command.ts';
import { forwardedPort, type ForwardedPort } from '../forwarded-ports.ts';
import { KubectlError, plainError, usageError } from '../io.ts';
import { klogLine } from '../klog.ts';
import { dig, type KubeObject } from '../object.ts';
import { podOf, podPath } from '../pods.ts';
import { pathOf } from '../resources.ts';

const DATA = 0;
const PORT_BYTES = 2;

export const portForward: Verb = {
  name: 'port-forward', short: 'Forward one or more local ports to a pod', long: 'Forward one or more local ports to a pod.\n\nUse resource type/name such as deployment/mydeployment to select a pod. Resource type defaults to \'pod\' if omitted.',
  examples: '# Listen on port 8888 locally, forwarding to 5000 in the pod\nkubectl port-forward pod/mypod 8888:5000\n\n# Listen on a random port locally, forwarding to 5000 in the pod\nkubectl port-forward pod/mypod :5000', usage: 'port-forward TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]',
  flags: [
    { name: 'address', type: 'strings', help: 'Addresses to listen on (comma separated). Only accepts IP addresses or localhost as a value. When localhost is supplied, kubectl will try to bind on both 127.0.0.1 and ::1 and will fail if neither of these addresses are available to bind.' },
    { name: 'pod-running-timeout', type: 'duration', value: '1m0s', help: 'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running' },
  ],
  run: async (run) => {
    if (run.args.length < 2) throw usageError(run.command, 'TYPE/NAME and list of ports are required for port-forward');
    const [word, ...texts] = run.args as [string, ...string[]];
    const pod = await podOf(run, word);
    const object = await namedBy(run, word, pod);
    const ports = texts.map((text) => forwardedPort(text, object, pod));
    const phase = dig(pod, 'status', 'phase') as string;
    if (phase !== 'Running') throw plainError(`unable to forward port because pod is not running. Current status=${phase}`);
    return forward(run, pod, ports);
  },
};

/** The Service itself when one was named: its ports need translating. */
async function namedBy(run: Run, word: string, pod: KubeObject): Promise<KubeObject> {
  const [type, name] = word.includes('/') ? (word.split('/') as [string, string]) : ['pods', word];
  const resource = (await run.resources()).need(type);
  return resource.plural === 'services' ? { ...(await run.client.json<KubeObject>('GET', pathOf(resource, run.namespace, name))), kind: 'Service' } : pod;
}

async function forward(run: Run, pod: KubeObject, ports: readonly ForwardedPort[]): Promise<number> {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  try {
    const lost = new Promise<never>((_resolve, reject) => {
      const onConnection = (local: number, remote: number) => (socket: Socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
        run.out(`Handling connection for ${local}\n`);
        connect(run, pod, socket, remote).catch((error: Error) => {
          run.err(klogLine('E', 'portforward.go:424', `"Unhandled Error" err="an error occurred forwarding ${local} -> ${remote}: ${error.message.replaceAll('"', '\\"')}"`));
          reject(plainError('lost connection to pod'));
        });
      };
      listenAll(run, ports, servers, onConnection).catch(reject);
      run.io.signal.addEventListener('abort', () => reject(new KubectlError('', 130)), { once: true });
    });
    return await lost;
  } finally {
    for (const server of servers) server.close();
    for (const socket of sockets) socket.destroy();
  }
}

async function listenAll(run: Run, ports: readonly ForwardedPort[], servers: Server[], onConnection: (local: number, remote: number) => (socket: Socket) => void): Promise<void> {
  const given = run.flags.list('address');
  const asked = (given.length === 0 ? ['localhost'] : given).flatMap((address) => (address === 'localhost' ? ['127.0.0.1', '::1'] : [address]));
  for (const { local, remote } of ports) {
    let port = local;
    const failures: string[] = [];
    for (const address of asked) {
      try {
        const server = await listen(address, port, (actual) => onConnection(actual, remote));
        servers.push(server);
        port = (server.address() as { port: number }).port;
        run.out(`Forwarding from ${address.includes(':') ? `[${address}]` : address}:${port} -> ${remote}\n`);
      } catch (error) {
        failures.push(`unable to create listener: Error listen ${address.includes(':') ? `tcp6 [${address}]` : `tcp4 ${address}`}:${port}: bind: ${wordsOf(error as NodeJS.ErrnoException)}`);
      }
    }
    // One of the two addresses of localhost is enough.
    if (failures.length === asked.length) run.err(`Unable to listen on port ${local}: Listeners failed to create with the following errors: [${failures.join(' ')}]\n`);
  }
  if (servers.length === 0) throw plainError(`unable to listen on any of the requested ports: [${ports.map(({ local, remote }) => `{${local} ${remote}}`).join(' ')}]`);
}

function wordsOf({ code, message }: NodeJS.ErrnoException): string {
  const words: Readonly<Record<string, string>> = { EADDRINUSE: 'address already in use', EACCES: 'permission denied', EADDRNOTAVAIL: 'cannot assign requested address' };
  return words[code ?? ''] ?? message;
}

function listen(address: string, port: number, onConnection: (actual: number) => (socket: Socket) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    // What the other side still has to say is heard after this one has said everything.
    const server = createServer({ allowHalfOpen: true }, (socket) => onConnection((server.address() as { port: number }).port)(socket));
    server.once('error', reject);
    server.listen(port, address, () => resolve(server));
  });
}

/** Until both sides are done. Rejects with why the pod could not be reached. */
async function connect(run: Run, pod: KubeObject, socket: Socket, port: number): Promise<void> {
  const { WebSocket } = await import('ws');
  const { client } = run;
  const url = new URL(`${podPath(pod.metadata?.namespace ?? run.namespace, pod.metadata?.name ?? '', 'portforward')}?ports=${port}`, client.url);
  url.protocol = client.url.protocol === 'https:' ? 'wss:' : 'ws:';
  const channels = new WebSocket(url, ['v4.channel.k8s.io'], { ...client.tls(), headers: client.authorization(), perMessageDeflate: false });
  const begun = new Set<number>();
  await new Promise<void>((resolve, reject) => {
    socket.pause();
    socket.on('data', (bytes: Buffer) => channels.send(Buffer.concat([Buffer.from([DATA]), bytes])));
    socket.on('error', () => channels.close());
    socket.on('close', () => channels.close());
    channels.on('open', () => socket.resume());
    channels.on('message', (data: Buffer) => {
      const channel = data[0]!;
      const bytes = data.subarray(begun.has(channel) ? 1 : 1 + PORT_BYTES);
      begun.add(channel);
      if (bytes.length === 0) return;
      if (channel === DATA) socket.write(bytes);
      else reject(new Error(bytes.toString('utf8')));
    });
    channels.on('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => reject(new Error(messageOf(Buffer.concat(chunks).toString('utf8')))));
    });
    channels.on('error', reject);
    channels.on('close', () => {
      socket.end();
      resolve();
    });
  });
}

function messageOf(body: string): string {
  try {
    return (JSON.parse(body) as { message: string }).message;
  } catch {
    return body.trim();
  }
}
