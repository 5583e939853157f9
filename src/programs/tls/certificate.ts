/**
 * X.509 certificates as clients look at them: who, by whom, for which names, from when to when. Knows no connection and
 * no trust. RFC 5280.
 */
import { decodeBase64 } from '../../base/base64.ts';
import { utf8Decode } from '../../base/bytes.ts';
import { DerError, type DerValue, dotted, readDer, timeOf } from './der.ts';

export interface Certificate {
  /** The whole thing, as it goes over the wire. */
  readonly der: string;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  readonly serial: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly isAuthority: boolean;
  readonly subjectKeyId?: string | undefined;
  readonly authorityKeyId?: string | undefined;
  /** What the key may be used for: `1.3.6.1.5.5.7.3.1` is a server, `.2` a client. */
  readonly extendedUsages: readonly string[];
}

/** Attributes in the order in which they stand: `['CN', 'kubernetes']`. */
export type DistinguishedName = readonly (readonly [attribute: string, value: string])[];

const ATTRIBUTES: Readonly<Record<string, string>> = { '2.5.4.3': 'CN', '2.5.4.6': 'C', '2.5.4.7': 'L', '2.5.4.8': 'ST', '2.5.4.10': 'O', '2.5.4.11': 'OU' };
const SUBJECT_KEY_ID = '2.5.29.14';
const SUBJECT_ALT_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const AUTHORITY_KEY_ID = '2.5.29.35';
const EXTENDED_KEY_USAGE = '2.5.29.37';
/** Context-specific tags: the parts of a certificate's body and of a GeneralName. */
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const KEY_ID = 0x80;
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;

/** `O=system:masters, CN=admin`, as OpenSSL and curl write names. */
export function printName(name: DistinguishedName, between = '; '): string {
  return name.map(([attribute, value]) => `${attribute}=${value}`).join(between);
}

/** `Nov 21 10:52:13 2026 GMT`. */
export function certificateDate(ms: number): string {
  const [, day, month, year, time] = new Date(ms).toUTCString().split(' ');
  return `${month} ${day!.replace(/^0/, ' ')} ${time} ${year} GMT`;
}

/** Every certificate of a PEM file; what stands between them is skipped, as OpenSSL does. */
export function readPem(text: string): readonly Certificate[] {
  return [...text.matchAll(/-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/g)].flatMap(([, body]) => {
    const der = decodeBase64(body!.replaceAll(/\s/g, ''));
    const certificate = der === undefined ? undefined : readCertificate(der);
    return certificate ? [certificate] : [];
  });
}

/** @returns undefined when the bytes are no certificate */
export function readCertificate(der: string): Certificate | undefined {
  try {
    return certificateOf(der, readDer(der)[0]!);
  } catch (error) {
    if (error instanceof DerError || error instanceof TypeError) return undefined;
    throw error;
  }
}

function certificateOf(der: string, whole: DerValue): Certificate {
  const fields = whole.parts[0]!.parts.filter(({ tag }) => tag !== VERSION);
  const [serial, , issuer, validity, subject] = fields as [DerValue, DerValue, DerValue, DerValue, DerValue];
  const extensions = new Map((fields.find(({ tag }) => tag === EXTENSIONS)?.parts[0]?.parts ?? []).map(({ parts }) => [dotted(parts[0]!.content), readDer(parts.at(-1)!.content)[0]!]));
  const names = extensions.get(SUBJECT_ALT_NAME)?.parts ?? [];
  return {
    der,
    subject: nameOf(subject),
    issuer: nameOf(issuer),
    serial: hex(serial.content),
    notBeforeMs: timeOf(validity.parts[0]!),
    notAfterMs: timeOf(validity.parts[1]!),
    dnsNames: names.filter(({ tag }) => tag === DNS_NAME).map(({ content }) => content),
    ipAddresses: names.filter(({ tag, content }) => tag === IP_ADDRESS && content.length === 4).map(({ content }) => [...content].map((byte) => byte.charCodeAt(0)).join('.')),
    isAuthority: extensions.get(BASIC_CONSTRAINTS)?.parts[0]?.content === '\xff',
    subjectKeyId: extensions.get(SUBJECT_KEY_ID)?.content,
    authorityKeyId: extensions.get(AUTHORITY_KEY_ID)?.parts.find(({ tag }) => tag === KEY_ID)?.content,
    extendedUsages: (extensions.get(EXTENDED_KEY_USAGE)?.parts ?? []).map(({ content }) => dotted(content)),
  };
}

function nameOf(name: DerValue): DistinguishedName {
  return name.parts.flatMap(({ parts }) => parts).map(({ parts: [id, value] }) => [ATTRIBUTES[dotted(id!.content)] ?? dotted(id!.content), utf8Decode(value!.content)] as const);
}

function hex(bytes: string): string {
  return [...bytes].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}
