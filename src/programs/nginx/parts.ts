/**
 * What every answer of nginx is made of, its own pages and those of another server alike: the server's headers, and the
 * variables that a configuration may name.
 */
import type { Process } from '../../machine/program.ts';
import { httpDate, type Headers } from '../http/message.ts';
import type { ServedRequest } from '../http/server.ts';
import type { Scope, Upstreams } from './sites.ts';

export interface Answering {
  readonly process: Process;
  readonly version: string;
  readonly upstreams: Upstreams;
  readonly types: ReadonlyMap<string, string>;
  /** One line of the error log, without time and process. */
  readonly log: (level: 'error' | 'warn', text: string) => void;
}

/** The variables of nginx that configurations in labs use. */
export function expand(text: string, request: ServedRequest, context: Answering): string {
  const [path = '', query = ''] = request.target.split('?', 2);
  const values: Readonly<Record<string, string>> = {
    hostname: context.process.hostname, host: hostOf(request).replace(/:\d+$/, ''), http_host: hostOf(request), remote_addr: request.remote.address,
    remote_port: String(request.remote.port), server_addr: request.local.address, server_port: String(request.local.port), request_uri: request.target,
    uri: path, document_uri: path, args: query, query_string: query, request_method: request.method, scheme: 'http', server_protocol: request.version,
    nginx_version: context.version, proxy_add_x_forwarded_for: [headerOf(request, 'x-forwarded-for'), request.remote.address].filter(Boolean).join(', '),
    is_args: query ? '?' : '', pid: String(context.process.pid),
  };
  return text.replaceAll(/\$\{(\w+)\}|\$(\w+)/g, (_, braced: string | undefined, bare: string | undefined) => {
    const name = (braced ?? bare)!;
    return values[name] ?? (name.startsWith('http_') ? (headerOf(request, name.slice(5).replaceAll('_', '-')) ?? '') : '');
  });
}

export function head(scope: Scope, context: Answering): Headers {
  return [['Server', signature(scope, context)], ['Date', httpDate(context.process.machine.clock.unixMs())]];
}

export function added(scope: Scope): Headers {
  return scope.all('add_header').map(({ args }) => [args[0]!, args[1] ?? ''] as const);
}

export const hostOf = (request: ServedRequest) => headerOf(request, 'host') ?? request.local.address;
export const signature = (scope: Scope, context: Answering) => (scope.find('server_tokens')?.args[0] === 'off' ? 'nginx' : `nginx/${context.version}`);
const headerOf = (request: ServedRequest, name: string) => request.headers.find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1];
