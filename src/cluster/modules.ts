/** Kernel modules that clusters need: which could be had on this machine, and loading them from inside a node. Knows no cluster. */
import { readFile } from 'node:fs/promises';
import { release } from 'node:os';
import { basename, join } from 'node:path';
import type { Engine } from './engine.ts';

/** kube-proxy's image has no modprobe: they must be there before it starts. */
export const IPVS_MODULES = ['ip_vs', 'ip_vs_rr', 'ip_vs_wrr', 'ip_vs_sh', 'nf_conntrack'] as const;

/** @returns those of `wanted` that are there afterwards: loaded, or built into a kernel whose files the node does not have */
export async function loadModules(engine: Engine, node: string, wanted: readonly string[]): Promise<readonly string[]> {
  const loaded: string[] = [];
  const works = async (...command: string[]) => (await engine.exec(node, command)).exitCode === 0;
  for (const name of wanted) if ((await works('modprobe', name)) || (await works('test', '-d', `/sys/module/${name}`))) loaded.push(name);
  return loaded;
}

/**
 * Which of `wanted` this machine's kernel has, loaded, built in or ready to be loaded.
 * @returns undefined where nobody can tell before a node tries
 */
export async function availableModules(wanted: readonly string[], roots: { readonly proc: string; readonly lib: string } = { proc: '/proc', lib: '/lib/modules' }): Promise<readonly string[] | undefined> {
  const read = (path: string) => readFile(path, 'utf8').catch(() => '');
  const folder = join(roots.lib, release());
  const [loaded, builtIn, loadable] = await Promise.all([read(join(roots.proc, 'modules')), read(join(folder, 'modules.builtin')), read(join(folder, 'modules.dep'))]);
  const nameOf = (path: string) => basename(path).replace(/\.ko(\.\w+)?$/, '').replaceAll('-', '_');
  const names = new Set([
    ...loaded.split('\n').map((line) => line.split(' ')[0] ?? ''),
    ...builtIn.split('\n').map(nameOf),
    ...loadable.split('\n').map((line) => nameOf(line.split(':')[0] ?? '')),
  ]);
  const found = wanted.filter((name) => names.has(name));
  // In a container the folder of modules is often not there: what is not loaded may be built in all the same.
  return found.length < wanted.length && builtIn === '' && loadable === '' ? undefined : found;
}
