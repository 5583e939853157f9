/**
 * Requests that turn their connection into streams: exec, attach and port-forward of pods, and exec on nodes (ours).
 * Refuses as long as it can still answer in plain HTTP, then upgrades to WebSocket or SPDY/3.1, whichever was asked for.
 * See apimachinery/pkg/util/httpstream and kubernetes/pkg/registry/core/pod/rest/subresources.go.
 */
import type { IncomingMessage } from 'node:http';
import { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ApiError, badRequest, internal, notFound, unknownResource } from '../api/status.ts';
import { containerOf, requireHost } from './container-of.ts';
import type { ExecOutcome } from './containers.ts';
import { ExecStream } from './exec-stream.ts';
import type { Exchange } from './exchange.ts';
import { commonHeaders, sendError } from './exchange.ts';
import { servePortChannels, servePortForward } from './port-forward.ts';
import { isTrue } from './request-info.ts';
import { OWN_PREFIX } from './routes.ts';
import type { RouteContext } from './routes.ts';
import { execOverSpdy } from './spdy/exec.ts';
import { socketTransport } from './spdy/socket.ts';
import { acceptWebSocket, execOverWebSocket, execProtocol, offersTunnel, TUNNEL_PROTOCOL, tunnelOf } from './websocket.ts';

export interface UpgradeContext {
  readonly context: RouteContext;
  begin(request: IncomingMessage, response: ServerResponse): Exchange;
  /** @throws ApiError Unauthorized or Forbidden */
  admit(exchange: Exchange): Exchange;
  readonly priority: { readonly flowSchema: string; readonly level: string };
}

export async function serveUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, o: UpgradeContext): Promise<void> {
  socket.on('error', () => socket.destroy());
  const response = new ServerResponse(request);
  commonHeaders(response, o.priority);
  const exchange = o.begin(request, response);
  try {
    await serve({ request, socket, head, exchange: o.admit(exchange), context: o.context });
  } catch (error) {
    // After the handshake there is nobody left to tell in HTTP.
    if (socket.destroyed || response.headersSent || (request as { upgraded?: boolean }).upgraded) return void socket.destroy();
    response.assignSocket(socket as Socket);
    response.setHeader('Connection', 'close');
    response.once('finish', () => socket.end());
    await sendError(exchange, error instanceof ApiError ? error : internal((error as Error).message));
  }
}

interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly exchange: Exchange;
  readonly context: RouteContext;
}

async function serve(upgrade: Upgrade): Promise<void> {
  const { exchange, context } = upgrade;
  const { info, path, query } = exchange;
  const command = query.getAll('command');
  const node = /^nodes\/([^/]+)\/exec$/.exec(path.slice(OWN_PREFIX.length))?.[1];
  if (path.startsWith(OWN_PREFIX) && node !== undefined) {
    if (!context.registry.find('nodes', node) && !context.containers.reaches?.(node)) throw notFound({ group: '', plural: 'nodes' }, node);
    return serveExec(upgrade, command, (stream) => context.containers.nodeExec(node, command, stream.io));
  }
  if (!info || info.group !== '' || info.resource !== 'pods' || info.name === undefined || info.namespace === undefined) throw unknownResource();
  const pod = context.registry.get('pods', info.name, info.namespace);
  const target = () => ({ namespace: info.namespace!, pod: info.name!, container: containerOf(pod, query.get('container') ?? undefined) });
  requireHost(pod);
  switch (info.subresource) {
    case 'exec': {
      if (command.length === 0) throw badRequest('you must specify at least one command for the container');
      const container = target();
      return serveExec(upgrade, command, (stream) => context.containers.exec(container, command, stream.io));
    }
    case 'attach': {
      const container = target();
      return serveExec(upgrade, [], (stream) => context.containers.attach(container, stream.io));
    }
    case 'portforward':
      return servePorts(upgrade, { namespace: info.namespace, pod: info.name });
    default:
      throw unknownResource();
  }
}

