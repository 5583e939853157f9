/**
 * The messages of a TLS 1.3 handshake, laid out as they go over the wire, so that a capture of a hello shows the name
 * that was asked for. Knows no connection. RFC 8446 §4; server_name is RFC 6066 §3, ALPN RFC 7301.
 */
import type { Rng } from '../../base/rng.ts';
import { type Certificate, readCertificate } from './certificate.ts';

export const CLIENT_HELLO = 1;
export const SERVER_HELLO = 2;
export const ENCRYPTED_EXTENSIONS = 8;
export const CERTIFICATE = 11;
export const CERTIFICATE_REQUEST = 13;
export const CERTIFICATE_VERIFY = 15;
export const FINISHED = 20;

/** Alert descriptions, and how Go words them when they arrive. */
export const ALERTS: Readonly<Record<number, string>> = { 0: 'close notify', 42: 'bad certificate', 45: 'expired certificate', 48: 'unknown certificate authority' };
export const CLOSE_NOTIFY = 0;
export const CERTIFICATE_EXPIRED = 45;
export const UNKNOWN_CA = 48;

export interface Hello {
  readonly random: string;
  readonly serverName?: string | undefined;
  readonly protocols: readonly string[];
}

export interface Message {
  readonly type: number;
  readonly body: string;
}

const SERVER_NAME = 0;
const PROTOCOLS = 16;
const SUPPORTED_VERSIONS = 43;
const KEY_SHARE = 51;
const TLS_1_3 = '\x03\x04';
/** TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256. */
const SUITES = '\x13\x01\x13\x02\x13\x03';
const X25519 = '\x00\x1d';

/** `bytes` random ones. */
export function noise(rng: Rng, bytes: number): string {
  return String.fromCharCode(...Array.from({ length: bytes }, () => rng.below(256)));
}

/** A message with its head. */
export function message(type: number, body: string): string {
  return String.fromCharCode(type) + sized(3, body);
}

/** The messages of one record. */
export function messagesOf(content: string): readonly Message[] {
  const messages: Message[] = [];
  for (let at = 0; at + 4 <= content.length; ) {
    const length = number(content.slice(at + 1, at + 4));
    messages.push({ type: content.charCodeAt(at), body: content.slice(at + 4, at + 4 + length) });
    at += 4 + length;
  }
  return messages;
}

/** A host that is an address goes without a name (RFC 6066 §3). */
export function clientHello(hello: Hello, rng: Rng): string {
  const extensions = [
    ...(hello.serverName === undefined ? [] : [extension(SERVER_NAME, sized(2, `\0${sized(2, hello.serverName)}`))]),
    extension(SUPPORTED_VERSIONS, sized(1, TLS_1_3)),
    extension(KEY_SHARE, sized(2, X25519 + sized(2, noise(rng, 32)))),
    ...(hello.protocols.length === 0 ? [] : [extension(PROTOCOLS, sized(2, hello.protocols.map((name) => sized(1, name)).join('')))]),
  ];
  return message(CLIENT_HELLO, `\x03\x03${hello.random}${sized(1, noise(rng, 32))}${sized(2, SUITES)}\x01\0${sized(2, extensions.join(''))}`);
}

export function serverHello(random: string, rng: Rng): string {
  const extensions = extension(SUPPORTED_VERSIONS, TLS_1_3) + extension(KEY_SHARE, X25519 + sized(2, noise(rng, 32)));
  return message(SERVER_HELLO, `\x03\x03${random}${sized(1, '')}\x13\x01\0${sized(2, extensions)}`);
}

/** What the client said of itself. */
export function readClientHello(body: string): Hello {
  const reader = new Reader(body, 2);
  const random = reader.take(32);
  for (const width of [1, 2, 1]) reader.sized(width);
  const extensions = readExtensions(reader.sized(2));
  const names = extensions.get(SERVER_NAME);
  const protocols = extensions.get(PROTOCOLS);
  return { random, serverName: names === undefined ? undefined : new Reader(names, 3).sized(2), protocols: protocols === undefined ? [] : listOf(new Reader(protocols).sized(2)) };
}

export const readServerHello = (body: string): string => body.slice(2, 34);

export const encryptedExtensions = (protocol: string | undefined): string =>
  message(ENCRYPTED_EXTENSIONS, sized(2, protocol === undefined ? '' : extension(PROTOCOLS, sized(2, sized(1, protocol)))));

/** The protocol that the server chose, if it chose one. */
export function readEncryptedExtensions(body: string): string | undefined {
  const protocols = readExtensions(new Reader(body).sized(2)).get(PROTOCOLS);
  return protocols === undefined ? undefined : listOf(new Reader(protocols).sized(2))[0];
}

export const certificateMessage = (chain: readonly Certificate[]): string => message(CERTIFICATE, `\0${sized(3, chain.map(({ der }) => `${sized(3, der)}\0\0`).join(''))}`);

export function readCertificates(body: string): readonly Certificate[] {
  const reader = new Reader(new Reader(body, 1).sized(3));
  const chain: Certificate[] = [];
  while (!reader.atEnd) {
    const certificate = readCertificate(reader.sized(3));
    if (certificate) chain.push(certificate);
    reader.sized(2);
  }
  return chain;
}

const extension = (type: number, content: string): string => String.fromCharCode(type >> 8, type & 255) + sized(2, content);

/** Content behind its length in `width` bytes. */
function sized(width: number, content: string): string {
  return String.fromCharCode(...[16, 8, 0].slice(3 - width).map((shift) => (content.length >> shift) & 255)) + content;
}

function number(bytes: string): number {
  return [...bytes].reduce((sum, byte) => sum * 256 + byte.charCodeAt(0), 0);
}

function readExtensions(bytes: string): ReadonlyMap<number, string> {
  const reader = new Reader(bytes);
  const found = new Map<number, string>();
  while (!reader.atEnd) found.set(number(reader.take(2)), reader.sized(2));
  return found;
}

function listOf(bytes: string): readonly string[] {
  const reader = new Reader(bytes);
  const items: string[] = [];
  while (!reader.atEnd) items.push(reader.sized(1));
  return items;
}

class Reader {
  constructor(
    private readonly bytes: string,
    private at = 0,
  ) {}

  get atEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  take(count: number): string {
    this.at += count;
    return this.bytes.slice(this.at - count, this.at);
  }

  sized(width: number): string {
    return this.take(number(this.take(width)));
  }
}
