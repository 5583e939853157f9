/** The command line that starts this program: the bundle when it is newer than every source, else the sources. Nothing stale is tested. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = new URL('../..', import.meta.url).pathname;

export function ownCommand(): readonly string[] {
  const built = join(ROOT, 'dist', 'main.js');
  if (existsSync(built) && statSync(built).mtimeMs > Math.max(newest(join(ROOT, 'src')), newest(join(ROOT, 'checkers')))) return [process.execPath, built];
  return [process.execPath, '--import', import.meta.resolve('tsx'), join(ROOT, 'src', 'main.ts')];
}

function newest(folder: string): number {
  return Math.max(0, ...readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile()).map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs));
}
