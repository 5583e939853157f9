/**
 * The command line that starts this program, bundled as it is installed: dist when it is newer than every source, else a
 * build of its own that is kept until a source changes. Nothing stale is tested. `CKA_PROGRAM` names another `main.js`,
 * to try an installed copy.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = new URL('../..', import.meta.url).pathname;
const BUILDS = join(ROOT, 'node_modules', '.cache', 'cka-test', 'builds');
/** A build that nobody used for as long as this is not used by a test that runs now. */
const OLD_MS = 3_600_000;

export function ownCommand(): readonly string[] {
  return [process.execPath, builtProgram()];
}

/** The path of a `main.js` made of the sources as they are. */
export function builtProgram(): string {
  const given = process.env['CKA_PROGRAM'];
  if (given) return given;
  const stamp = Math.max(newest(join(ROOT, 'src')), newest(join(ROOT, 'checkers')), newest(join(ROOT, '.ci')));
  const dist = join(ROOT, 'dist', 'main.js');
  if (existsSync(dist) && statSync(dist).mtimeMs > stamp) return dist;
  const kept = join(BUILDS, String(Math.round(stamp)));
  const main = join(kept, 'dist', 'main.js');
  if (existsSync(main)) return main;
  forgetOld();
  // Two test files may build at once: each by itself, and the first to be done is the one that is kept.
  const mine = `${kept}-${process.pid}`;
  mkdirSync(mine, { recursive: true });
  execFileSync(process.execPath, [join(ROOT, '.ci', 'build.mjs'), '--out', join(mine, 'dist')], { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    renameSync(mine, kept);
  } catch {
    rmSync(mine, { recursive: true, force: true });
  }
  return main;
}

function forgetOld(): void {
  if (!existsSync(BUILDS)) return;
  for (const name of readdirSync(BUILDS)) {
    const path = join(BUILDS, name);
    if (Date.now() - statSync(path).mtimeMs > OLD_MS) rmSync(path, { recursive: true, force: true });
  }
}

function newest(folder: string): number {
  return Math.max(0, ...readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile()).map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs));
}
