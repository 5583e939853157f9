/**
 * curl over TLS: whom it believes, what `-v` tells of the handshake, and how it words what went wrong. Knows no HTTP.
 * As lib/vtls/openssl.c of 7.88.1 with OpenSSL 3.0.
 *
 * Differs from Linux: only HTTP/1.1 is offered; the real one offers h2 as well, and the API server would take it.
 */
import { absolute } from '../../machine/executable.ts';
import { FileError } from '../../machine/files.ts';
import type { Process } from '../../machine/program.ts';
import { type Certificate, certificateDate, printName, readPem } from '../tls/certificate.ts';
import type { HandshakeStep, TlsError, TlsWish } from '../tls/client.ts';
import { SYSTEM_ROOTS, systemRoots } from '../tls/roots.ts';
import type { TlsSession } from '../tls/session.ts';
import { distrust, matchingName } from '../tls/trust.ts';
import { CurlError } from './error.ts';
import type { CurlOptions } from './options.ts';

/** What `-v` writes; a number stands for `[5 bytes data]` that went out (`}`) or came in (`{`). */
export type VerboseLine = string | readonly ['}' | '{', number];

/** A record's head, which OpenSSL's trace shows before what is in it. */
const HEAD_BYTES = 5;

/** @throws CurlError 58 and 77 for files that cannot be used */
export function tlsWish(process: Process, options: CurlOptions, host: string, lines: VerboseLine[]): Omit<TlsWish, 'nowMs' | 'rng'> {
  const { authorities, certificate, key, insecure } = options;
  const roots = insecure ? [] : authorities === undefined ? systemRoots(process) : pemFile(process, authorities, new CurlError(77, `error setting certificate file: ${authorities}`));
  const [file] = certificate === undefined ? [] : [certificate.replace(/(?<=.):.*$/, '')];
  const own = file === undefined ? undefined : pemFile(process, file, new CurlError(58, `could not load PEM client certificate from ${file}, OpenSSL error error:80000002:system library::No such file or directory, (no key found, wrong pass phrase, or wrong file format?)`));
  if (file !== undefined) requireKey(process, key ?? file);
  lines.push('* ALPN: offers http/1.1', ['}', HEAD_BYTES]);
  let opened = false;
  return {
    host, verify: !insecure, roots, certificates: own,
    onMessage: (step) => {
      if (step.direction === 'IN' && !opened) {
        opened = true;
        if (!insecure) lines.push(`*  CAfile: ${authorities ?? SYSTEM_ROOTS}`, '*  CApath: /etc/ssl/certs');
        lines.push(['{', HEAD_BYTES]);
      }
      lines.push(...stepLines(step));
    },
  };
}

/** `SSL connection using …` and what the server is. */
export function agreedLines(session: TlsSession, wish: { readonly host: string; readonly insecure: boolean; readonly roots: readonly Certificate[]; readonly nowMs: number }): readonly string[] {
  const [leaf] = session.peer;
  if (!leaf) return [];
  const doubt = distrust(session.peer, wish.roots, wish.nowMs);
  return [
    '* SSL connection using TLSv1.3 / TLS_AES_128_GCM_SHA256',
    session.protocol === undefined ? '* ALPN: server did not agree on a protocol. Uses default.' : `* ALPN: server accepted ${session.protocol}`,
    '* Server certificate:',
    `*  subject: ${printName(leaf.subject)}`,
    `*  start date: ${certificateDate(leaf.notBeforeMs)}`,
    `*  expire date: ${certificateDate(leaf.notAfterMs)}`,
    ...(wish.insecure ? [] : [nameLine(leaf, wish.host)]),
    `*  issuer: ${printName(leaf.issuer)}`,
    doubt ? `*  SSL certificate verify result: ${doubt.words} (${doubt.code}), continuing anyway.` : '*  SSL certificate verify ok.',
    '* using HTTP/1.1',
  ];
}

/** How curl ends when the handshake did. */
export function tlsFailure(error: TlsError): CurlError {
  if (error.kind === 'no-tls') return new CurlError(35, error.openssl);
  const words = error.kind === 'untrusted' ? `SSL certificate problem: ${error.openssl}` : `SSL: ${error.openssl}`;
  return new CurlError(60, `${words}\nMore details here: https://curl.se/docs/sslcerts.html\n\ncurl failed to verify the legitimacy of the server and therefore could not\nestablish a secure connection to it. To learn more about this situation and\nhow to fix it, please visit the web page mentioned above.`);
}

function stepLines({ direction, name, bytes }: HandshakeStep): readonly VerboseLine[] {
  return [`* TLSv1.3 (${direction}), ${name}:`, [direction === 'IN' ? '{' : '}', bytes]];
}

function nameLine(leaf: Certificate, host: string): string {
  const matched = matchingName(leaf, host);
  return matched === undefined ? `*  subjectAltName does not match ${host}` : `*  subjectAltName: host "${host}" matched cert's "${matched}"`;
}

function pemFile(process: Process, path: string, onFailure: CurlError): readonly Certificate[] {
  try {
    const certificates = readPem(process.files.read(absolute(process.cwd, path)));
    if (certificates.length === 0) throw onFailure;
    return certificates;
  } catch (error) {
    if (error instanceof FileError) throw onFailure;
    throw error;
  }
}

function requireKey(process: Process, path: string): void {
  const refusal = new CurlError(58, `unable to set private key file: '${path}' type PEM`);
  try {
    if (!process.files.read(absolute(process.cwd, path)).includes('PRIVATE KEY-----')) throw refusal;
  } catch (error) {
    if (error instanceof FileError) throw refusal;
    throw error;
  }
}
