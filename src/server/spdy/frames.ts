/**
 * SPDY/3.1 frames: bytes to values and back. Knows nothing of streams' meaning.
 * See draft-mbelshe-httpbis-spdy-00 with the 3.1 changes, and moby/spdystream, the only dialect kubectl speaks.
 */
import { createInflate } from 'node:zlib';
import { SPDY_DICTIONARY } from './dictionary.ts';

export type Headers = ReadonlyMap<string, string>;

export type SpdyFrame =
  | { readonly type: 'data'; readonly streamId: number; readonly fin: boolean; readonly data: Buffer }
  | { readonly type: 'syn-stream'; readonly streamId: number; readonly fin: boolean; readonly headers: Headers }
  | { readonly type: 'rst-stream'; readonly streamId: number }
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'goaway' }
  /** SETTINGS, HEADERS, WINDOW_UPDATE: legal, and nothing to us. spdystream has no flow control; TCP holds back. */
  | { readonly type: 'ignored' };

const SYN_STREAM = 1;
const SYN_REPLY = 2;
const RST_STREAM = 3;
const PING = 6;
const GOAWAY = 7;
const FIN = 1;

const SYNC_FLUSH = Buffer.from([0, 0, 0, 0xff, 0xff]);

/** Cuts a byte stream into frames. Asynchronous only because zlib is: frames come out in order. */
export class FrameReader {
  #pending: Buffer = Buffer.alloc(0);
  readonly #inflate = createInflate({ dictionary: SPDY_DICTIONARY });

  /** The frames that `bytes` completed. @throws when the header block is not what its length says */
  async read(bytes: Buffer): Promise<readonly SpdyFrame[]> {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const frames: SpdyFrame[] = [];
    while (this.#pending.length >= 8) {
      const length = this.#pending.readUInt32BE(4) & 0xffffff;
      if (this.#pending.length < 8 + length) break;
      const frame = this.#pending.subarray(0, 8 + length);
      this.#pending = this.#pending.subarray(8 + length);
      frames.push(await this.#parse(frame));
    }
    return frames;
  }

  async #parse(frame: Buffer): Promise<SpdyFrame> {
    const first = frame.readUInt32BE(0);
    const fin = (frame[4]! & FIN) !== 0;
    if (first < 0x80000000) return { type: 'data', streamId: first, fin, data: frame.subarray(8) };
    switch (first & 0xffff) {
      case SYN_STREAM:
        return { type: 'syn-stream', streamId: frame.readUInt32BE(8) & 0x7fffffff, fin, headers: parseHeaders(await this.#inflated(frame.subarray(18))) };
      case RST_STREAM:
        return { type: 'rst-stream', streamId: frame.readUInt32BE(8) & 0x7fffffff };
      case PING:
        return { type: 'ping', id: frame.readUInt32BE(8) };
      case GOAWAY:
        return { type: 'goaway' };
      default:
        return { type: 'ignored' };
    }
  }

  /** One compression context serves the whole connection, so every block must go through it, in order. */
  #inflated(block: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#inflate.once('error', reject);
      this.#inflate.write(block, () => {
        this.#inflate.off('error', reject);
        const chunks: Buffer[] = [];
        for (let chunk = this.#inflate.read() as Buffer | null; chunk; chunk = this.#inflate.read() as Buffer | null) chunks.push(chunk);
        resolve(Buffer.concat(chunks));
      });
    });
  }

  close(): void {
    this.#inflate.destroy();
  }
}

/** Writes the frames of one connection. */
export class FrameWriter {
  #compressionBegun = false;

  data(streamId: number, data: Uint8Array, fin = false): Buffer {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(streamId, 0);
    head.writeUInt32BE(data.length, 4);
    if (fin) head[4] = FIN;
    return Buffer.concat([head, data]);
  }

  synReply(streamId: number, headers: Headers = new Map()): Buffer {
    return control(SYN_REPLY, Buffer.concat([number(streamId), this.#block(headers)]));
  }

  rstStream(streamId: number, status: number): Buffer {
    return control(RST_STREAM, Buffer.concat([number(streamId), number(status)]));
  }

  ping(id: number): Buffer {
    return control(PING, number(id));
  }

  goaway(lastStreamId: number): Buffer {
    return control(GOAWAY, Buffer.concat([number(lastStreamId), number(0)]));
  }

  /**
   * What we send is short, so the zlib stream carries it in stored blocks: legal, and no state to keep.
   * The empty block at the end is a sync flush: Go's reader hands nothing out before it.
   */
  #block(headers: Headers): Buffer {
    const plain = Buffer.concat([number(headers.size), ...[...headers].flatMap(([name, value]) => [text(name), text(value)])]);
    const stored = Buffer.alloc(5);
    stored.writeUInt16LE(plain.length, 1);
    stored.writeUInt16LE(~plain.length & 0xffff, 3);
    const begin = this.#compressionBegun ? Buffer.alloc(0) : Buffer.from([0x78, 0x01]);
    this.#compressionBegun = true;
    return Buffer.concat([begin, stored, plain, SYNC_FLUSH]);
  }
}

function control(type: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(0x8003, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt32BE(payload.length, 4);
  return Buffer.concat([head, payload]);
}

function parseHeaders(block: Buffer): Headers {
  const headers = new Map<string, string>();
  let at = 4;
  const next = () => {
    const length = block.readUInt32BE(at);
    at += 4 + length;
    return block.toString('utf8', at - length, at);
  };
  for (let left = block.readUInt32BE(0); left > 0; left--) {
    const name = next();
    headers.set(name.toLowerCase(), next());
  }
  return headers;
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

const text = (value: string): Buffer => Buffer.concat([number(Buffer.byteLength(value)), Buffer.from(value)]);
