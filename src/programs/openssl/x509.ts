/** `openssl x509`: what is in a certificate, in the order in which it is asked for. See openssl-x509(1), 3.0. */
import { absolute } from '../../machine/executable.ts';
import { FileError } from '../../machine/files.ts';
import { readAll } from '../../machine/streams.ts';
import type { Process } from '../../machine/program.ts';
import { encodeBase64 } from '../../base/base64.ts';
import { sha1, sha256 } from '../coreutils/digests.ts';
import { type Certificate, certificateDate, printName, readPem } from '../tls/certificate.ts';
import { matchingName } from '../tls/trust.ts';
import { refuse } from '../usage.ts';
import { certificateText, extensionText } from './text.ts';

/** Options with a value. */
const VALUED = new Set(['-in', '-out', '-inform', '-outform', '-ext', '-checkend', '-checkhost', '-checkip', '-nameopt', '-certopt']);
/** Options that print something, or change how. */
const PLAIN = new Set(['-noout', '-text', '-subject', '-issuer', '-dates', '-startdate', '-enddate', '-serial', '-fingerprint', '-sha1', '-sha256']);

export async function x509(process: Process, args: readonly string[]): Promise<number> {
  const asked: string[] = [];
  const values = new Map<string, string>();
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!.replace(/^--/, '-');
    if (!PLAIN.has(word) && !VALUED.has(word)) return refuse(process, 1, `x509: Unknown option or message digest: ${word.slice(1)}\nx509: Use -help for summary.`);
    asked.push(word);
    if (VALUED.has(word)) {
      const value = args[++at];
      if (value === undefined) return refuse(process, 1, `x509: Option ${word} needs a value\nx509: Use -help for summary.`);
      values.set(word, value);
    }
  }
  const certificate = await certificateIn(process, values.get('-in'));
  if (typeof certificate === 'number') return certificate;
  let status = 0;
  let out = '';
  for (const word of asked) {
    const [text, code = 0] = answer(process, certificate, word, values, asked);
    out += text;
    status = code || status;
  }
  if (asked.includes('-text')) out = certificateText(certificate) + out;
  if (!asked.includes('-noout')) out += `-----BEGIN CERTIFICATE-----\n${encodeBase64(certificate.der).replaceAll(/(.{64})(?=.)/g, '$1\n')}\n-----END CERTIFICATE-----\n`;
  await process.stdout.write(out);
  return status;
}

/** What one option prints, and the exit code where it is a question. */
function answer(process: Process, certificate: Certificate, word: string, values: ReadonlyMap<string, string>, asked: readonly string[]): readonly [text: string, code?: number] {
  const value = values.get(word) ?? '';
  switch (word) {
    case '-subject': return [`subject=${printName(certificate.subject, ', ').replaceAll('=', ' = ')}\n`];
    case '-issuer': return [`issuer=${printName(certificate.issuer, ', ').replaceAll('=', ' = ')}\n`];
    case '-dates': return [`notBefore=${certificateDate(certificate.notBeforeMs)}\nnotAfter=${certificateDate(certificate.notAfterMs)}\n`];
    case '-startdate': return [`notBefore=${certificateDate(certificate.notBeforeMs)}\n`];
    case '-enddate': return [`notAfter=${certificateDate(certificate.notAfterMs)}\n`];
    case '-serial': return [`serial=${certificate.serial.toUpperCase()}\n`];
    case '-fingerprint': {
      const [name, digest] = asked.includes('-sha256') ? ['sha256', sha256(certificate.der)] : ['SHA1', sha1(certificate.der)];
      return [`${name} Fingerprint=${digest.toUpperCase().match(/../g)!.join(':')}\n`];
    }
    case '-ext': return [value.split(',').map((name) => extensionText(certificate, name)).join('')];
    case '-checkend': {
      const expires = certificate.notAfterMs < process.machine.clock.unixMs() + Number(value) * 1000;
      return [`Certificate will ${expires ? '' : 'not '}expire\n`, expires ? 1 : 0];
    }
    case '-checkhost': return [`Hostname ${value} does ${matchingName(certificate, value) === undefined ? 'NOT' : ''} match certificate\n`.replace('does  ', 'does ')];
    case '-checkip': return [`IP ${value} does ${certificate.ipAddresses.includes(value) ? '' : 'NOT '}match certificate\n`];
    default: return [''];
  }
}

/** The first certificate of a file, or of what comes in; the exit code after saying that there is none. */
export async function certificateIn(process: Process, path: string | undefined): Promise<Certificate | number> {
  let text: string;
  try {
    text = path === undefined ? await readAll(process.stdin) : process.files.read(absolute(process.cwd, path));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return refuse(process, 1, `Could not open file or uri for loading certificate from ${path}\nUnable to load certificate`);
  }
  return readPem(text)[0] ?? refuse(process, 1, `Could not read certificate from ${path ?? '<stdin>'}\nUnable to load certificate`);
}
