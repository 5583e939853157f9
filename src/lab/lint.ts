/** What is wrong with a pack beyond its format, found without a cluster: hints that tell all, target times nobody meets, proofs that are missing. */
import { access, constants, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Lab } from './lab.ts';
import type { PackProblem } from './lab-file.ts';
import { shown } from './load.ts';
import { fillIn } from './template.ts';

/** Commands that change something, long enough not to be meant by chance. */
const TELLING = /^(kubectl|ssh)\s.*\b(create|apply|patch|set|expose|scale|taint|label|rollout|run|replace|delete|mv|rm|enable|start)\b/;
const SHORTEST_SECRET = 45;

export async function lintLab(lab: Lab): Promise<readonly PackProblem[]> {
  const problems: PackProblem[] = [];
  const tell = (file: string, message: string) => problems.push({ file: shown(join(lab.folder, file)), message });
  const name = basename(lab.folder);
  const solution = fillIn(await readFile(lab.proof.solution, 'utf8'), lab.drawn?.values ?? {}).split('\n').map(plain).filter((line) => TELLING.test(line) && line.length >= SHORTEST_SECRET);
  for (const line of solution) {
    if (lab.hints.some((hint) => plain(hint).includes(line))) tell('hints.md', `${name} gives its solution away in a hint: \`${line}\`. Say where to look instead.`);
  }
  if (lab.proof.mistakes.length < 3) tell('mistakes', `${name} has ${lab.proof.mistakes.length} mistakes. Write three plausible ones, so that its graders are tested.`);
  if (lab.proof.alternatives.length === 0) tell('alternatives', `${name} has no alternative. Write another right way, so that its graders do not insist on yours.`);
  for (const { id, why } of lab.criteria) if (why === undefined) tell('lab.yaml', `criterion "${id}" of ${name} has no \`why\`. Say in a sentence why it counts.`);
  await Promise.all(checkerScripts(lab.criteria).map(async (run) => {
    const found = await access(join(lab.folder, run), constants.X_OK).then(() => undefined, (error: NodeJS.ErrnoException) => error.code ?? 'ENOENT');
    if (found === 'EACCES') tell(run, `${name} checks with ${run}, which cannot be executed. chmod +x it.`);
    else if (found !== undefined) tell('lab.yaml', `${name} checks with ${run}, which does not exist. Add it, or correct the name.`);
  }));
  problems.push(...(await brokenManifests(lab)));
  const needed = fairMinutes(lab, solution.length);
  if (lab.minutes < needed) tell('lab.yaml', `${name} gives ${lab.minutes} minutes; reading and typing alone take about ${needed}. Raise \`minutes\`.`);
  if (lab.minutes > 30) tell('lab.yaml', `${name} takes ${lab.minutes} minutes. A task of the exam takes 4 to 15: divide it.`);
  return problems;
}

/** Set-ups that no API server would read. Whether it takes them, only a cluster can tell. */
async function brokenManifests({ folder, drawn }: Lab): Promise<readonly PackProblem[]> {
  const { isMap, LineCounter, parseAllDocuments } = await import('yaml');
  const files = (await readdir(join(folder, 'setup')).catch(() => [])).filter((name) => /\.ya?ml$/.test(name)).map((name) => join(folder, 'setup', name));
  const found = await Promise.all(files.map(async (file) => {
    const lines = new LineCounter();
    const documents = [...parseAllDocuments(fillIn(await readFile(file, 'utf8'), drawn?.values ?? {}), { lineCounter: lines, prettyErrors: false })];
    const at = (offset: number, message: string): PackProblem => ({ file: shown(file), line: lines.linePos(offset).line, message });
    const [mistake] = documents.flatMap(({ errors }) => errors);
    if (mistake) return [at(mistake.pos[0], `${mistake.message}. Correct the YAML.`)];
    return documents.filter(({ contents }) => contents !== null).flatMap((document) => {
      const missing = [['apiVersion'], ['kind'], ['metadata', 'name']].filter((path) => !isMap(document.contents) || typeof document.getIn(path) !== 'string');
      return missing.length === 0 ? [] : [at(document.contents!.range![0], `this object has no ${missing.map((path) => path.join('.')).join(', no ')}. Write what \`kubectl apply\` would take.`)];
    });
  }));
  return found.flat();
}

/** Executables that criteria run, also those inside of `all-of` and its like. */
function checkerScripts(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { use, with: given } = value as { readonly use?: unknown; readonly with?: { readonly run?: unknown } };
  if (use === 'script' && typeof given?.run === 'string') return [given.run];
  return Object.values(value).flatMap(checkerScripts);
}

/** Reading at 180 words a minute, and half a minute for each change. */
function fairMinutes(lab: Lab, changes: number): number {
  return Math.ceil(lab.task.split(/\s+/).length / 180 + changes / 2);
}

const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();
