/**
 * Reads packs from disk: `<pack>/pack.yaml` and `<pack>/<nn-name>/…`. Every mistake is told with file, line and remedy,
 * and a lab with a mistake is left out: the others still work. Whether checkers accept their parameters is asked here,
 * so that a misspelt `with:` is found when the pack is read and not when a learner is graded.
 */
import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Checker } from './checker.ts';
import type { Lab } from './lab.ts';
import type { PackProblem } from './lab-file.ts';

export interface Packs {
  readonly labs: readonly Lab[];
  readonly problems: readonly PackProblem[];
}

/** No text of a lab is longer; what is, was not written by hand. */
const MAX_BYTES = 512 * 1024;
/** Folders of a lab that hold texts of it. */
const LAB_FOLDER = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const LINK = 'a link may lead out of the pack, and is not installed with it. Put a copy here instead.';
const PARTS = ['setup', 'alternatives', 'mistakes', 'checks'];

/** Read every pack of every folder. A folder that does not exist holds no packs. */
export async function loadPacks(folders: readonly string[], checkers: readonly Checker[]): Promise<Packs> {
  const labs: Lab[] = [];
  const problems: PackProblem[] = [];
  for (const folder of folders) {
    const packs = await Promise.all((await subfolders(folder)).map((pack) => loadPack(join(folder, pack), checkers, pack)));
    for (const pack of packs) {
      labs.push(...pack.labs);
      problems.push(...pack.problems);
    }
  }
  return { labs, problems };
}

/** Read one pack. */
export async function loadPack(root: string, checkers: readonly Checker[], pack: string): Promise<Packs> {
  const links = await linksIn(root);
  const folders = (await subfolders(root)).filter((name) => !links.includes(name));
  const misnamed = folders.filter((name) => !LAB_FOLDER.test(name));
  const problems: PackProblem[] = [
    ...(await packProblems(root)),
    ...links.map((name) => ({ file: shown(join(root, name)), message: LINK })),
    ...misnamed.map((name) => ({ file: shown(join(root, name)), message: `"${name}" cannot be the folder of a lab. Use lower-case letters, digits and dashes, as 01-first.` })),
  ];
  const found = await Promise.all(folders.filter((name) => !misnamed.includes(name)).map((name) => loadLab(join(root, name), `${pack}/${name.replace(/^\d+-/, '')}`, checkers)));
  const labs: Lab[] = [];
  for (const lab of found) {
    if ('problems' in lab) problems.push(...lab.problems);
    else if (labs.some(({ id }) => id === lab.id)) problems.push({ file: shown(lab.folder), message: `there are two labs ${lab.id}. Rename one folder.` });
    else labs.push(lab);
  }
  return { labs, problems };
}

/** What would be missing once the pack is installed. */
async function linksIn(root: string): Promise<readonly string[]> {
  const found = await Promise.all((await names(root)).map(async (name) => ((await lookAt(join(root, name))).is === 'link' ? [name] : [])));
  return found.flat();
}

async function packProblems(root: string): Promise<readonly PackProblem[]> {
  const file = join(root, 'pack.yaml');
  const text = await textOf(file);
  if (text === undefined) return [{ file: shown(file), message: 'a pack needs a pack.yaml. Write one with a title and a description.' }];
  const { packFile, readYaml } = await import('./lab-file.ts');
  const content = readYaml(shown(file), text, packFile);
  return 'problems' in content ? content.problems : [];
}

async function loadLab(folder: string, id: string, checkers: readonly Checker[]): Promise<Lab | { readonly problems: readonly PackProblem[] }> {
  const files = [...(await names(folder)), ...(await Promise.all(PARTS.map(async (part) => (await names(join(folder, part))).map((name) => `${part}/${name}`)))).flat()];
  const texts = new Map<string, string>();
  const problems: PackProblem[] = [];
  await Promise.all(files.map(async (path) => {
    const file = join(folder, path);
    const { size, is } = await lookAt(file);
    if (is === 'link') problems.push({ file: shown(file), message: LINK });
    if (is !== 'file') return;
    if (size > MAX_BYTES) problems.push({ file: shown(file), message: `${Math.round(size / 1024)} kB are too much for a file of a lab. Keep it below ${MAX_BYTES / 1024} kB.` });
    else texts.set(path, (await textOf(file)) ?? '');
  }));
  if (problems.length > 0) return { problems };
  if (!texts.has('lab.yaml')) return { problems: [{ file: shown(join(folder, 'lab.yaml')), message: 'a lab needs a lab.yaml. Copy the one of another lab and change it.' }] };
  const { buildLab } = await import('./build.ts');
  return buildLab(id, folder, texts, checkers, 0, (path) => shown(join(folder, path)));
}

async function lookAt(file: string): Promise<{ readonly size: number; readonly is: 'file' | 'link' | 'other' }> {
  try {
    const found = await lstat(file);
    return { size: found.size, is: found.isFile() ? 'file' : found.isSymbolicLink() ? 'link' : 'other' };
  } catch (error) {
    // Removed since the folder was listed.
    if (isMissing(error)) return { size: 0, is: 'other' };
    throw error;
  }
}

async function subfolders(folder: string): Promise<readonly string[]> {
  const found = await Promise.all((await names(folder)).map(async (name) => ((await stat(join(folder, name)).catch(() => undefined))?.isDirectory() ? name : undefined)));
  return found.filter((name) => name !== undefined && !name.startsWith('.')) as readonly string[];
}

async function names(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).toSorted();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '');

/** Paths as the author sees them, from where the command was given. */
export function shown(file: string): string {
  const near = relative(process.cwd(), file);
  return near.startsWith('..') ? file : near;
}
