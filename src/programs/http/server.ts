/**
 * An HTTP/1.1 server on the sockets of one process: accepts, reads requests one after another on a connection, writes
 * what the handler answers. Knows nothing of files, proxies or logs: nginx, httpd, agnhost and python bring those.
 * RFC 9112. The handler decides every header; only framing (length or chunks) is added where it is missing.
 */
import type { Ipv4 } from '../../base/address.ts';
import type { Process } from '../../machine/program.ts';
import { NetError } from '../../net/errors.ts';
import type { Endpoint } from '../../net/packet.ts';
import type { TcpConnection } from '../../net/sockets.ts';
import { listenTcp } from '../lifetime.ts';
import { tlsServer, type TlsIdentity } from '../tls/server.ts';
import type { TlsSession } from '../tls/session.ts';
import { until } from '../waiting.ts';
import { header, HttpSyntaxError, PieceReader, readRequest, REASONS, type Headers, type HttpRequest } from './message.ts';

export interface ServedRequest extends HttpRequest {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** What the handshake agreed on, where TLS is spoken. */
  readonly tls?: TlsSession | undefined;
}

export interface Response {
  readonly status: number;
  /** The usual phrase of the status unless given. */
  readonly reason?: string;
  readonly headers: Headers;
  /** Pieces are sent as chunks, each when it is ready. */
  readonly body?: string | AsyncIterable<string>;
  /** Close the connection after this answer. */
  readonly close?: boolean;
}

export interface ServerOptions {
  readonly address?: Ipv4 | undefined;
  readonly port: number;
  readonly handle: (request: ServedRequest) => Promise<Response> | Response;
  /** Called when an answer has been written, with the number of body bytes: for access logs. */
  readonly onServed?: (request: ServedRequest, response: Response, bodyBytes: number) => void;
  /** What to answer to bytes that are no HTTP. */
  readonly onMalformed?: () => Response;
  /** Who this is, for a server that speaks TLS. */
  readonly tls?: TlsIdentity | undefined;
  /** The version in the status line; python's http.server says HTTP/1.0. */
  readonly version?: 'HTTP/1.0' | 'HTTP/1.1';
}

export interface HttpServer {
  readonly port: number;
  /** Stop listening; connections in progress finish their request. */
  close(): void;
}

/** @throws NetError EADDRINUSE and friends */
export function serveHttp(process: Process, options: ServerOptions): HttpServer {
  return listenTcp(process, {
    ...(options.address ? { address: options.address } : {}),
    port: options.port,
    onConnection: (connection) => void serveConnection(process, connection, options),
  });
}

async function serveConnection(process: Process, accepted: TcpConnection, options: ServerOptions): Promise<void> {
  try {
    const secured = options.tls ? await until(process, tlsServer(accepted, options.tls, process.machine.rng)) : undefined;
    if (options.tls && !secured) return;
    const connection = secured ?? accepted;
    const reader = new PieceReader(() => until(process, connection.read()));
    for (;;) {
      const request = await nextRequest(reader, connection);
      if (request === undefined) break;
      if (request === 'malformed') {
        const answer = options.onMalformed?.() ?? { status: 400, headers: [['Connection', 'close']] as const };
        await writeResponse(connection, answer, { version: 'HTTP/1.1', bodyless: false });
        break;
      }
      const response = await options.handle(secured ? { ...request, tls: secured.session } : request);
      const version = options.version ?? 'HTTP/1.1';
      const sent = await writeResponse(connection, response, { version, bodyless: request.method === 'HEAD' });
      options.onServed?.(request, response, sent);
      if (response.close || version === 'HTTP/1.0' || !wantsMore(request)) break;
    }
    connection.close();
  } catch (error) {
    // A client that hangs up is no error of the server; a killed server's connections are closed by its kernel.
    if (error instanceof NetError) return;
    if (process.signal.aborted) return;
    throw error;
  }
}

async function nextRequest(reader: PieceReader, connection: TcpConnection): Promise<ServedRequest | 'malformed' | undefined> {
  try {
    const request = await readRequest(reader, () => connection.write('HTTP/1.1 100 Continue\r\n\r\n'));
    return request && { ...request, local: connection.local, remote: connection.remote };
  } catch (error) {
    if (error instanceof HttpSyntaxError) return 'malformed';
    throw error;
  }
}

/** Whether the client keeps the connection open for another request. */
export function wantsMore(request: HttpRequest): boolean {
  const wish = header(request.headers, 'connection')?.toLowerCase();
  return request.version === 'HTTP/1.1' ? wish !== 'close' : wish === 'keep-alive';
}

/** @returns the number of body bytes written */
async function writeResponse(connection: TcpConnection, response: Response, how: { version: string; bodyless: boolean }): Promise<number> {
  const { body = '' } = response;
  const bodyless = how.bodyless || response.status === 204 || response.status === 304;
  const framed = header(response.headers, 'content-length') !== undefined || header(response.headers, 'transfer-encoding') !== undefined;
  const headers: (readonly [string, string])[] = [...response.headers];
  if (!framed && !(response.status === 204 || response.status === 304)) {
    if (typeof body === 'string') headers.push(['Content-Length', String(body.length)]);
    else if (how.version === 'HTTP/1.1') headers.push(['Transfer-Encoding', 'chunked']);
  }
  const reason = response.reason ?? REASONS[response.status] ?? '';
  const head = `${how.version} ${response.status} ${reason}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  if (bodyless) {
    connection.write(head);
    return 0;
  }
  if (typeof body === 'string') {
    connection.write(head + body);
    return body.length;
  }
  connection.write(head);
  const chunked = header(headers, 'transfer-encoding') === 'chunked';
  let sent = 0;
  for await (const piece of body) {
    if (piece === '') continue;
    sent += piece.length;
    connection.write(chunked ? `${piece.length.toString(16)}\r\n${piece}\r\n` : piece);
  }
  if (chunked) connection.write('0\r\n\r\n');
  return sent;
}
