// Bundles src/main.ts into dist/: one small entry, the rest in chunks that load when they are needed.
// `--out DIR` builds elsewhere, with links to what the program looks for beside its dist: tests use it.
import { build } from 'esbuild';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const given = process.argv.indexOf('--out');
const out = given > 0 ? resolve(process.argv[given + 1]) : join(root, 'dist');
// Built beside and moved into place, so that a program that starts meanwhile finds the old build or the new one.
const fresh = `${out}.new-${process.pid}`;
await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/main.ts' },
  outdir: fresh,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  // Its CommonJS build, imported lazily, would have no named exports.
  alias: { yaml: join(root, 'node_modules', 'yaml', 'browser', 'index.js') },
  // Native or optional: found at run time, or done without.
  external: ['@lydell/node-pty', 'react-devtools-core', 'bufferutil', 'utf-8-validate'],
  banner: { js: "#!/usr/bin/env node\nimport { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
  legalComments: 'none',
  logLevel: 'warning',
});
const data = join(root, 'src', 'data');
if (existsSync(data)) cpSync(data, join(fresh, 'data'), { recursive: true });
chmodSync(join(fresh, 'main.js'), 0o755);
// A simulator that runs meanwhile loads parts of its own build when it first needs them: they stay for as long as one lives.
const KEPT_MS = 2 * 86_400_000;
for (const name of existsSync(out) ? readdirSync(out) : []) {
  const isPart = /-[A-Z0-9]{8}\.js$/.test(name) && !existsSync(join(fresh, name));
  if (isPart && Date.now() - statSync(join(out, name)).mtimeMs < KEPT_MS) cpSync(join(out, name), join(fresh, name), { preserveTimestamps: true });
}
mkdirSync(dirname(out), { recursive: true });
rmSync(`${out}.old`, { recursive: true, force: true });
if (existsSync(out)) renameSync(out, `${out}.old`);
renameSync(fresh, out);
rmSync(`${out}.old`, { recursive: true, force: true });
if (given > 0) {
  for (const name of ['labs', 'kind', 'node_modules', 'package.json']) {
    if (existsSync(join(root, name)) && !existsSync(join(dirname(out), name))) symlinkSync(join(root, name), join(dirname(out), name));
  }
}