async function serveExec({ request, socket, head, exchange }: Upgrade, command: readonly string[], run: (stream: ExecStream) => Promise<ExecOutcome>): Promise<void> {
  const wanted = (name: string) => isTrue(exchange.query.get(name));
  const tty = wanted('tty');
  const wants = { stdin: wanted('stdin'), stdout: wanted('stdout'), stderr: wanted('stderr') && !tty, tty };
  if (!wants.stdin && !wants.stdout && !wants.stderr) throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  const protocol = isWebSocket(request) ? execProtocol(request) : spdyProtocol(request, 'v4.channel.k8s.io');
  if (protocol === undefined) throw badRequest('unable to upgrade: no supported stream protocol was offered (v5.channel.k8s.io or v4.channel.k8s.io)');

  const stream = new ExecStream(wants);
  const running = run(stream);
  // What the kubelet refuses, it refuses at once: that is still told as an HTTP answer.
  await Promise.race([running, new Promise(setImmediate)]);
  running.catch(() => {});
  try {
    if (isWebSocket(request)) {
      markUpgraded(request);
      const webSocket = await acceptWebSocket(request, socket, head, protocol);
      await stream.serve(execOverWebSocket(webSocket, stream), running, command);
    } else {
      answerSpdy(request, socket, protocol);
      await stream.serve(await execOverSpdy(socketTransport(socket, head), stream), running, command);
    }
  } catch (error) {
    stream.abandon();
    throw error;
  }
}

async function servePorts({ request, socket, head, exchange, context }: Upgrade, target: { readonly namespace: string; readonly pod: string }): Promise<void> {
  if (isWebSocket(request)) {
    if (!offersTunnel(request)) return servePortsPlainly({ request, socket, head, exchange, context }, target);
    markUpgraded(request);
    const webSocket = await acceptWebSocket(request, socket, head, TUNNEL_PROTOCOL);
    return servePortForward(tunnelOf(webSocket), context.containers, target);
  }
  const protocol = spdyProtocol(request, 'portforward.k8s.io');
  if (protocol === undefined) throw badRequest('unable to upgrade: only the portforward.k8s.io protocol is served');
  answerSpdy(request, socket, protocol);
  servePortForward(socketTransport(socket, head), context.containers, target);
}

/** As clients of other languages do it, and kubelets understand. */
async function servePortsPlainly({ request, socket, head, exchange, context }: Upgrade, target: { readonly namespace: string; readonly pod: string }): Promise<void> {
  const protocol = execProtocol(request);
  if (protocol !== 'v4.channel.k8s.io') throw badRequest(`unable to upgrade: no supported stream protocol was offered (${TUNNEL_PROTOCOL} or v4.channel.k8s.io)`);
  const ports = exchange.query.getAll('ports').flatMap((text) => text.split(','));
  if (ports.length === 0) throw badRequest('query parameter "ports" is required');
  const wrong = ports.find((port) => !/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65_535);
  if (wrong !== undefined) throw badRequest(`unable to parse ${JSON.stringify(wrong)} as a port`);
  markUpgraded(request);
  servePortChannels(await acceptWebSocket(request, socket, head, protocol), ports.map(Number), context.containers, target);
}

const isWebSocket = (request: IncomingMessage): boolean => request.headers.upgrade?.toLowerCase() === 'websocket';

/** The protocol, when the client asks for SPDY/3.1 and offers it. */
function spdyProtocol(request: IncomingMessage, protocol: string): string | undefined {
  if (request.headers.upgrade?.toLowerCase() !== 'spdy/3.1') return undefined;
  // Several headers of this name come joined by commas.
  const offered = [request.headers['x-stream-protocol-version'] ?? []].flat().join(',').split(',').map((text) => text.trim());
  return offered.includes(protocol) ? protocol : undefined;
}

function answerSpdy(request: IncomingMessage, socket: Duplex, protocol: string): void {
  markUpgraded(request);
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`);
}

/** From here on the connection speaks no HTTP. */
function markUpgraded(request: IncomingMessage): void {
  (request as { upgraded?: boolean }).upgraded = true;
}
