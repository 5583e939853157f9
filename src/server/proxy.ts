/**
 * `…/pods/NAME/proxy/…` and `…/services/NAME/proxy/…`: the request goes on to the pod, and its answer comes back.
 * See pkg/registry/core/{pod,service}/… (ResourceLocation) and apimachinery/pkg/util/proxy/upgradeaware.go.
 * Differs from Kubernetes: the pod is entered as by port-forward, so what listens on its loopback alone answers too; only
 * plain HTTP is spoken, links inside of pages are left as they are, and nodes are not proxied to.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { KubeObject, Stored } from '../api/object.ts';
import { badRequest, serviceUnavailable } from '../api/status.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Registry } from '../kinds/registry.ts';
import { ByteQueue } from './byte-queue.ts';
import type { ContainerStreams } from './containers.ts';
import type { Exchange } from './exchange.ts';
import type { RequestInfo } from './request-info.ts';

interface Destination {
  readonly namespace: string;
  readonly pod: string;
  readonly ip: string;
  readonly port: number;
}

/** Not for the next hop, or for nobody but this server. */
const KEPT_BACK = new Set(['authorization', 'connection', 'host', 'keep-alive', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

/** @throws ApiError when there is nobody to pass the request on to */
export async function serveProxy(exchange: Exchange, context: { readonly registry: Registry; readonly containers: ContainerStreams }, info: RequestInfo, kind: Kind): Promise<void> {
  const { request, response } = exchange;
  const [scheme, name, port] = partsOf(info.name ?? '');
  if (scheme === 'https') throw badRequest('the simulated cluster proxies plain http only');
  const destination = kind.plural === 'pods' ? podDestination(context.registry, info.namespace ?? '', name, port) : serviceDestination(context.registry, info.namespace ?? '', name, port);
  const answer = await answerOf(exchange, context.containers, destination);
  response.writeHead(answer.statusCode ?? 502, Object.fromEntries(Object.entries(answer.headers).filter(([header]) => !KEPT_BACK.has(header))));
  // Who leaves early has left: there is nobody to tell.
  await pipeline(answer, response).catch(() => request.destroy());
}

/** `web`, `web:8080`, `http:web:8080`. */
function partsOf(name: string): readonly [scheme: string, name: string, port: string] {
  const parts = name.split(':');
  if (parts.length > 3) throw badRequest(`invalid pod request ${JSON.stringify(name)}`);
  return parts.length === 3 ? [parts[0]!, parts[1]!, parts[2]!] : ['', parts[0]!, parts[1] ?? ''];
}

type Pod = Stored<KubeObject & { spec: { containers: { ports?: { containerPort: number }[] }[] }; status?: { podIP?: string } }>;

function podDestination(registry: Registry, namespace: string, name: string, port: string): Destination {
  const pod = registry.get('pods', name, namespace) as unknown as Pod;
  const first = pod.spec.containers.flatMap(({ ports }) => ports ?? [])[0]?.containerPort ?? 80;
  if (!pod.status?.podIP) throw badRequest('address not allowed');
  return { namespace, pod: name, ip: pod.status.podIP, port: port === '' ? first : Number(port) };
}

type Service = Stored<KubeObject & { spec: { ports?: { name?: string; port: number }[] } }>;
type Endpoints = Stored<KubeObject & { subsets?: { addresses?: { ip: string; targetRef?: { kind: string; name: string } }[]; ports?: { name?: string; port: number }[] }[] }>;

function serviceDestination(registry: Registry, namespace: string, name: string, port: string): Destination {
  const { spec } = registry.get('services', name, namespace) as unknown as Service;
  const byNumber = /^\d+$/.test(port) ? spec.ports?.find((one) => one.port === Number(port)) : undefined;
  if (/^\d+$/.test(port) && !byNumber) throw serviceUnavailable(`no service port ${port} found for service ${JSON.stringify(name)}`);
  const portName = byNumber ? (byNumber.name ?? '') : port;
  const { subsets = [] } = (registry.find('endpoints', name, namespace) ?? {}) as Partial<Endpoints>;
  for (const { addresses = [], ports = [] } of subsets) {
    const chosen = ports.find((one) => (one.name ?? '') === portName);
    const address = addresses[registry.rng.below(Math.max(1, addresses.length))];
    if (!chosen || !address) continue;
    if (address.targetRef?.kind !== 'Pod') throw unreachable(address.ip, chosen.port);
    return { namespace, pod: address.targetRef.name, ip: address.ip, port: chosen.port };
  }
  throw serviceUnavailable(`no endpoints available for service ${JSON.stringify(name)}`);
}

const unreachable = (ip: string, port: number) => serviceUnavailable(`error trying to reach service: dial tcp ${ip}:${port}: connect: connection refused`);

function answerOf({ request, path, query }: Exchange, containers: ContainerStreams, { namespace, pod, ip, port }: Destination): Promise<IncomingMessage> {
  const rest = path.slice(path.indexOf('/proxy') + '/proxy'.length) || '/';
  const headers = { ...Object.fromEntries(Object.entries(request.headers).filter(([header]) => !KEPT_BACK.has(header))), host: `${ip}:${port}` };
  return new Promise((resolve, reject) => {
    const onward = httpRequest({ method: request.method, path: query.size > 0 ? `${rest}?${query.toString()}` : rest, headers, createConnection: () => connectionTo(containers, { namespace, pod }, port) });
    onward.on('response', resolve).on('error', () => reject(unreachable(ip, port)));
    request.pipe(onward);
  });
}

/** A connection into the pod as a stream of Node.js. */
function connectionTo(containers: ContainerStreams, target: { readonly namespace: string; readonly pod: string }, port: number): Duplex {
  const sent = new ByteQueue();
  const gone = new AbortController();
  const socket = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => (sent.push(chunk), done()),
    final: (done) => (sent.end(), done()),
    destroy: (error, done) => {
      const reason = error ?? new Error('the client is gone');
      gone.abort(reason);
      sent.fail(reason);
      done(error);
    },
  });
  const received = { read: () => sent.read(), write: (bytes: string) => Promise.resolve(void socket.push(Buffer.from(bytes, 'latin1'))), end: () => void socket.push(null), signal: gone.signal };
  containers.portForward(target, port, received).then(() => socket.push(null), (error: Error) => socket.destroy(error));
  return socket;
}
