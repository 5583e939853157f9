/**
 * A PKCS #10 request as far as signing it needs: whose name, which key; and the certificate that answers it.
 * Knows nothing of who may have one. See RFC 2986 and pkg/controller/certificates/authority.
 */
import { createPublicKey } from 'node:crypto';
import type { KeyPair } from './certificate.ts';
import { signCertificate } from './certificate.ts';
import { sequence, set } from './der.ts';

export interface SigningOptions {
  readonly usages: readonly string[];
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** @param pem the request @returns the certificate, PEM @throws Error when it is not a request */
export function signRequest(pem: string, authority: KeyPair & { readonly commonName: string }, options: SigningOptions): string {
  const base64 = /-----BEGIN CERTIFICATE REQUEST-----([\s\S]+?)-----END/.exec(pem)?.[1];
  if (base64 === undefined) throw new Error('PEM block type must be CERTIFICATE REQUEST');
  const [info] = items(Buffer.from(base64, 'base64'));
  if (!info) throw new Error('asn1: structure error');
  // version, subject, subjectPublicKeyInfo, attributes
  const [, subject, publicKey] = items(info);
  if (!subject || !publicKey) throw new Error('asn1: structure error');
  createPublicKey({ key: publicKey, format: 'der', type: 'spki' });
  return signCertificate({ subject: inOrder(subject), subjectKey: publicKey, usages: options.usages, notBeforeMs: options.notBeforeMs, notAfterMs: options.notAfterMs }, authority);
}

/** C, O, OU, L, ST, street, postal code, CN, serial number: the last byte of each attribute's identifier, as Go writes names. */
const NAME_ORDER: readonly number[] = [6, 10, 11, 7, 8, 9, 17, 3, 5];

/** The same name in the order in which Go would have written it; all values of one kind share a set. */
function inOrder(subject: Buffer): Buffer {
  const attributes = items(subject).flatMap(items);
  // SEQUENCE { OBJECT IDENTIFIER 2.5.4.x … }: tag, length, tag, 3, 0x55, 4, x.
  const kindOf = (attribute: Buffer) => attribute[6] ?? 0;
  const rank = (kind: number) => (NAME_ORDER.includes(kind) ? NAME_ORDER.indexOf(kind) : NAME_ORDER.length);
  const kinds = [...new Set(attributes.map(kindOf))].sort((a, b) => rank(a) - rank(b));
  return sequence(...kinds.map((kind) => set(...attributes.filter((attribute) => kindOf(attribute) === kind))));
}

/** What a constructed value is made of, each with its tag and length. */
function items(value: Buffer): Buffer[] {
  const found: Buffer[] = [];
  const { start, end } = extent(value, 0);
  for (let at = start; at < end; ) {
    const next = extent(value, at).end;
    found.push(value.subarray(at, next));
    at = next;
  }
  return found;
}

/** Where the content of the value at `offset` begins and ends. */
function extent(bytes: Buffer, offset: number): { readonly start: number; readonly end: number } {
  const first = bytes[offset + 1];
  if (first === undefined) throw new Error('asn1: syntax error: data truncated');
  if (first < 0x80) return { start: offset + 2, end: offset + 2 + first };
  const start = offset + 2 + (first & 0x7f);
  return { start, end: start + bytes.readUIntBE(offset + 2, first & 0x7f) };
}
