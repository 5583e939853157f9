/**
 * A folder that only we write to. Run-time folders may lie in a place that everybody can write (`/tmp`), where somebody
 * else could have made ours first and put start-up files of theirs into it.
 */
import { lstat, mkdir } from 'node:fs/promises';
import { UserError } from '../../base/user-error.ts';

/** Create it when needed. @throws UserError when it belongs to somebody else, or others may write to it */
export async function ownFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new UserError(`${path} cannot be created: ${(error as Error).message}.`, 'Set CKA_HOME to a folder that you can write to.');
  }
  const found = await lstat(path);
  const own = found.isDirectory() && (process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o022) === 0));
  if (!own) throw new UserError(`${path} belongs to somebody else, or others may write to it.`, 'Remove it, or set CKA_HOME to a folder of your own.');
}
