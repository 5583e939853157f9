/**
 * DNS messages on the wire: byte strings to values and back. Knows nothing of who asks or answers.
 * RFC 1035 section 4; RFC 2782 (SRV); RFC 6891 (the OPT record). Names are written without the final dot; the root is ''.
 * Longer than most files here: every type of record is read and written in one place, so that the two cannot drift apart.
 */
import { fromNumber, toNumber, type Ipv4 } from '../../base/address.ts';

/** The kinds of record, and the two kinds of question that no record has. */
export const TYPE_NUMBERS = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, HINFO: 13, MX: 15, TXT: 16, AAAA: 28, SRV: 33, OPT: 41, ANY: 255 } as const;
export type DnsType = keyof typeof TYPE_NUMBERS;

/** By number, as `dig` names them. */
export const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'] as const;
export type Rcode = (typeof RCODES)[number];

export interface DnsQuestion {
  readonly name: string;
  /** A type this table does not know is kept as `TYPE123`. */
  readonly type: DnsType | `TYPE${number}`;
}

export type DnsRecord = { readonly name: string; readonly ttl: number } & (
  | { readonly type: 'A'; readonly address: Ipv4 }
  | { readonly type: 'AAAA'; readonly address: string }
  | { readonly type: 'CNAME' | 'NS' | 'PTR'; readonly target: string }
  | { readonly type: 'SRV'; readonly priority: number; readonly weight: number; readonly port: number; readonly target: string }
  | { readonly type: 'MX'; readonly preference: number; readonly target: string }
  | { readonly type: 'TXT'; readonly texts: readonly string[] }
  | {
      readonly type: 'SOA';
      readonly primary: string;
      readonly mailbox: string;
      readonly serial: number;
      readonly refresh: number;
      readonly retry: number;
      readonly expire: number;
      readonly minimum: number;
    }
);

/** The OPT pseudo-record: how large an answer may be, and options such as cookies (raw, so that a server can echo them). */
export interface Edns {
  readonly udpSize: number;
  readonly options: string;
}

export interface DnsMessage {
  readonly id: number;
  readonly response: boolean;
  readonly authoritative?: boolean;
  readonly truncated?: boolean;
  readonly recursionDesired?: boolean;
  readonly recursionAvailable?: boolean;
  /** The AD bit: `dig` sets it in queries. */
  readonly authenticData?: boolean;
  readonly rcode: Rcode;
  readonly questions: readonly DnsQuestion[];
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
  readonly edns?: Edns | undefined;
}

/** A question as resolvers send it. */
export function query(id: number, name: string, type: DnsQuestion['type']): DnsMessage {
  return { id, response: false, recursionDesired: true, rcode: 'NOERROR', questions: [{ name, type }], answers: [], authorities: [], additionals: [] };
}

/**
 * Names are written in full unless told otherwise: CoreDNS compresses only what would not fit, and the sizes that `dig`
 * prints are those of uncompressed answers.
 * @param compress write the question's name as a pointer where a record has it too. Differs from Kubernetes: other names
 * that repeat stay in full, so that a long answer may be cut a little earlier than the real one.
 */
export function encode(message: DnsMessage, compress = false): string {
  const asked = compress ? message.questions[0]?.name.toLowerCase() : undefined;
  const flags =
    (message.response ? 0x8000 : 0) |
    (message.authoritative ? 0x0400 : 0) |
    (message.truncated ? 0x0200 : 0) |
    (message.recursionDesired ? 0x0100 : 0) |
    (message.recursionAvailable ? 0x0080 : 0) |
    (message.authenticData ? 0x0020 : 0) |
    RCODES.indexOf(message.rcode);
  const counts = [message.questions.length, message.answers.length, message.authorities.length, message.additionals.length + (message.edns ? 1 : 0)];
  let bytes = u16(message.id) + u16(flags) + counts.map(u16).join('');
  for (const question of message.questions) bytes += encodeName(question.name) + u16(typeNumber(question.type)) + u16(1);
  for (const record of [...message.answers, ...message.authorities, ...message.additionals]) bytes += encodeRecord(record, record.name.toLowerCase() === asked);
  if (message.edns) bytes += `\0${u16(TYPE_NUMBERS.OPT)}${u16(message.edns.udpSize)}${u32(0)}${u16(message.edns.options.length)}${message.edns.options}`;
  return bytes;
}

