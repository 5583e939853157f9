/**
 * From the texts of a lab's folder to a lab, for one seed: placeholders filled, faults drawn, everything checked that can
 * be checked without a cluster. Knows no files: `load.ts` reads them.
 */
import { basename, join } from 'node:path';
import type { Checker } from './checker.ts';
import type { Criterion, Lab, Mistake, SetupStep } from './lab.ts';
import { labFile, type LabFile, type PackProblem, readYaml, varyingFile } from './lab-file.ts';
import { draw, fillIn, unknownPlaceholders } from './template.ts';
import { isManifest } from './trust.ts';

/** Texts by path inside the lab's folder. */
export type LabTexts = ReadonlyMap<string, string>;

const PAGES = ['task.md', 'hints.md', 'solution.md', 'debrief.md'] as const;

/** @param shown how a path inside the folder is told to the author */
export function buildLab(id: string, folder: string, texts: LabTexts, checkers: readonly Checker[], seed: number, shown: (path: string) => string): Lab | { readonly problems: readonly PackProblem[] } {
  const written = texts.get('lab.yaml') ?? '';
  // The file as written says what varies, the file as filled says everything else.
  const varying = varyingOf(written);
  const drawn = draw(varying?.parameters ?? {}, varying?.faults, seed);
  const content = readYaml(shown('lab.yaml'), fillIn(written, drawn.values), labFile);
  if ('problems' in content) return content;
  const { value, lineOf } = content;

  const problems: PackProblem[] = [];
  const at = (path: readonly PropertyKey[], message: string) => {
    const line = lineOf(path);
    problems.push({ file: shown('lab.yaml'), message, ...(line === undefined ? {} : { line }) });
  };
  for (const [index, namespace] of value.namespaces.entries()) {
    if (/^(default|kube-.*)$/.test(namespace)) at(['namespaces', index], `${namespace} belongs to the cluster, and would go with the lab. Give the lab a namespace of its own.`);
  }
  checkCriteria(value, checkers, at);
  checkFaults(value, at);
  for (const [index, step] of value.setup.entries()) {
    const path = 'apply' in step ? step.apply : 'script' in step ? step.script : undefined;
    if (path !== undefined && !texts.has(path)) at(['setup', index], /^\/|(^|\/)\.\.(\/|$)/.test(path) ? `${path} leads out of the lab's folder. Put what the lab needs into it.` : `${path} does not exist. Add it, or correct the name.`);
    // What runs on nodes is shown to the learner first, and manifests are not.
    else if ('script' in step && (!step.script.startsWith('setup/') || isManifest(step.script))) at(['setup', index], `${step.script} cannot be a script for nodes. Put it into setup/, as setup/node.sh.`);
    if ('until' in step) complainAbout(step.until, ['setup', index], checkers, at, 'this step');
  }
  for (const [index, { when }] of value.observations.entries()) complainAbout(when, ['observations', index], checkers, at, 'this observation');

  const pages = Object.fromEntries(PAGES.map((name) => {
    const words = fillIn(texts.get(name) ?? '', drawn.values).trim();
    if (!words) problems.push({ file: shown(name), message: `${basename(folder)} has no ${name}, or an empty one. Write it.` });
    return [name, words];
  })) as Record<(typeof PAGES)[number], string>;
  const hints = stages(pages['hints.md']);
  if (hints.some((hint) => hint === '')) problems.push({ file: shown('hints.md'), message: `${basename(folder)} has an empty hint. Fill it, or remove the \`---\` before it.` });
  const proof = readProof(folder, texts, value.criteria.map(({ id: criterion }) => criterion), problems, shown);
  const varies = Object.keys(drawn.values).length > 0;
  if (varies) {
    for (const [path, text] of texts) {
      for (const name of unknownPlaceholders(text, drawn.values)) problems.push({ file: shown(path), line: text.slice(0, text.indexOf(`__${name}__`)).split('\n').length, message: `nothing fills __${name}__. Add the parameter to lab.yaml, or correct its name.` });
    }
  }
  if (problems.length > 0) return { problems };

  const { parameters: _parameters, faults: _faults, format: _format, ...rest } = value;
  const isDrawn = ({ fault }: { readonly fault?: string | undefined }) => fault === undefined || drawn.faults.includes(fault);
  const criteria = value.criteria.filter(isDrawn);
  return {
    ...(withoutUndefined(rest) as unknown as Lab),
    id, folder, hints, proof,
    task: pages['task.md'], solution: pages['solution.md'], debrief: pages['debrief.md'],
    setup: value.setup.filter(isDrawn).map(({ fault: _fault, ...step }) => withoutUndefined(step) as unknown as SetupStep),
    observations: value.observations.filter(isDrawn).map(({ when, hint }) => ({ when: { use: when.use, with: when.with }, hint })),
    criteria: criteria.map(({ fault: _fault, needs, ...one }) => withoutUndefined({ ...one, ...(needs ? { needs: needs.filter((need) => criteria.some((other) => other.id === need)) } : {}) }) as unknown as Criterion),
    ...(varies ? {
      seed, drawn,
      vary: (other: number): Lab => {
        const lab = buildLab(id, folder, texts, checkers, other, shown);
        if ('problems' in lab) throw new Error(`${id} cannot be drawn with seed ${other}: ${lab.problems.map(({ message }) => message).join(' ')}`);
        return lab;
      },
    } : {}),
  };
}

