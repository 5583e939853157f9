/** CertificateSigningRequests: what they ask for is inside their PKCS #10 request (RFC 2986). See kubectl/pkg/describe/describe.go. */
import { humanDuration } from '../../base/duration.ts';
import { dig, type KubeObject } from '../object.ts';
import { writeEvents, type Event } from './events.ts';
import { sortedEntries, timeOf } from './fields.ts';
import type { Writer } from './writer.ts';

/** Parts of a subject by the last number of their OID, 2.5.4.x, in the order in which they are shown. */
const LISTS: readonly (readonly [number, string])[] = [[10, 'Organization'], [11, 'Organizational Unit'], [6, 'Country'], [7, 'Locality'], [8, 'Province'], [9, 'StreetAddress'], [17, 'PostalCode']];
const COMMON_NAME = 3;
const SERIAL_NUMBER = 5;

export function describeCertificateRequest(out: Writer, object: KubeObject, events: readonly Event[]): void {
  const format = (pairs: Readonly<Record<string, string>> | undefined) => sortedEntries(pairs).map(([key, value]) => `${key}=${value}`).join(',') || '<none>';
  out.line(0, `Name:\t${object.metadata?.name}`);
  out.line(0, `Labels:\t${format(object.metadata?.labels)}`);
  out.line(0, `Annotations:\t${format(object.metadata?.annotations)}`);
  out.line(0, `CreationTimestamp:\t${timeOf(object.metadata?.creationTimestamp)}`);
  out.line(0, `Requesting User:\t${(dig(object, 'spec', 'username') as string | undefined) ?? ''}`);
  if (dig(object, 'spec', 'signerName')) out.line(0, `Signer:\t${dig(object, 'spec', 'signerName') as string}`);
  const seconds = dig(object, 'spec', 'expirationSeconds') as number | undefined;
  if (seconds !== undefined) out.line(0, `Requested Duration:\t${humanDuration(seconds * 1000)}`);
  out.line(0, `Status:\t${statusOf(object)}`);
  const { subject, names } = requestOf(String(dig(object, 'spec', 'request')));
  out.line(0, 'Subject:');
  out.line(0, `\tCommon Name:\t${subject.get(COMMON_NAME)?.[0] ?? ''}`);
  out.line(0, `\tSerial Number:\t${subject.get(SERIAL_NUMBER)?.[0] ?? ''}`);
  for (const [number, title] of LISTS) writeList(out, title, subject.get(number) ?? []);
  if (names.length > 0) {
    out.line(0, 'Subject Alternative Names:');
    for (const [tag, title] of [[DNS_NAME, 'DNS Names'], [EMAIL, 'Email Addresses'], [URI, 'URIs'], [IP_ADDRESS, 'IP Addresses']] as const) writeList(out, title, names.filter((name) => name.tag === tag).map(nameText));
  }
  writeEvents(out, events);
}

function writeList(out: Writer, title: string, values: readonly string[]): void {
  if (values.length > 0) out.line(0, `\t${title}:\t${values.join('\n\t\t')}`);
}

/** As the table shows it: `Approved,Issued`. */
function statusOf(object: KubeObject): string {
  const conditions = new Set(((dig(object, 'status', 'conditions') as { type: string }[] | undefined) ?? []).map((one) => one.type));
  const said = conditions.has('Denied') ? 'Denied' : conditions.has('Approved') ? 'Approved' : 'Pending';
  return `${said}${conditions.has('Failed') ? ',Failed' : ''}${dig(object, 'status', 'certificate') ? ',Issued' : ''}`;
}

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

interface Request {
  readonly subject: ReadonlyMap<number, readonly string[]>;
  readonly names: readonly Element[];
}

const DNS_NAME = 0x82;
const EMAIL = 0x81;
const URI = 0x86;
const IP_ADDRESS = 0x87;

function requestOf(base64: string): Request {
  const pem = Buffer.from(base64, 'base64').toString('latin1');
  const der = Buffer.from(/-----BEGIN [A-Z ]+-----([^-]*)/.exec(pem)?.[1] ?? '', 'base64');
  const [request] = elements(der);
  const info = request ? elements(elements(request.content)[0]?.content ?? Buffer.alloc(0)) : [];
  const subject = new Map<number, string[]>();
  // CertificationRequestInfo: version, subject, key, attributes. Each set of the subject holds pairs of an OID and a text.
  for (const set of elements(info[1]?.content)) {
    for (const pair of elements(set.content)) {
      const [oid, value] = elements(pair.content);
      if (oid && value && oid.content.length === 3 && oid.content.readUInt16BE(0) === 0x5504) subject.set(oid.content[2]!, [...(subject.get(oid.content[2]!) ?? []), value.content.toString('utf8')]);
    }
  }
  return { subject, names: alternativeNames(info[3]?.content) };
}

/** Extension 2.5.29.17, wherever the attributes have it. */
function alternativeNames(attributes: Buffer | undefined): readonly Element[] {
  const found = attributes?.indexOf(Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x11])) ?? -1;
  if (!attributes || found < 0) return [];
  const value = elements(attributes.subarray(found + 5)).find((one) => one.tag === 0x04);
  return elements(elements(value?.content)[0]?.content);
}

function nameText({ tag, content }: Element): string {
  if (tag !== IP_ADDRESS) return content.toString('utf8');
  return content.length === 4 ? [...content].join('.') : (content.toString('hex').match(/.{4}/g) ?? []).join(':');
}

/** The DER elements that follow each other in `bytes` (X.690). */
function elements(bytes: Buffer = Buffer.alloc(0)): readonly Element[] {
  const found: Element[] = [];
  for (let at = 0; at + 1 < bytes.length; ) {
    const tag = bytes[at]!;
    let length = bytes[at + 1]!;
    at += 2;
    if (length > 0x80) {
      const size = length & 0x7f;
      length = bytes.readUIntBE(at, size);
      at += size;
    }
    found.push({ tag, content: bytes.subarray(at, at + length) });
    at += length;
  }
  return found;
}
