// Makes a fresh clone ready: installs exactly what the lock file says and, with --build, builds when a source is newer
// than the last build. Does nothing, quickly, when there is nothing to do.
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const stamp = join(root, 'node_modules', '.cka-lock');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Node.js ${process.versions.node} is too old: install 20.19 or newer, then run the same command again.`);
  process.exit(3);
}

const lock = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  console.error('Installing dependencies (once) …');
  execFileSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, stdio: ['ignore', 2, 2] });
  writeFileSync(stamp, lock);
}
linkOwnCommand();

if (process.argv.includes('--build')) {
  const built = join(root, 'dist', 'main.js');
  const newest = (folder) =>
    Math.max(0, ...readdirSync(join(root, folder), { withFileTypes: true }).map((entry) =>
      entry.isDirectory() ? newest(join(folder, entry.name)) : statSync(join(root, folder, entry.name)).mtimeMs));
  const sources = Math.max(newest('src'), newest('checkers'), newest('.ci'), statSync(join(root, 'package.json')).mtimeMs);
  if (!existsSync(built) || statSync(built).mtimeMs < sources) {
    execFileSync(process.execPath, [join(root, '.ci', 'build.mjs')], { cwd: root, stdio: ['ignore', 2, 2] });
  }
}

/** `npx cka` in a checkout: npm links the commands of dependencies, not the package's own. */
function linkOwnCommand() {
  const bin = join(root, 'node_modules', '.bin');
  mkdirSync(bin, { recursive: true });
  if (process.platform === 'win32') return writeFileSync(join(bin, 'cka.cmd'), '@node "%~dp0\\..\\..\\dist\\main.js" %*\r\n');
  if (!lstatSync(join(bin, 'cka'), { throwIfNoEntry: false })) symlinkSync(join('..', '..', 'dist', 'main.js'), join(bin, 'cka'));
}
