/**
 * Reads packs from disk: `<pack>/pack.yaml` and `<pack>/<nn-name>/…`. Every mistake is told with file, line and remedy,
 * and a lab with a mistake is left out: the others still work. Whether checkers accept their parameters is asked here,
 * so that a misspelt `with:` is found when the pack is read and not when a learner is graded.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import type { Checker } from './checker.ts';
import type { Lab, Mistake } from './lab.ts';
import type { PackProblem } from './lab-file.ts';

export interface Packs {
  readonly labs: readonly Lab[];
  readonly problems: readonly PackProblem[];
}

/** Read every pack of every folder. A folder that does not exist holds no packs. */
export async function loadPacks(folders: readonly string[], checkers: readonly Checker[]): Promise<Packs> {
  const labs: Lab[] = [];
  const problems: PackProblem[] = [];
  for (const folder of folders) {
    for (const pack of await subfolders(folder)) {
      const root = join(folder, pack);
      problems.push(...(await packProblems(root)));
      for (const name of await subfolders(root)) {
        const lab = await loadLab(join(root, name), `${pack}/${name.replace(/^\d+-/, '')}`, checkers);
        if ('problems' in lab) problems.push(...lab.problems);
        else labs.push(lab);
      }
    }
  }
  return { labs, problems };
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
  const file = join(folder, 'lab.yaml');
  const text = await textOf(file);
  if (text === undefined) return { problems: [{ file: shown(file), message: 'a lab needs a lab.yaml. Copy the one of another lab and change it.' }] };
  const { labFile, readYaml } = await import('./lab-file.ts');
  const content = readYaml(shown(file), text, labFile);
  if ('problems' in content) return content;
  const { value, lineOf } = content;

  const problems: PackProblem[] = [];
  const at = (path: readonly PropertyKey[], message: string) => {
    const line = lineOf(path);
    problems.push({ file: shown(file), message, ...(line === undefined ? {} : { line }) });
  };
  for (const [index, criterion] of value.criteria.entries()) {
    const checker = checkers.find(({ name }) => name === criterion.use);
    if (!checker) at(['criteria', index, 'use'], `there is no checker "${criterion.use}". Use one of ${checkers.map(({ name }) => name).join(', ')}.`);
    else {
      const wrong = complaint(() => checker.parse(criterion.with));
      if (wrong !== undefined) at(['criteria', index, 'with'], `criterion "${criterion.id}": ${wrong}.`);
    }
  }
  for (const [index, step] of value.setup.entries()) {
    const path = 'apply' in step ? step.apply : 'script' in step ? step.script : undefined;
    if (path !== undefined && (await textOf(join(folder, path))) === undefined) at(['setup', index], `${path} does not exist. Add it, or correct the name.`);
  }
  const page = async (name: string): Promise<string> => {
    const words = (await textOf(join(folder, name)))?.trim();
    if (!words) problems.push({ file: shown(join(folder, name)), message: `${basename(folder)} has no ${name}, or an empty one. Write it.` });
    return words ?? '';
  };
  const [task, hintPage, solution, debrief] = [await page('task.md'), await page('hints.md'), await page('solution.md'), await page('debrief.md')];
  const hints = stages(hintPage);
  if (hints.some((hint) => hint === '')) problems.push({ file: shown(join(folder, 'hints.md')), message: `${basename(folder)} has an empty hint. Fill it, or remove the \`---\` before it.` });
  const proof = await readProof(folder, value.criteria.map(({ id: criterion }) => criterion), problems);
  if (problems.length > 0) return { problems };

  const criteria = value.criteria.map(({ why, ...criterion }) => ({ ...criterion, ...(why === undefined ? {} : { why }) }));
  return { ...value, id, folder, task, hints, solution, debrief, criteria, setup: value.setup as Lab['setup'], proof };
}

/** Hints are separated by a line `---` and shown one after the other. */
function stages(page: string): readonly string[] {
  return page.split(/^---$/m).map((hint) => hint.trim());
}

async function readProof(folder: string, criteria: readonly string[], problems: PackProblem[]): Promise<Lab['proof']> {
  const solution = join(folder, 'solution.sh');
  if ((await textOf(solution)) === undefined) problems.push({ file: shown(solution), message: `${basename(folder)} has no solution.sh. Write the commands that solve it: the tests run them.` });
  const mistakes: Mistake[] = [];
  for (const script of await scripts(join(folder, 'mistakes'))) {
    const caughtBy = /^# caught by: (.+)$/m.exec((await textOf(script)) ?? '')?.[1]?.split(',').map((id) => id.trim()) ?? [];
    const unknown = caughtBy.filter((id) => !criteria.includes(id));
    if (caughtBy.length === 0) problems.push({ file: shown(script), message: 'a mistake must say who catches it. Add a line `# caught by: <criterion>`.' });
    if (unknown.length > 0) problems.push({ file: shown(script), message: `there is no criterion "${unknown.join('", "')}". Name one of ${criteria.join(', ')}.` });
    mistakes.push({ script, caughtBy });
  }
  return { solution, alternatives: await scripts(join(folder, 'alternatives')), mistakes };
}

async function scripts(folder: string): Promise<readonly string[]> {
  return (await names(folder)).filter((name) => name.endsWith('.sh')).map((name) => join(folder, name));
}

async function subfolders(folder: string): Promise<readonly string[]> {
  const found = await Promise.all((await names(folder)).map(async (name) => ((await stat(join(folder, name))).isDirectory() ? name : undefined)));
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

const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

function complaint(parse: () => unknown): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Paths as the author sees them, from where the command was given. */
function shown(file: string): string {
  const near = relative(process.cwd(), file);
  return near.startsWith('..') ? file : near;
}
