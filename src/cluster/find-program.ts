/** Finds programs as a shell would: the first executable of that name in PATH. Runs nothing. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** @param without a folder of PATH to pass over: the one with our own stand-ins */
export function findProgram(name: string, path: string | undefined, without?: string): string | undefined {
  for (const folder of (path ?? '').split(delimiter)) {
    if (folder === '' || folder === without) continue;
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // Not here: the next folder may have it.
    }
  }
  return undefined;
}
