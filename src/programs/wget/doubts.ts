/** What GNU wget thinks of a server's certificate: src/gnutls.c of 1.21, where nothing is checked before hands are shaken. */
import { absolute } from '../../machine/executable.ts';
import { FileError } from '../../machine/files.ts';
import type { Process } from '../../machine/program.ts';
import type { ParsedOptions } from '../options.ts';
import { type Certificate, readPem } from '../tls/certificate.ts';
import { systemRoots } from '../tls/roots.ts';
import type { TlsSession } from '../tls/session.ts';
import { distrust, matchingName } from '../tls/trust.ts';

export interface Doubts {
  readonly lines: string;
  /** Whether they end it: they do unless `--no-check-certificate`. */
  readonly final: boolean;
}

const EXPIRED = 10;
const NOT_YET_VALID = 9;

/** The authorities of `--ca-certificate` and of the system. @returns undefined when the file cannot be read */
function rootsOf(process: Process, options: ParsedOptions): readonly Certificate[] | undefined {
  const file = options.value('ca');
  if (file === undefined) return systemRoots(process);
  try {
    const own = readPem(process.files.read(absolute(process.cwd, file)));
    return own.length > 0 ? [...systemRoots(process), ...own] : undefined;
  } catch (error) {
    if (error instanceof FileError) return undefined;
    throw error;
  }
}

/** What is said of `--ca-certificate` before anybody connects. */
export function authorityLine(process: Process, options: ParsedOptions): string {
  const file = options.value('ca');
  if (file === undefined) return '';
  return rootsOf(process, options) ? `Loaded CA certificate '${file}'\n` : `ERROR: Failed to open cert ${file}: (-64).\n`;
}

/** What is wrong with it, in wget's lines; empty when nothing is. */
export function doubtsAbout(process: Process, options: ParsedOptions, session: TlsSession | undefined, host: string): Doubts {
  const [leaf] = session?.peer ?? [];
  if (!session || !leaf) return { lines: '', final: false };
  const tolerated = options.has('insecure');
  const severity = tolerated ? 'WARNING' : 'ERROR';
  const doubt = distrust(session.peer, rootsOf(process, options) ?? [], process.machine.clock.unixMs());
  const lines: string[] = [];
  if (doubt) lines.push(`${severity}: The certificate of ‘${host}’ is not trusted.`);
  if (doubt?.code === EXPIRED) lines.push(`${severity}: The certificate of ‘${host}’ has expired.`);
  else if (doubt?.code === NOT_YET_VALID) lines.push(`${severity}: The certificate of ‘${host}’ is not yet activated.`);
  else if (doubt) lines.push(`${severity}: The certificate of ‘${host}’ doesn't have a known issuer.`);
  if (matchingName(leaf, host) === undefined) lines.push(`The certificate's owner does not match hostname ‘${host}’`);
  return { lines: lines.map((line) => `${line}\n`).join(''), final: lines.length > 0 && !tolerated };
}