/** @returns undefined when the bytes are not a DNS message */
export function decode(bytes: string): DnsMessage | undefined {
  const cursor = { bytes, at: 0 };
  try {
    const id = readU16(cursor);
    const flags = readU16(cursor);
    const [questionCount, ...recordCounts] = [readU16(cursor), readU16(cursor), readU16(cursor), readU16(cursor)];
    const questions: DnsQuestion[] = [];
    for (let i = 0; i < questionCount!; i++) {
      const name = readName(cursor);
      questions.push({ name, type: typeName(readU16(cursor)) });
      readU16(cursor);
    }
    let edns: Edns | undefined;
    const sections = recordCounts.map((count) => {
      const records: DnsRecord[] = [];
      for (let i = 0; i < count; i++) {
        const record = readRecord(cursor);
        if (record === undefined) continue;
        if ('udpSize' in record) edns = record;
        else records.push(record);
      }
      return records;
    });
    return {
      id,
      response: (flags & 0x8000) !== 0,
      authoritative: (flags & 0x0400) !== 0,
      truncated: (flags & 0x0200) !== 0,
      recursionDesired: (flags & 0x0100) !== 0,
      recursionAvailable: (flags & 0x0080) !== 0,
      authenticData: (flags & 0x0020) !== 0,
      rcode: RCODES[flags & 15] ?? 'NOTIMP',
      questions,
      answers: sections[0]!,
      authorities: sections[1]!,
      additionals: sections[2]!,
      edns,
    };
  } catch (error) {
    if (error instanceof Short) return undefined;
    throw error;
  }
}

/** `10.244.1.5` to `5.1.244.10.in-addr.arpa`. */
export function reverseName(address: Ipv4): string {
  return `${address.split('.').toReversed().join('.')}.in-addr.arpa`;
}

