/**
 * The deflate and gzip formats over byte strings. RFC 1951, RFC 1952.
 * Differs from Linux: what is compressed here is only stored: readable by every gunzip, as large as before.
 */

/** Broken input, in gzip's words. */
export class GzipError extends Error {
  override readonly name = 'GzipError';
}

const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
const DISTANCE_EXTRA = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
/** In this order a dynamic block gives the lengths of its code lengths' codes. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Bits of a byte string, the lowest first. */
class Bits {
  #bit = 0;
  constructor(
    private readonly bytes: string,
    public at: number,
  ) {}

  take(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) {
      if (this.at >= this.bytes.length) throw new GzipError('unexpected end of file');
      value |= ((this.bytes.charCodeAt(this.at) >> this.#bit) & 1) << i;
      if (++this.#bit === 8) {
        this.#bit = 0;
        this.at++;
      }
    }
    return value;
  }

  /** To the next byte's beginning. */
  align(): void {
    if (this.#bit > 0) this.at++;
    this.#bit = 0;
  }
}

interface Huffman {
  readonly counts: readonly number[];
  readonly symbols: readonly number[];
}

function huffman(lengths: readonly number[]): Huffman {
  const counts = Array.from({ length: 16 }, (_, bits) => (bits === 0 ? 0 : lengths.filter((length) => length === bits).length));
  const symbols = lengths.map((length, symbol) => [length, symbol] as const).filter(([length]) => length > 0).sort(([a, x], [b, y]) => a - b || x - y).map(([, symbol]) => symbol);
  return { counts, symbols };
}

function symbolOf(bits: Bits, { counts, symbols }: Huffman): number {
  let code = 0;
  let first = 0;
  let index = 0;
  for (let length = 1; length <= 15; length++) {
    code |= bits.take(1);
    const count = counts[length]!;
    if (code - first < count) return symbols[index + code - first]!;
    index += count;
    first = (first + count) << 1;
    code <<= 1;
  }
  throw new GzipError('invalid compressed data--format violated');
}

const FIXED = {
  literals: huffman(Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8))),
  distances: huffman(Array.from({ length: 30 }, () => 5)),
};

function dynamic(bits: Bits): typeof FIXED {
  const literals = bits.take(5) + 257;
  const distances = bits.take(5) + 1;
  const codes = bits.take(4) + 4;
  const lengths = Array.from({ length: 19 }, () => 0);
  for (let i = 0; i < codes; i++) lengths[ORDER[i]!] = bits.take(3);
  const table = huffman(lengths);
  const all: number[] = [];
  while (all.length < literals + distances) {
    const symbol = symbolOf(bits, table);
    if (symbol < 16) all.push(symbol);
    else {
      const value = symbol === 16 ? (all.at(-1) ?? 0) : 0;
      const times = symbol === 16 ? 3 + bits.take(2) : symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7);
      for (let i = 0; i < times; i++) all.push(value);
    }
  }
  return { literals: huffman(all.slice(0, literals)), distances: huffman(all.slice(literals)) };
}

/** @returns the content and where the compressed data ended */
function inflate(bytes: string, from: number): { readonly content: Uint8Array; readonly end: number } {
  const bits = new Bits(bytes, from);
  const out: number[] = [];
  for (let last = false; !last; ) {
    last = bits.take(1) === 1;
    const type = bits.take(2);
    if (type === 0) {
      bits.align();
      const length = bits.take(16);
      bits.take(16);
      for (let i = 0; i < length; i++) out.push(bytes.charCodeAt(bits.at + i));
      bits.at += length;
      if (bits.at > bytes.length) throw new GzipError('unexpected end of file');
      continue;
    }
    if (type === 3) throw new GzipError('invalid compressed data--format violated');
    const { literals, distances } = type === 1 ? FIXED : dynamic(bits);
    for (;;) {
      const symbol = symbolOf(bits, literals);
      if (symbol === 256) break;
      if (symbol < 256) {
        out.push(symbol);
        continue;
      }
      const length = LENGTH_BASE[symbol - 257]! + bits.take(LENGTH_EXTRA[symbol - 257]!);
      const code = symbolOf(bits, distances);
      const distance = DISTANCE_BASE[code]! + bits.take(DISTANCE_EXTRA[code]!);
      if (distance > out.length) throw new GzipError('invalid compressed data--format violated');
      for (let i = 0; i < length; i++) out.push(out[out.length - distance]!);
    }
  }
  bits.align();
  return { content: Uint8Array.from(out), end: bits.at };
}

export const isGzip = (bytes: string): boolean => bytes.startsWith('\x1f\x8b');

/** Every member of a .gz file, one after the other. @throws GzipError */
export function gunzip(bytes: string): string {
  if (!isGzip(bytes)) throw new GzipError('not in gzip format');
  let content = '';
  for (let at = 0; bytes.startsWith('\x1f\x8b', at); ) {
    const flags = bytes.charCodeAt(at + 3);
    at += 10;
    if (flags & 4) at += 2 + bytes.charCodeAt(at) + bytes.charCodeAt(at + 1) * 256;
    for (const flag of [8, 16]) if (flags & flag) at = bytes.indexOf('\0', at) + 1;
    if (flags & 2) at += 2;
    const { content: member, end } = inflate(bytes, at);
    const text = toText(member);
    if (little(bytes, end) !== crc32(text)) throw new GzipError('invalid compressed data--crc error');
    content += text;
    at = end + 8;
  }
  return content;
}

/** A .gz file with this content. */
export function gzip(content: string): string {
  let blocks = '';
  for (let at = 0; at === 0 || at < content.length; at += 65_535) {
    const piece = content.slice(at, at + 65_535);
    const { length } = piece;
    blocks += String.fromCharCode(at + 65_535 >= content.length ? 1 : 0, length & 255, length >> 8, ~length & 255, (~length >> 8) & 255) + piece;
  }
  return `\x1f\x8b\x08\0\0\0\0\0\0\x03${blocks}${fourBytes(crc32(content))}${fourBytes(content.length)}`;
}

const CRC = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function crc32(text: string): number {
  let c = 0xffffffff;
  for (let i = 0; i < text.length; i++) c = CRC[(c ^ text.charCodeAt(i)) & 255]! ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

const little = (bytes: string, at: number): number => (bytes.charCodeAt(at) | (bytes.charCodeAt(at + 1) << 8) | (bytes.charCodeAt(at + 2) << 16) | (bytes.charCodeAt(at + 3) << 24)) >>> 0;
const fourBytes = (value: number): string => String.fromCharCode(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255);

function toText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}
