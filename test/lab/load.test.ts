/** Packs on disk: what is right is read whole, and each mistake is told with file, line and remedy. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { checkers } from '../../checkers/index.ts';
import { findLab } from '../../src/lab/find.ts';
import { loadPacks } from '../../src/lab/load.ts';
import { makeLab, scratch } from './lab-support.ts';

const LAB = `title: One
domain: Troubleshooting
competency: c
difficulty: easy
minutes: 5
namespaces: [one]
criteria:
  - id: there
    title: There
    points: 1
    use: exists
    with: { resource: pods, name: a, namespace: one }
`;

const KEPT = `  - id: kept
    title: Kept
    points: 1
    use: exists
    with: { resource: pods, name: b, namespace: one }
`;

const FILES: Readonly<Record<string, string>> = {
  'pack.yaml': 'title: P\ndescription: D\n',
  '01-one/lab.yaml': LAB,
  '01-one/task.md': 'Do.',
  '01-one/hints.md': 'First.\n\n---\n\nSecond.\n',
  '01-one/solution.md': 'So.',
  '01-one/debrief.md': 'Learnt.',
  '01-one/solution.sh': 'true',
  '01-one/alternatives/other.sh': 'true',
  '01-one/mistakes/wrong.sh': '# Says why.\n# caught by: there\nfalse',
};

/** Problems of a pack with these files changed; null removes one. */
async function load(changes: Readonly<Record<string, string | null>> = {}) {
  const folder = scratch();
  for (const [name, text] of Object.entries({ ...FILES, ...changes })) {
    if (text === null) continue;
    mkdirSync(dirname(join(folder, 'p', name)), { recursive: true });
    writeFileSync(join(folder, 'p', name), text);
  }
  const { labs, problems } = await loadPacks([folder, join(folder, 'no-such-folder')], checkers);
  return { labs, problems: problems.map(({ file, line, message }) => `${file.replace(`${folder}/p/`, '')}${line === undefined ? '' : `:${line}`}: ${message}`) };
}

test('a lab is read whole', async () => {
  const { labs, problems } = await load();
  expect(problems).toEqual([]);
  expect(labs).toMatchObject([{ id: 'p/one', title: 'One', hints: ['First.', 'Second.'], needs: [], setup: [], criteria: [{ id: 'there', points: 1, use: 'exists' }] }]);
  expect(labs[0]!.proof.mistakes.map(({ caughtBy }) => caughtBy)).toEqual([['there']]);
  expect(labs[0]!.proof.alternatives).toHaveLength(1);
});