/** A record's data as zone files and `dig` write it. */
export function dataText(record: DnsRecord): string {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return record.address;
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return `${record.target}.`;
    case 'SRV':
      return `${record.priority} ${record.weight} ${record.port} ${record.target}.`;
    case 'MX':
      return `${record.preference} ${record.target}.`;
    case 'TXT':
      return record.texts.map((text) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`).join(' ');
    case 'SOA':
      return `${record.primary}. ${record.mailbox}. ${record.serial} ${record.refresh} ${record.retry} ${record.expire} ${record.minimum}`;
  }
}

/** The question begins behind the twelve bytes of the header. */
const TO_QUESTION = '\xc0\x0c';

function encodeRecord(record: DnsRecord, isAsked: boolean): string {
  const data = encodeData(record);
  return (isAsked ? TO_QUESTION : encodeName(record.name)) + u16(TYPE_NUMBERS[record.type]) + u16(1) + u32(record.ttl) + u16(data.length) + data;
}

function encodeData(record: DnsRecord): string {
  switch (record.type) {
    case 'A':
      return u32(toNumber(record.address));
    case 'AAAA':
      return encodeIpv6(record.address);
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return encodeName(record.target);
    case 'SRV':
      return u16(record.priority) + u16(record.weight) + u16(record.port) + encodeName(record.target);
    case 'MX':
      return u16(record.preference) + encodeName(record.target);
    case 'TXT':
      return record.texts.map((text) => String.fromCharCode(text.length) + text).join('');
    case 'SOA':
      return (
        encodeName(record.primary) +
        encodeName(record.mailbox) +
        [record.serial, record.refresh, record.retry, record.expire, record.minimum].map(u32).join('')
      );
  }
}

function readRecord(cursor: Cursor): DnsRecord | Edns | undefined {
  const name = readName(cursor);
  const number = readU16(cursor);
  const size = readU16(cursor);
  const ttl = readU32(cursor);
  const length = readU16(cursor);
  const end = cursor.at + length;
  if (end > cursor.bytes.length) throw new Short();
  const record = readData(cursor, { name, ttl, number, size, end });
  cursor.at = end;
  return record;
}

function readData(cursor: Cursor, head: { name: string; ttl: number; number: number; size: number; end: number }): DnsRecord | Edns | undefined {
  const { name, ttl } = head;
  const type = typeName(head.number);
  switch (type) {
    case 'A':
      return { name, ttl, type, address: fromNumber(readU32(cursor)) };
    case 'AAAA':
      return { name, ttl, type, address: printIpv6(cursor.bytes.slice(cursor.at, head.end)) };
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return { name, ttl, type, target: readName(cursor) };
    case 'SRV':
      return { name, ttl, type, priority: readU16(cursor), weight: readU16(cursor), port: readU16(cursor), target: readName(cursor) };
    case 'MX':
      return { name, ttl, type, preference: readU16(cursor), target: readName(cursor) };
    case 'TXT': {
      const texts: string[] = [];
      while (cursor.at < head.end) {
        const length = readU8(cursor);
        texts.push(cursor.bytes.slice(cursor.at, cursor.at + length));
        cursor.at += length;
      }
      return { name, ttl, type, texts };
    }
    case 'SOA':
      return {
        name, ttl, type, primary: readName(cursor), mailbox: readName(cursor), serial: readU32(cursor),
        refresh: readU32(cursor), retry: readU32(cursor), expire: readU32(cursor), minimum: readU32(cursor),
      };
    case 'OPT':
      return { udpSize: head.size, options: cursor.bytes.slice(cursor.at, head.end) };
    default:
      return undefined;
  }
}

class Short extends Error {}

interface Cursor {
  readonly bytes: string;
  at: number;
}

const u16 = (value: number) => String.fromCharCode((value >>> 8) & 255, value & 255);
const u32 = (value: number) => u16(value >>> 16) + u16(value & 0xffff);

function readU8(cursor: Cursor): number {
  if (cursor.at >= cursor.bytes.length) throw new Short();
  return cursor.bytes.charCodeAt(cursor.at++);
}
const readU16 = (cursor: Cursor) => readU8(cursor) * 256 + readU8(cursor);
const readU32 = (cursor: Cursor) => readU16(cursor) * 65536 + readU16(cursor);

function encodeName(name: string): string {
  const labels = name.split('.').filter((label) => label !== '');
  return `${labels.map((label) => String.fromCharCode(label.length) + label).join('')}\0`;
}

function readName(cursor: Cursor): string {
  const labels: string[] = [];
  let from = cursor;
  for (let hops = 0; ; ) {
    const length = readU8(from);
    if (length === 0) return labels.join('.');
    if (length < 64) {
      if (from.at + length > from.bytes.length) throw new Short();
      labels.push(from.bytes.slice(from.at, from.at + length));
      from.at += length;
      continue;
    }
    // A pointer to an earlier name. A message that points in circles is no message.
    if (++hops > 32) throw new Short();
    from = { bytes: cursor.bytes, at: (length & 63) * 256 + readU8(from) };
  }
}

const typeNumber = (type: DnsQuestion['type']) => (type in TYPE_NUMBERS ? TYPE_NUMBERS[type as DnsType] : Number(type.slice(4)));
const TYPE_NAMES = new Map<number, DnsType>(Object.entries(TYPE_NUMBERS).map(([name, number]) => [number, name as DnsType]));
const typeName = (number: number): DnsQuestion['type'] => TYPE_NAMES.get(number) ?? `TYPE${number}`;

function encodeIpv6(address: string): string {
  const [head, tail] = address.split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const groups = address.includes('::') ? [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right] : left;
  return groups.map((group) => u16(Number.parseInt(group, 16))).join('');
}

function printIpv6(bytes: string): string {
  const groups = Array.from({ length: 8 }, (_, i) => (bytes.charCodeAt(2 * i) * 256 + bytes.charCodeAt(2 * i + 1)).toString(16));
  // The longest run of two or more zeros becomes `::` (RFC 5952).
  let best = { at: 0, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (groups[at + length] === '0') length++;
    if (length > best.length) best = { at, length };
  }
  if (best.length < 2) return groups.join(':');
  return `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`;
}
