/**
 * X.509 certificates with ECDSA P-256 keys: a self-signed authority, and what it issues. Knows nothing of files or of
 * who needs which certificate. See RFC 5280; extensions as kubeadm writes them (client-go/util/cert, kubeadm pkiutil).
 */
import { createHash, generateKeyPairSync, randomBytes, sign, createPublicKey, createPrivateKey } from 'node:crypto';
import { bits, boolean, implicit, integer, octets, oid, sequence, set, tagged, time, utf8 } from './der.ts';

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateRequest {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  readonly usage: 'client' | 'server' | 'authority';
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** The subject and the key as they stand in a request: DER. */
export interface SignatureRequest {
  readonly subject: Buffer;
  readonly subjectKey: Buffer;
  readonly usages: readonly string[];
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));

/** A new key and a certificate for it, signed by `issuer`, or by itself when there is none. */
export function issueCertificate(request: CertificateRequest, issuer?: KeyPair & { readonly commonName: string }): KeyPair {
  const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const subjectKey = pair.publicKey.export({ type: 'spki', format: 'der' });
  const issuerKey = issuer ? createPrivateKey(issuer.key) : pair.privateKey;
  const authorityKeyId = keyId(createPublicKey(issuerKey).export({ type: 'spki', format: 'der' }));
  // A positive serial number of 64 bits: the first bit is cleared, the second set so that no leading zero is left.
  const serial = randomBytes(8);
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(serial),
    ECDSA_WITH_SHA256,
    issuer ? distinguishedName(issuer.commonName, []) : distinguishedName(request.commonName, request.organizations ?? []),
    sequence(time(request.notBeforeMs), time(request.notAfterMs)),
    distinguishedName(request.commonName, request.organizations ?? []),
    subjectKey,
    tagged(3, sequence(...extensions(request, keyId(subjectKey), authorityKeyId))),
  );
  const certificate = sequence(body, ECDSA_WITH_SHA256, bits(sign('sha256', body, issuerKey)));
  return {
    certificate: pem('CERTIFICATE', certificate),
    key: pair.privateKey.export({ type: 'sec1', format: 'pem' }) as string,
  };
}

/** A certificate for somebody else's key. */
export function signCertificate(request: SignatureRequest, issuer: KeyPair & { readonly commonName: string }): string {
  const issuerKey = createPrivateKey(issuer.key);
  const authorityKeyId = keyId(createPublicKey(issuerKey).export({ type: 'spki', format: 'der' }));
  const serial = randomBytes(8);
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  // digitalSignature is bit 0, keyEncipherment bit 2.
  const keyUsage = (request.usages.includes('digital signature') ? 0b10000000 : 0) | (request.usages.includes('key encipherment') ? 0b00100000 : 0);
  const purposes = [...(request.usages.includes('server auth') ? [oid('1.3.6.1.5.5.7.3.1')] : []), ...(request.usages.includes('client auth') ? [oid('1.3.6.1.5.5.7.3.2')] : [])];
  const list = [
    ...(keyUsage ? [extension('2.5.29.15', true, bits(Buffer.from([keyUsage]), keyUsage & 0b00100000 ? 5 : 7))] : []),
    extension('2.5.29.37', false, sequence(...purposes)),
    extension('2.5.29.19', true, sequence()),
    extension('2.5.29.35', false, sequence(implicit(0, authorityKeyId))),
  ];
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))), integer(serial), ECDSA_WITH_SHA256, distinguishedName(issuer.commonName, []),
    sequence(time(request.notBeforeMs), time(request.notAfterMs)), request.subject, request.subjectKey, tagged(3, sequence(...list)),
  );
  return pem('CERTIFICATE', sequence(body, ECDSA_WITH_SHA256, bits(sign('sha256', body, issuerKey))));
}

function extensions(request: CertificateRequest, subjectKeyId: Buffer, authorityKeyId: Buffer): Buffer[] {
  const isAuthority = request.usage === 'authority';
  const list = [
    // digitalSignature, keyEncipherment and, for the authority, keyCertSign: bits 0, 2 and 5.
    extension('2.5.29.15', true, isAuthority ? bits(Buffer.from([0b10100100]), 2) : bits(Buffer.from([0b10100000]), 5)),
  ];
  if (!isAuthority) list.push(extension('2.5.29.37', false, sequence(oid(request.usage === 'server' ? '1.3.6.1.5.5.7.3.1' : '1.3.6.1.5.5.7.3.2'))));
  list.push(extension('2.5.29.19', true, isAuthority ? sequence(boolean(true)) : sequence()));
  if (isAuthority) list.push(extension('2.5.29.14', false, octets(subjectKeyId)));
  else list.push(extension('2.5.29.35', false, sequence(implicit(0, authorityKeyId))));
  const names = [
    ...(request.dnsNames ?? []).map((name) => implicit(2, Buffer.from(name))),
    ...(request.ipAddresses ?? []).map((address) => implicit(7, Buffer.from(address.split('.').map(Number)))),
  ];
  if (names.length > 0) list.push(extension('2.5.29.17', false, sequence(...names)));
  return list;
}

const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  critical ? sequence(oid(id), boolean(true), octets(value)) : sequence(oid(id), octets(value));

/** Organizations first, then the common name, as Go's pkix.Name encodes them. */
function distinguishedName(commonName: string, organizations: readonly string[]): Buffer {
  const attribute = (id: string, text: string) => sequence(oid(id), utf8(text));
  const organizationSet = organizations.map((text) => attribute('2.5.4.10', text));
  return sequence(...(organizationSet.length > 0 ? [set(...organizationSet)] : []), set(attribute('2.5.4.3', commonName)));
}

/** SHA-1 of the public key's bit string (RFC 5280, 4.2.1.2, method 1). The last 65 bytes of a P-256 key are that string. */
const keyId = (spki: Buffer): Buffer => createHash('sha1').update(spki.subarray(-65)).digest();

function pem(label: string, content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
