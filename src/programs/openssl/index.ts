/**
 * openssl, as much of it as looks at certificates: x509, verify, version. It makes no keys and signs nothing, for nothing here
 * computes signatures. See openssl(1), 3.0.
 */
import { absolute } from '../../machine/executable.ts';
import { FileError } from '../../machine/files.ts';
import type { Process, Program } from '../../machine/program.ts';
import { type Certificate, printName, readPem } from '../tls/certificate.ts';
import { systemRoots } from '../tls/roots.ts';
import { distrust } from '../tls/trust.ts';
import { refuse } from '../usage.ts';
import { certificateIn, x509 } from './x509.ts';

export const openssl: Program = {
  name: 'openssl',
  run: async (process) => {
    const [, command = 'help', ...args] = process.argv;
    switch (command) {
      case 'x509': return await x509(process, args);
      case 'verify': return await verify(process, args);
      case 'version':
        await process.stdout.write('OpenSSL 3.0.17 1 Jul 2025 (Library: OpenSSL 3.0.17 1 Jul 2025)\n');
        return 0;
      default: return refuse(process, 1, KNOWN.has(command) ? `openssl ${command} is not part of this simulator` : `Invalid command '${command}'; type "help" for a list.`);
    }
  },
};

/** Commands that the real one has. Differs from Linux: keys, requests, digests and connections are missing, and refused by name. */
const KNOWN = new Set(['help', 'req', 'genrsa', 'genpkey', 'ecparam', 'rsa', 'ec', 'pkey', 's_client', 's_server', 'ca', 'crl', 'dgst', 'enc', 'rand', 'passwd', 'pkcs12', 'ciphers', 'asn1parse']);

async function verify(process: Process, args: readonly string[]): Promise<number> {
  const at = args.findIndex((word) => /^--?CAfile$/.test(word));
  let roots: readonly Certificate[];
  try {
    roots = at < 0 ? systemRoots(process) : readPem(process.files.read(absolute(process.cwd, args[at + 1] ?? '')));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return refuse(process, 1, `Error loading file ${args[at + 1]}`);
  }
  let status = 0;
  for (const path of args.filter((word, i) => !word.startsWith('-') && (at < 0 || i !== at + 1))) {
    const certificate = await certificateIn(process, path);
    if (typeof certificate === 'number') return 2;
    const doubt = distrust([certificate], roots, process.machine.clock.unixMs());
    if (!doubt) await process.stdout.write(`${path}: OK\n`);
    else {
      await process.stderr.write(`${printName(certificate.subject, ', ').replaceAll('=', ' = ')}\nerror ${doubt.code} at 0 depth lookup: ${doubt.words}\nerror ${path}: verification failed\n`);
      status = 2;
    }
  }
  return status;
}
