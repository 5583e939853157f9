// Bundles src/main.ts into dist/: one small entry, the rest in chunks that load when they are needed.
import { build } from 'esbuild';
import { chmodSync, cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/main.ts' },
  outdir: dist,
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
if (existsSync(data)) cpSync(data, join(dist, 'data'), { recursive: true });
chmodSync(join(dist, 'main.js'), 0o755);
