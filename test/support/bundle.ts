/** Bundles a TypeScript program as the build does, so that a test can start it in a fraction of a second. */
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** @param entry path from the root of the project @returns the bundle; native modules are found from where it lies */
export async function bundle(entry: string, name: string): Promise<string> {
  const outdir = `${ROOT}node_modules/.cache/cka-test/${name}-${process.pid}`;
  await build({
    absWorkingDir: ROOT,
    entryPoints: { main: entry },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    external: ['@lydell/node-pty', 'react-devtools-core', 'bufferutil', 'utf-8-validate'],
    banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  return `${outdir}/main.mjs`;
}