test.each([
  ['a value of another type', { '01-one/lab.yaml': LAB.replace('minutes: 5\n', 'minutes: soon\n') }, '01-one/lab.yaml:5: `minutes` must be of the type number, and is "soon". Correct it.'],
  ['an empty file', { '01-one/lab.yaml': '' }, '01-one/lab.yaml:1: the file is empty. Write it, or copy the one of another lab or pack.'],
  ['a missing key', { '01-one/lab.yaml': LAB.replace('minutes: 5\n', '') }, '01-one/lab.yaml:1: `minutes` is missing. Add it (number).'],
  ['an unknown key', { '01-one/lab.yaml': `${LAB}colour: red\n` }, '01-one/lab.yaml:13: the file has an unknown key: colour. Remove it, or correct its spelling.'],
  ['a wrong value', { '01-one/lab.yaml': LAB.replace('easy', 'trivial') }, '01-one/lab.yaml:4: `difficulty` is "trivial". Use one of easy, medium, hard.'],
  ['a value out of bounds', { '01-one/lab.yaml': LAB.replace('points: 1', 'points: -1') }, '01-one/lab.yaml:10: `criteria.0.points`: Too small: expected number to be >0. Correct it.'],
  ['the same id twice', { '01-one/lab.yaml': `${LAB}${LAB.slice(LAB.indexOf('  - id'))}` }, '01-one/lab.yaml:7: `criteria`: two criteria have the same id. Correct it.'],
  ['a tab', { '01-one/lab.yaml': LAB.replace('  - id', '\t- id') }, '01-one/lab.yaml:8: a tab indents this line, which YAML does not allow. Use spaces.'],
  ['aliases that multiply', { '01-one/lab.yaml': `${LAB}a: &a [${'x,'.repeat(99)}]\nb: &b [${'*a,'.repeat(99)}]\nc: [${'*b,'.repeat(99)}]\n` }, '01-one/lab.yaml: Excessive alias count indicates a resource exhaustion attack. Write out what is meant.'],
  ['a second document', { '01-one/lab.yaml': `${LAB}---\na: 1\n` }, '01-one/lab.yaml:13: a second document begins here. Remove the line `---` and what follows.'],
  ['a criterion that waits for itself', { '01-one/lab.yaml': `${LAB}    needs: [there]\n` }, '01-one/lab.yaml:13: criteria wait for each other in a circle: there → there. Remove one of these `needs`.'],
  ['a circle of criteria', { '01-one/lab.yaml': `${LAB}    needs: [kept]\n${KEPT}    needs: [there]\n` }, '01-one/lab.yaml:13: criteria wait for each other in a circle: there → kept → there. Remove one of these `needs`.'],
  ['a criterion before the one that it waits for', { '01-one/lab.yaml': `${LAB}    needs: [kept]\n${KEPT}` }, '01-one/lab.yaml:13: criterion "kept" comes after "there". Put it before.'],
  ['a namespace that is not its own', { '01-one/lab.yaml': LAB.replace('[one]', '[one, kube-system]') }, '01-one/lab.yaml:6: kube-system belongs to the cluster, and would go with the lab. Give the lab a namespace of its own.'],
  ['a checker script that nobody would be shown', { '01-one/lab.yaml': LAB.replace(/use: exists[^]*/, 'use: script\n    with: { run: grade.sh, expected: so }\n') }, '01-one/lab.yaml:12: criterion "there": `with.run` must lie in the checks folder of the lab, as checks/name.sh.'],
  ['a node script that nobody would be shown', { '01-one/lab.yaml': `${LAB}setup:\n  - { node: all, script: setup/x.yaml }\n`, '01-one/setup/x.yaml': 'true' }, '01-one/lab.yaml:14: setup/x.yaml cannot be a script for nodes. Put it into setup/, as setup/node.sh.'],
  ['a placeholder that nothing fills', { '01-one/lab.yaml': `${LAB}parameters: { a: { oneOf: [x] } }\n`, '01-one/task.md': 'Do\n__a__ and\n__b__.' }, '01-one/task.md:3: nothing fills __b__. Add the parameter to lab.yaml, or correct its name.'],
  ['a folder that cannot be a name', { 'First_Lab/lab.yaml': LAB }, 'First_Lab: "First_Lab" cannot be the folder of a lab. Use lower-case letters, digits and dashes, as 01-first.'],
  ['a text that nobody wrote by hand', { '01-one/task.md': 'a'.repeat(600 * 1024) }, '01-one/task.md: 600 kB are too much for a file of a lab. Keep it below 512 kB.'],
  ['a set-up of elsewhere', { '01-one/lab.yaml': `${LAB}setup:\n  - apply: ../../../etc/passwd\n` }, "01-one/lab.yaml:14: ../../../etc/passwd leads out of the lab's folder. Put what the lab needs into it."],
  ['broken YAML', { '01-one/lab.yaml': LAB.replace('[one]', '[one') }, '01-one/lab.yaml:7: Flow sequence in block collection must be sufficiently indented and end with a ]. Correct the YAML.'],
  ['an unknown checker', { '01-one/lab.yaml': LAB.replace('use: exists', 'use: exits') }, '01-one/lab.yaml:11: there is no checker "exits". Use one of absent, argv, can-i, command, dns, endpoints, events, exists, field, file, http, logs, placed, proxy-mode, reach, ready, route, script, unit, all-of, any-of, not.'],
  ['a wrong parameter', { '01-one/lab.yaml': LAB.replace('name: a', 'nam: a') }, '01-one/lab.yaml:12: criterion "there": `with.nam` is not a parameter here (known: resource, namespace, name, selector, count, nudge).'],
  ['a set-up that is not there', { '01-one/lab.yaml': `${LAB}setup:\n  - apply: setup/x.yaml\n` }, '01-one/lab.yaml:14: setup/x.yaml does not exist. Add it, or correct the name.'],
  ['no task', { '01-one/task.md': null }, '01-one/task.md: 01-one has no task.md, or an empty one. Write it.'],
  ['an empty hint', { '01-one/hints.md': 'First.\n---\n\n---\nThird.' }, '01-one/hints.md: 01-one has an empty hint. Fill it, or remove the `---` before it.'],
  ['no solution', { '01-one/solution.sh': null }, '01-one/solution.sh: 01-one has no solution.sh. Write the commands that solve it: the tests run them.'],
  ['a mistake that nobody catches', { '01-one/mistakes/wrong.sh': 'false' }, '01-one/mistakes/wrong.sh: a mistake must say who catches it. Add a line `# caught by: <criterion>`.'],
  ['a mistake caught by nobody known', { '01-one/mistakes/wrong.sh': '# caught by: ther' }, '01-one/mistakes/wrong.sh: there is no criterion "ther". Name one of there.'],
  ['no pack.yaml', { 'pack.yaml': null }, 'pack.yaml: a pack needs a pack.yaml. Write one with a title and a description.'],
])('%s is told', async (_what, changes, problem) => {
  expect((await load(changes)).problems).toContain(problem);
});

test('links are told, for files, for folders and for whole labs', async () => {
  const folder = scratch();
  const lab = join(folder, 'p', '01-one');
  mkdirSync(join(lab, 'alternatives'), { recursive: true });
  for (const [name, text] of Object.entries(FILES)) if (!name.includes('mistakes')) writeFileSync(join(folder, 'p', name), text);
  const elsewhere = scratch();
  writeFileSync(join(elsewhere, 'wrong.sh'), '# caught by: there');
  symlinkSync(elsewhere, join(lab, 'mistakes'));
  symlinkSync(join(elsewhere, 'wrong.sh'), join(lab, 'notes.txt'));
  symlinkSync(lab, join(folder, 'p', '02-two'));
  const { problems } = await loadPacks([folder], checkers);
  expect(problems.filter(({ message }) => message === 'a link may lead out of the pack, and is not installed with it. Put a copy here instead.').map(({ file }) => file.replace(`${folder}/p/`, '')).toSorted()).toEqual(['01-one/mistakes', '01-one/notes.txt', '02-two']);
});

test('labs are found by id, by their last part, and nearly', () => {
  const labs = [makeLab({ id: 'net/cross-node' }), makeLab({ id: 'net/patch' }), makeLab({ id: 'other/patch' })];
  expect(findLab(labs, 'cross-node').id).toBe('net/cross-node');
  expect(findLab(labs, 'net/patch').id).toBe('net/patch');
  expect(() => findLab(labs, 'patch')).toThrow('"patch" is the name of 2 labs.');
  expect(() => findLab(labs, 'cros-node')).toThrow(expect.objectContaining({ message: 'There is no lab "cros-node".', action: 'cross-node. `cka lab list` shows all labs.', exitCode: 2 }) as Error);
  expect(() => findLab(labs, 'zzz')).toThrow(expect.objectContaining({ action: '`cka lab list` shows all labs.' }) as Error);
});
