/** What both ends hold once hands are shaken: a connection whose bytes go in sealed records, and what was agreed. */
import type { Endpoint } from '../../net/packet.ts';
import type { TcpConnection } from '../../net/sockets.ts';
import type { TcpState } from '../../net/tcp-connection.ts';
import type { Certificate } from './certificate.ts';
import { CLOSE_NOTIFY } from './handshake.ts';
import { ALERT, APPLICATION_DATA, type Records } from './record.ts';

export interface TlsSession {
  /** The name that the client asked for; absent when it asked for an address. */
  readonly serverName?: string | undefined;
  /** What ALPN agreed on. */
  readonly protocol?: string | undefined;
  /** What the other side presented, its own certificate first; empty when it presented none. */
  readonly peer: readonly Certificate[];
}

export interface TlsConnection extends TcpConnection {
  readonly session: TlsSession;
}

/** Warning level, then the description. */
export const alert = (description: number): string => String.fromCharCode(description === CLOSE_NOTIFY ? 1 : 2, description);

/** A connection as its program sees it: in goes text, out goes noise. */
export class SecuredConnection implements TlsConnection {
  readonly #connection: TcpConnection;

  constructor(
    private readonly records: Records,
    readonly session: TlsSession,
  ) {
    this.#connection = records.connection;
  }

  get local(): Endpoint {
    return this.#connection.local;
  }
  get remote(): Endpoint {
    return this.#connection.remote;
  }
  get state(): TcpState {
    return this.#connection.state;
  }
  get closed(): Promise<void> {
    return this.#connection.closed;
  }
  get pendingBytes(): number {
    return this.#connection.pendingBytes;
  }

  write(data: string): void {
    if (data !== '') this.records.write(APPLICATION_DATA, data);
  }

  async read(): Promise<string | undefined> {
    for (;;) {
      const record = await this.records.next();
      if (record === undefined || record.type === ALERT || record.type === 0) return undefined;
      if (record.type === APPLICATION_DATA) return record.content;
    }
  }

  end(): void {
    this.#sayGoodbye();
    this.#connection.end();
  }

  reset(): void {
    this.#connection.reset();
  }

  close(): void {
    this.#sayGoodbye();
    this.#connection.close();
  }

  drained(): Promise<void> {
    return this.#connection.drained();
  }

  #sayGoodbye(): void {
    const { state } = this.#connection;
    if (state === 'ESTAB' || state === 'CLOSE-WAIT') this.records.write(ALERT, alert(CLOSE_NOTIFY));
  }
}
