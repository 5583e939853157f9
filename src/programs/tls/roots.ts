/** Which authorities a machine believes: the file that the `ca-certificates` package of Debian and Alpine writes. */
import { FileError } from '../../machine/files.ts';
import type { Process } from '../../machine/program.ts';
import { type Certificate, readPem } from './certificate.ts';

export const SYSTEM_ROOTS = '/etc/ssl/certs/ca-certificates.crt';

/** The machine's own; none where the package is not installed. */
export function systemRoots(process: Process): readonly Certificate[] {
  try {
    return readPem(process.files.read(SYSTEM_ROOTS));
  } catch (error) {
    if (error instanceof FileError) return [];
    throw error;
  }
}
