/**
 * Whether to believe a chain of certificates, and whether it is for this host. Knows no connection.
 * Words and numbers are those of OpenSSL (x509_txt.c); names are matched as RFC 6125 §6.4.3 has it.
 *
 * Differs from Linux: signatures are not computed. A certificate counts as issued by the one whose name and key
 * identifier it names, and whoever presents a certificate is taken to have its key.
 */
import { parseIpv4 } from '../../base/address.ts';
import type { Certificate } from './certificate.ts';

/** Why OpenSSL does not believe a chain. */
export interface Distrust {
  readonly code: number;
  readonly words: string;
}

/** `X509_V_ERR_…`: the number and the sentence. */
const NOT_YET_VALID: Distrust = { code: 9, words: 'certificate is not yet valid' };
const EXPIRED: Distrust = { code: 10, words: 'certificate has expired' };
const SELF_SIGNED: Distrust = { code: 18, words: 'self-signed certificate' };
const SELF_SIGNED_IN_CHAIN: Distrust = { code: 19, words: 'self-signed certificate in certificate chain' };
const NO_ISSUER: Distrust = { code: 20, words: 'unable to get local issuer certificate' };

/** @param chain as it was presented, the leaf first @returns why not, or undefined when it is believed */
export function distrust(chain: readonly Certificate[], roots: readonly Certificate[], nowMs: number): Distrust | undefined {
  let last = chain[0];
  if (!last) return NO_ISSUER;
  const path = [last];
  const candidates = [...roots, ...chain];
  const trusted = (certificate: Certificate) => roots.some(({ der }) => der === certificate.der);
  while (!trusted(last) && !issued(last, last) && path.length <= candidates.length) {
    const issuer: Certificate | undefined = candidates.find((candidate) => issued(candidate, last!));
    if (!issuer) return NO_ISSUER;
    path.push(issuer);
    last = issuer;
  }
  if (!trusted(last)) return path.length === 1 ? SELF_SIGNED : SELF_SIGNED_IN_CHAIN;
  if (path.some(({ notBeforeMs }) => nowMs < notBeforeMs)) return NOT_YET_VALID;
  if (path.some(({ notAfterMs }) => nowMs > notAfterMs)) return EXPIRED;
  return undefined;
}

/** The name in the certificate that is the host's, as it stands there; undefined when none is. */
export function matchingName({ dnsNames, ipAddresses, subject }: Certificate, host: string): string | undefined {
  if (parseIpv4(host) !== undefined) return ipAddresses.find((address) => address === host);
  // The common name counts only where there are no names of the newer kind.
  const names = dnsNames.length > 0 ? dnsNames : subject.flatMap(([attribute, value]) => (attribute === 'CN' ? [value] : []));
  return names.find((name) => matches(name.toLowerCase(), host.toLowerCase().replace(/\.$/, '')));
}

function matches(pattern: string, host: string): boolean {
  if (!pattern.startsWith('*.')) return pattern === host;
  const dot = host.indexOf('.');
  return dot > 0 && host.slice(dot) === pattern.slice(1);
}

function issued(issuer: Certificate, certificate: Certificate): boolean {
  if (JSON.stringify(issuer.subject) !== JSON.stringify(certificate.issuer)) return false;
  const { authorityKeyId } = certificate;
  return authorityKeyId === undefined || issuer.subjectKeyId === undefined || authorityKeyId === issuer.subjectKeyId;
}
