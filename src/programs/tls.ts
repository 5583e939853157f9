/**
 * TLS as far as a simulated client and a simulated server need it: the hello that names the server, the certificate's
 * names, records. Knows no HTTP. RFC 8446 §4 and §5.
 *
 * Differs from Linux: records are framed but their content is not encrypted, and every certificate is trusted; only the
 * names in it are compared.
 */
import type { TcpConnection } from '../net/sockets.ts';

export interface TlsWish {
  readonly serverName: string;
  /** Whether the certificate must be for that name. */
  readonly verify: boolean;
}

/** The handshake failed: the other side speaks no TLS, or is somebody else. */
export class TlsError extends Error {
  override readonly name = 'TlsError';
  constructor(
    readonly kind: 'no-tls' | 'other-name',
    /** OpenSSL's words for it. */
    readonly openssl: string,
  ) {
    super(openssl);
  }
}

const HANDSHAKE = 0x16;
const APPLICATION_DATA = 0x17;
const CLIENT_HELLO = '\x01';
const CERTIFICATE = '\x0b';
/** Most bytes of one record. */
const MOST = 16_384;

/** Say hello and wait for the certificate. @throws TlsError */
export async function tlsClient(connection: TcpConnection, wish: TlsWish, within: <T>(reading: Promise<T>) => Promise<T>): Promise<TcpConnection> {
  const records = new Records(connection);
  // A real hello has a line feed in it somewhere; a server of another protocol answers to that.
  connection.write(record(HANDSHAKE, `${CLIENT_HELLO}${wish.serverName}\r\n`));
  const answer = await within(records.next());
  if (answer?.type !== HANDSHAKE || !answer.content.startsWith(CERTIFICATE)) {
    connection.close();
    throw new TlsError('no-tls', answer === undefined ? 'error:0A000126:SSL routines::unexpected eof while reading' : 'error:0A00010B:SSL routines::wrong version number');
  }
  const names = answer.content.slice(1).split('\0');
  if (wish.verify && !names.includes(wish.serverName)) {
    connection.close();
    throw new TlsError('other-name', `no alternative certificate subject name matches target host name '${wish.serverName}'`);
  }
  return secured(connection, records);
}

/** Answer the hello with a certificate for these names; from then on records carry the data. */
export function tlsServer(connection: TcpConnection, names: readonly string[]): TcpConnection {
  const records = new Records(connection);
  const greeted = records.next().then((hello) => {
    if (hello?.type === HANDSHAKE && hello.content.startsWith(CLIENT_HELLO)) connection.write(record(HANDSHAKE, CERTIFICATE + names.join('\0')));
    else connection.close();
  });
  greeted.catch(() => undefined);
  return secured(connection, records, greeted);
}

function secured(connection: TcpConnection, records: Records, ready: Promise<void> = Promise.resolve()): TcpConnection {
  const own: Pick<TcpConnection, 'read' | 'write'> = {
    async read() {
      await ready;
      for (;;) {
        const next = await records.next();
        if (next === undefined || next.type === APPLICATION_DATA) return next?.content;
      }
    },
    write(data) {
      for (let at = 0; at < data.length; at += MOST) connection.write(record(APPLICATION_DATA, data.slice(at, at + MOST)));
    },
  };
  return new Proxy(connection, {
    get(target, key) {
      if (key === 'read') return own.read;
      if (key === 'write') return own.write;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}

/** Type, version 3.3, length, content. */
function record(type: number, content: string): string {
  return String.fromCharCode(type, 3, 3, content.length >> 8, content.length & 255) + content;
}

class Records {
  #buffer = '';

  constructor(private readonly connection: TcpConnection) {}

  /** The next record; undefined at the end; type 0 for bytes that are none. */
  async next(): Promise<{ readonly type: number; readonly content: string } | undefined> {
    for (;;) {
      const type = this.#buffer.charCodeAt(0);
      if (this.#buffer !== '' && type !== HANDSHAKE && type !== APPLICATION_DATA) return { type: 0, content: this.#buffer };
      const length = this.#buffer.length >= 5 ? this.#buffer.charCodeAt(3) * 256 + this.#buffer.charCodeAt(4) : undefined;
      if (length !== undefined && this.#buffer.length >= 5 + length) {
        const content = this.#buffer.slice(5, 5 + length);
        this.#buffer = this.#buffer.slice(5 + length);
        return { type, content };
      }
      const more = await this.connection.read();
      if (more === undefined) return undefined;
      this.#buffer += more;
    }
  }
}
