/**
 * TLS on the wire: records, and who may read them. RFC 8446 §5.
 *
 * Differs from Linux: the keys come from the two random numbers of the hellos alone, so that a capture shows no text but
 * whoever saw the handshake could read it. Nobody's secrets are in a simulated network.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { fromBytes, toBytes } from '../../base/bytes.ts';
import type { TcpConnection } from '../../net/sockets.ts';

export const CHANGE_CIPHER_SPEC = 20;
export const ALERT = 21;
export const HANDSHAKE = 22;
export const APPLICATION_DATA = 23;

export interface TlsRecord {
  readonly type: number;
  readonly content: string;
}

/** Most bytes of one record. */
const MOST = 16_384;
/** The tag of AES-GCM and the true type, both at the end of what is sealed. */
const TAG_BYTES = 16;

/** Records in both directions of one connection: in the clear until `seal`. */
export class Records {
  #buffer = '';
  #reading: Cipher | undefined;
  #writing: Cipher | undefined;

  constructor(readonly connection: TcpConnection) {}

  /** From here on nobody else reads along. */
  seal(secret: string, role: 'client' | 'server'): void {
    this.#writing = new Cipher(`${secret}${role}`);
    this.#reading = new Cipher(`${secret}${role === 'client' ? 'server' : 'client'}`);
  }

  write(type: number, content: string): void {
    for (let at = 0; at < Math.max(1, content.length); at += MOST) {
      const piece = content.slice(at, at + MOST);
      const cipher = type === CHANGE_CIPHER_SPEC ? undefined : this.#writing;
      if (!cipher) this.connection.write(frame(type, piece));
      else this.connection.write(frame(APPLICATION_DATA, cipher.apply(`${piece}${String.fromCharCode(type)}`) + cipher.apply('\0'.repeat(TAG_BYTES))));
    }
  }

  /** The next record; undefined at the end; type 0 for bytes that are none, as they came. */
  async next(read: () => Promise<string | undefined> = () => this.connection.read()): Promise<TlsRecord | undefined> {
    for (;;) {
      const taken = this.#take();
      if (taken) return taken;
      const more = await read();
      if (more === undefined) return undefined;
      this.#buffer += more;
    }
  }

  #take(): TlsRecord | undefined {
    const buffer = this.#buffer;
    if (buffer === '') return undefined;
    const type = buffer.charCodeAt(0);
    if (type < CHANGE_CIPHER_SPEC || type > APPLICATION_DATA || (buffer.length > 1 && buffer.charCodeAt(1) !== 3)) {
      this.#buffer = '';
      return { type: 0, content: buffer };
    }
    const length = buffer.length >= 5 ? buffer.charCodeAt(3) * 256 + buffer.charCodeAt(4) : Infinity;
    if (buffer.length < 5 + length) return undefined;
    const content = buffer.slice(5, 5 + length);
    this.#buffer = buffer.slice(5 + length);
    if (!this.#reading || type !== APPLICATION_DATA) return { type, content };
    const opened = this.#reading.apply(content).slice(0, -TAG_BYTES);
    return { type: opened.charCodeAt(opened.length - 1), content: opened.slice(0, -1) };
  }
}

/** Type, version 3.3, length, content. */
function frame(type: number, content: string): string {
  return String.fromCharCode(type, 3, 3, content.length >> 8, content.length & 255) + content;
}

/** A stream of noise that both sides know, laid over the bytes: SHA-256 in counter mode. */
class Cipher {
  #counter = 0;
  #noise = '';

  constructor(private readonly key: string) {}

  apply(bytes: string): string {
    while (this.#noise.length < bytes.length) this.#noise += fromBytes(sha256(toBytes(`${this.key}${this.#counter++}`)));
    const noise = this.#noise;
    this.#noise = noise.slice(bytes.length);
    const mixed = new Uint8Array(bytes.length);
    for (let i = 0; i < bytes.length; i++) mixed[i] = bytes.charCodeAt(i) ^ noise.charCodeAt(i);
    return fromBytes(mixed);
  }
}
