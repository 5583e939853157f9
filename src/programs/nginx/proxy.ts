/** `proxy_pass`: nginx as a client of another server. See ngx_http_proxy_module.html. */
import type { Ipv4 } from '../../base/address.ts';
import { NetError } from '../../net/errors.ts';
import { lookupHost } from '../dns/resolver.ts';
import { EmptyReply, HttpConnection } from '../http/client.ts';
import { HttpSyntaxError, type Headers } from '../http/message.ts';
import type { Response, ServedRequest } from '../http/server.ts';
import { parseUrl, type Url } from '../http/url.ts';
import { TimedOut } from '../waiting.ts';
import { added, expand, head, type Answering } from './parts.ts';
import type { Location } from './sites.ts';

/** proxy_connect_timeout and proxy_read_timeout. */
const TIMEOUT_MS = 60_000;

/** Headers that belong to one connection, not to the message. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host', 'server', 'date']);

/** @returns the status of the error page when the other server cannot be asked */
export async function proxy(target: string, location: Location, request: ServedRequest, context: Answering): Promise<Response | number> {
  const url = parseUrl(expand(target, request, context));
  if (!url) return 500;
  const { process } = context;
  const uri = rewritten(target, url, location, request);
  for (const [host, port] of backends(url, context)) {
    const found = await lookupHost(process, host);
    if (found.outcome !== 'found') {
      context.log('error', `*1 ${host} could not be resolved`);
      return 502;
    }
    const result = await pass(found.addresses[0]!, port, uri, { url, location, request, context });
    if (typeof result !== 'number' || result === 504) return result;
  }
  return 502;
}

interface Passing {
  readonly url: Url;
  readonly location: Location;
  readonly request: ServedRequest;
  readonly context: Answering;
}

async function pass(address: Ipv4, port: number, uri: string, passing: Passing): Promise<Response | number> {
  const { url, location, request, context } = passing;
  const { process } = context;
  const upstream = `upstream: "http://${address}:${port}${uri}"`;
  const about = `client: ${request.remote.address}, server: localhost, request: "${request.method} ${request.target} ${request.version}", ${upstream}`;
  try {
    const connection = await HttpConnection.open(process, address, port, { connectTimeoutMs: TIMEOUT_MS });
    try {
      connection.send(request.method, uri, requestHeaders(url, location, request, context), request.body);
      const answer = await connection.head();
      let body = '';
      for await (const piece of connection.body(answer, request.method)) body += piece;
      const kept = answer.headers.filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()));
      return { status: answer.status, reason: answer.reason, headers: [...head(location.scope, context), ...kept, ['Content-Length', String(body.length)], ['Connection', 'keep-alive'], ...added(location.scope)], body };
    } finally {
      connection.close();
    }
  } catch (error) {
    if (error instanceof TimedOut || (error instanceof NetError && error.code === 'ETIMEDOUT')) {
      context.log('error', `*1 upstream timed out (110: Connection timed out) while connecting to upstream, ${about}`);
      return 504;
    }
    if (error instanceof NetError) {
      context.log('error', `*1 connect() failed (${error.code === 'ECONNREFUSED' ? '111: Connection refused' : `113: ${error.message}`}) while connecting to upstream, ${about}`);
      return 502;
    }
    if (error instanceof EmptyReply || error instanceof HttpSyntaxError) {
      context.log('error', `*1 upstream prematurely closed connection while reading response header from upstream, ${about}`);
      return 502;
    }
    throw error;
  }
}

/** With a path in `proxy_pass`, it replaces the location's prefix; without one, the target goes through unchanged. */
function rewritten(target: string, url: Url, location: Location, request: ServedRequest): string {
  const hasPath = /^[a-z]+:\/\/[^/]+\//i.test(target);
  if (!hasPath || location.kind === 'regex') return request.target;
  return `${url.target.replace(/\/$/, '')}/${request.target.slice(location.pattern.length).replace(/^\//, '')}`;
}

function backends(url: Url, context: Answering): readonly (readonly [host: string, port: number])[] {
  const servers = context.upstreams.get(url.host);
  if (!servers) return [[url.host, url.port]];
  // Round robin, from a random first one: nginx's workers begin anywhere.
  const first = context.process.machine.rng.below(servers.length);
  return [...servers.slice(first), ...servers.slice(0, first)].map((server) => {
    const [host, port] = server.split(':');
    return [host!, Number(port ?? 80)] as const;
  });
}

function requestHeaders(url: Url, location: Location, request: ServedRequest, context: Answering): Headers {
  const set = location.scope.all('proxy_set_header').map(({ args }) => [args[0]!, expand(args[1] ?? '', request, context)] as const);
  const names = new Set(set.map(([name]) => name.toLowerCase()));
  const kept = request.headers.filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()) && !names.has(name.toLowerCase()));
  const defaults = [['Host', url.portGiven ? `${url.host}:${url.port}` : url.host], ['Connection', 'close']] as const;
  return [
    ...defaults.filter(([name]) => !names.has(name.toLowerCase())),
    ...set.filter(([, value]) => value !== ''),
    ...(request.body ? [['Content-Length', String(request.body.length)] as const] : []),
    ...kept,
  ];
}
