/**
 * The client half of HTTP/1.1 over one TCP connection: connect, send, read the head, then the body. Knows no command
 * line; curl, wget, proxies and probes word their own errors from what is thrown here.
 */
import type { Ipv4 } from '../../base/address.ts';
import type { Process } from '../../machine/program.ts';
import type { TcpConnection } from '../../net/sockets.ts';
import { connectTcp } from '../lifetime.ts';
import { tlsClient, type TlsWish } from '../tls/client.ts';
import type { TlsSession } from '../tls/session.ts';
import { TimedOut, until } from '../waiting.ts';
import { PieceReader, readBody, readResponseHead, type Headers, type ResponseHead } from './message.ts';

/** The server closed without an answer. */
export class EmptyReply extends Error {
  override readonly name = 'EmptyReply';
}

/** An open connection on which requests can be made one after another. */
export class HttpConnection {
  readonly #reader: PieceReader;

  private constructor(
    process: Process,
    readonly connection: TcpConnection,
    deadlineMs: number | undefined,
    /** What the handshake agreed on; absent without TLS. */
    readonly session?: TlsSession,
  ) {
    this.#reader = new PieceReader(() => until(process, connection.read(), remaining(process, deadlineMs)));
  }

  /**
   * @param options.deadlineMs on the machine's clock: when everything must be over
   * @throws NetError, TimedOut, TlsError
   */
  static async open(process: Process, address: Ipv4, port: number, options: { readonly connectTimeoutMs?: number | undefined; readonly deadlineMs?: number | undefined; readonly tls?: Omit<TlsWish, 'nowMs' | 'rng'> | undefined; readonly onConnected?: () => void } = {}): Promise<HttpConnection> {
    const limits = [options.connectTimeoutMs, remaining(process, options.deadlineMs)].filter((limit) => limit !== undefined);
    const giveUp = new AbortController();
    const connecting = connectTcp(process, { destination: address, port }, AbortSignal.any([process.signal, giveUp.signal]));
    try {
      const connection = await until(process, connecting, limits.length > 0 ? Math.min(...limits) : undefined);
      options.onConnected?.();
      if (!options.tls) return new HttpConnection(process, connection, options.deadlineMs);
      const { rng, clock } = process.machine;
      const secured = await tlsClient(connection, { ...options.tls, rng, nowMs: clock.unixMs() }, (reading) => until(process, reading, limits.length > 0 ? Math.min(...limits) : undefined));
      return new HttpConnection(process, secured, options.deadlineMs, secured.session);
    } catch (error) {
      // The kernel stops sending SYNs when the program closes its socket.
      giveUp.abort(error);
      connecting.catch(() => undefined);
      throw error;
    }
  }

  send(method: string, target: string, headers: Headers, body = ''): void {
    this.connection.write(`${method} ${target} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`);
  }

  /** @throws EmptyReply HttpSyntaxError NetError TimedOut */
  async head(): Promise<ResponseHead> {
    const head = await readResponseHead(this.#reader);
    if (!head) throw new EmptyReply();
    return head;
  }

  /** @throws BodyCutShort NetError TimedOut */
  body(head: ResponseHead, method: string): AsyncGenerator<string> {
    const none = method === 'HEAD' || head.status === 204 || head.status === 304;
    return none ? readBody(this.#reader, [], 'none') : readBody(this.#reader, head.headers, 'until-end');
  }

  close(): void {
    this.connection.close();
  }
}

function remaining(process: Process, deadlineMs: number | undefined): number | undefined {
  if (deadlineMs === undefined) return undefined;
  const left = deadlineMs - process.machine.clock.now();
  if (left <= 0) throw new TimedOut('deadline passed');
  return left;
}
