/** A certificate as `openssl x509 -text` prints it: every field, the key and the signature in hexadecimal. See crypto/x509/t_x509.c. */
import { type DerValue, dotted, readDer } from '../tls/der.ts';
import { type Certificate, certificateDate, printName } from '../tls/certificate.ts';

const ALGORITHMS: Readonly<Record<string, string>> = { '1.2.840.10045.4.3.2': 'ecdsa-with-SHA256', '1.2.840.113549.1.1.11': 'sha256WithRSAEncryption', '1.3.101.112': 'ED25519' };
const USAGES = ['Digital Signature', 'Non Repudiation', 'Key Encipherment', 'Data Encipherment', 'Key Agreement', 'Certificate Sign', 'CRL Sign', 'Encipher Only', 'Decipher Only'];
const EXTENDED: Readonly<Record<string, string>> = { '1.3.6.1.5.5.7.3.1': 'TLS Web Server Authentication', '1.3.6.1.5.5.7.3.2': 'TLS Web Client Authentication' };
/** By object identifier: the name that `-ext` knows and the title. */
const EXTENSIONS: Readonly<Record<string, readonly [name: string, title: string]>> = {
  '2.5.29.15': ['keyUsage', 'X509v3 Key Usage'], '2.5.29.37': ['extendedKeyUsage', 'X509v3 Extended Key Usage'], '2.5.29.19': ['basicConstraints', 'X509v3 Basic Constraints'],
  '2.5.29.14': ['subjectKeyIdentifier', 'X509v3 Subject Key Identifier'], '2.5.29.35': ['authorityKeyIdentifier', 'X509v3 Authority Key Identifier'], '2.5.29.17': ['subjectAltName', 'X509v3 Subject Alternative Name'],
};
const EXTENSIONS_TAG = 0xa3;
const BOOLEAN = 0x01;

export function certificateText(certificate: Certificate): string {
  const [body, algorithm, signature] = readDer(certificate.der)[0]!.parts as [DerValue, DerValue, DerValue];
  const name = (of: Certificate['subject']) => printName(of, ', ').replaceAll('=', ' = ');
  const signed = ALGORITHMS[dotted(algorithm.parts[0]!.content)] ?? dotted(algorithm.parts[0]!.content);
  const key = body.parts.filter(({ tag }) => tag !== 0xa0)[5]!;
  return [
    'Certificate:', '    Data:', '        Version: 3 (0x2)', ...serial(certificate.serial), `        Signature Algorithm: ${signed}`,
    `        Issuer: ${name(certificate.issuer)}`, '        Validity', `            Not Before: ${certificateDate(certificate.notBeforeMs)}`, `            Not After : ${certificateDate(certificate.notAfterMs)}`,
    `        Subject: ${name(certificate.subject)}`, '        Subject Public Key Info:', ...publicKey(key),
    '        X509v3 extensions:', ...extensionsOf(certificate).flatMap(({ title, isCritical, value }) => [`            ${title}: ${isCritical ? 'critical' : ''}`, `                ${value}`]),
    `    Signature Algorithm: ${signed}`, '    Signature Value:', ...bytesIn(signature.content.slice(1), 18, '        '), '',
  ].join('\n');
}

/** What `-ext NAME` prints. */
export function extensionText(certificate: Certificate, name: string): string {
  return extensionsOf(certificate).filter((one) => one.name === name).map(({ title, isCritical, value }) => `${title}: ${isCritical ? 'critical' : ''}\n    ${value}\n`).join('');
}

/** A small number stands there in both its forms, a long one byte by byte. */
function serial(hex: string): readonly string[] {
  if (hex.length > 16 || BigInt(`0x${hex}`) >= 1n << 63n) return ['        Serial Number:', `            ${hex.match(/../g)!.join(':')}`];
  return [`        Serial Number: ${BigInt(`0x${hex}`)} (0x${hex.replace(/^0+(?=.)/, '')})`];
}

function publicKey(info: DerValue): readonly string[] {
  const [algorithm, bits] = info.parts as [DerValue, DerValue];
  const EC = '1.2.840.10045.2.1';
  if (dotted(algorithm.parts[0]!.content) === EC) {
    return ['            Public Key Algorithm: id-ecPublicKey', '                Public-Key: (256 bit)', '                pub:', ...bytesIn(bits.content.slice(1), 15, '                    '), '                ASN1 OID: prime256v1', '                NIST CURVE: P-256'];
  }
  const [modulus, exponent] = readDer(bits.content.slice(1))[0]!.parts as [DerValue, DerValue];
  const value = [...exponent.content].reduce((sum, byte) => sum * 256 + byte.charCodeAt(0), 0);
  return ['            Public Key Algorithm: rsaEncryption', `                Public-Key: (${(modulus.content.length - 1) * 8} bit)`, '                Modulus:', ...bytesIn(modulus.content, 15, '                    '), `                Exponent: ${value} (0x${value.toString(16)})`];
}

interface Extension {
  readonly name: string;
  readonly title: string;
  readonly isCritical: boolean;
  readonly value: string;
}

function extensionsOf(certificate: Certificate): readonly Extension[] {
  const all = readDer(certificate.der)[0]!.parts[0]!.parts.find(({ tag }) => tag === EXTENSIONS_TAG)?.parts[0]?.parts ?? [];
  return all.flatMap(({ parts }) => {
    const known = EXTENSIONS[dotted(parts[0]!.content)];
    return known ? [{ name: known[0], title: known[1], isCritical: parts[1]!.tag === BOOLEAN && parts[1]!.content === '\xff', value: valueOf(known[0], readDer(parts.at(-1)!.content)[0]!, certificate) }] : [];
  });
}

function valueOf(name: string, value: DerValue, certificate: Certificate): string {
  switch (name) {
    case 'keyUsage': {
      const bits = [...value.content.slice(1)].map((byte) => byte.charCodeAt(0).toString(2).padStart(8, '0')).join('');
      return USAGES.filter((_, at) => bits[at] === '1').join(', ');
    }
    case 'extendedKeyUsage': return certificate.extendedUsages.map((id) => EXTENDED[id] ?? id).join(', ');
    case 'basicConstraints': return `CA:${certificate.isAuthority ? 'TRUE' : 'FALSE'}`;
    case 'subjectAltName': return [...certificate.dnsNames.map((one) => `DNS:${one}`), ...certificate.ipAddresses.map((one) => `IP Address:${one}`)].join(', ');
    default: return colons(name === 'subjectKeyIdentifier' ? (certificate.subjectKeyId ?? '') : (certificate.authorityKeyId ?? '')).toUpperCase();
  }
}

const colons = (bytes: string): string => [...bytes].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join(':');

function bytesIn(bytes: string, width: number, indent: string): readonly string[] {
  const rows = bytes.match(new RegExp(`[^]{1,${width}}`, 'g')) ?? [];
  return rows.map((row, at) => `${indent}${colons(row)}${at < rows.length - 1 ? ':' : ''}`);
}