type At = (path: readonly PropertyKey[], message: string) => void;

function checkCriteria(value: LabFile, checkers: readonly Checker[], at: At): void {
  const ids = value.criteria.map(({ id }) => id);
  for (const [index, criterion] of value.criteria.entries()) {
    complainAbout(criterion, ['criteria', index], checkers, at, `criterion "${criterion.id}"`);
    for (const need of criterion.needs ?? []) {
      const circle = [criterion.id, ...wayFrom(need, criterion.id, value.criteria)];
      if (!ids.includes(need)) at(['criteria', index, 'needs'], `there is no criterion "${need}". Name one of ${ids.join(', ')}.`);
      else if (ids.indexOf(need) < index) continue;
      // Looking back only, so no circle is left.
      else at(['criteria', index, 'needs'], circle.length > 1 ? `criteria wait for each other in a circle: ${circle.join(' → ')}. Remove one of these \`needs\`.` : `criterion "${need}" comes after "${criterion.id}". Put it before.`);
    }
  }
}

/** From one criterion to another along their `needs`, both named; empty when no way leads there. */
function wayFrom(from: string, to: string, criteria: LabFile['criteria'], passed: readonly string[] = []): readonly string[] {
  const way = [...passed, from];
  if (from === to) return way;
  const next = criteria.find(({ id }) => id === from)?.needs?.filter((need) => !way.includes(need)) ?? [];
  return next.map((need) => wayFrom(need, to, criteria, way)).find((found) => found.length > 0) ?? [];
}

function checkFaults(value: LabFile, at: At): void {
  const known = value.faults?.list.map(({ id }) => id) ?? [];
  const parts = [['setup', value.setup], ['criteria', value.criteria], ['observations', value.observations]] as const;
  for (const [key, list] of parts) {
    for (const [index, { fault }] of list.entries()) if (fault !== undefined && !known.includes(fault)) at([key, index, 'fault'], `there is no fault "${fault}". Add it to \`faults\`, or correct its name.`);
  }
  for (const [index, { excludes }] of (value.faults?.list ?? []).entries()) {
    for (const other of excludes ?? []) if (!known.includes(other)) at(['faults', 'list', index], `there is no fault "${other}" to exclude. Correct its name.`);
  }
}

function complainAbout(check: { readonly use: string; readonly with?: unknown }, path: readonly PropertyKey[], checkers: readonly Checker[], at: At, what: string): void {
  const checker = checkers.find(({ name }) => name === check.use);
  if (!checker) return at([...path, 'use'], `there is no checker "${check.use}". Use one of ${checkers.map(({ name }) => name).join(', ')}.`);
  try {
    checker.parse(check.with);
  } catch (error) {
    at([...path, 'with'], `${what}: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

/**
 * What varies, read alone: the whole file may be right only when it is filled (`port: __port__`), and reading it twice
 * would cost twice. What is wrong in these parts is told when the whole is read.
 */
function varyingOf(text: string): Pick<LabFile, 'parameters' | 'faults'> | undefined {
  const parts = `${text}\n`.match(/^(parameters|faults):.*\n(?:(?:[ \t#].*)?\n)*/gm);
  if (!parts) return undefined;
  const read = readYaml('', parts.join(''), varyingFile);
  return 'problems' in read ? undefined : read.value;
}

/** Hints are separated by a line `---` and shown one after the other. */
function stages(page: string): readonly string[] {
  return page.split(/^---$/m).map((hint) => hint.trim());
}

function readProof(folder: string, texts: LabTexts, criteria: readonly string[], problems: PackProblem[], shown: (path: string) => string): Lab['proof'] {
  if (!texts.has('solution.sh')) problems.push({ file: shown('solution.sh'), message: `${basename(folder)} has no solution.sh. Write the commands that solve it: the tests run them.` });
  const scripts = (under: string) => [...texts.keys()].filter((path) => path.startsWith(`${under}/`) && path.endsWith('.sh')).toSorted();
  const mistakes = scripts('mistakes').map((path): Mistake => {
    const caughtBy = /^# caught by: (.+)$/m.exec(texts.get(path) ?? '')?.[1]?.split(',').map((id) => id.trim()) ?? [];
    const unknown = caughtBy.filter((id) => !criteria.includes(id));
    if (caughtBy.length === 0) problems.push({ file: shown(path), message: 'a mistake must say who catches it. Add a line `# caught by: <criterion>`.' });
    if (unknown.length > 0) problems.push({ file: shown(path), message: `there is no criterion "${unknown.join('", "')}". Name one of ${criteria.join(', ')}.` });
    return { script: join(folder, path), caughtBy };
  });
  return { solution: join(folder, 'solution.sh'), alternatives: scripts('alternatives').map((path) => join(folder, path)), mistakes };
}

const withoutUndefined = (value: object): object => Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
