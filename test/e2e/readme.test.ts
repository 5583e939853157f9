/**
 * Every command of the README, typed as it stands and in its order by a learner with a home of their own. What cannot be run
 * here is listed with the reason, so that nothing is left out in silence.
 */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { Learner } from '../support/learner.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const lines = [...new Set([...readme.matchAll(/npx cka (?!…)([^\n`#)"]*)/g)].map(([, words]) => words!.trim()))].filter((line) => line !== '' && !line.startsWith('in a '));

/** Not run, and why. */
const LEFT_OUT: readonly (readonly [begins: string, why: string])[] = [
  ['cluster up --backend kind', 'needs a container engine'],
  ['cluster up --backend existing', 'needs a cluster of the learner\'s own'],
  ['cluster bundle', 'needs the network'],
  ['doctor --backend kind', 'ends as the machine is: its own tests run it on machines of every kind'],
  ['node tools node01 --name real', 'needs a container engine'],
  ['sim', 'goes on until Ctrl-C: the command line\'s own tests run it'],
  ['exam resume', 'opens the screen: the exams\' own tests do'],
];

/** Run with fewer tasks: a whole exam takes its time, and other tests take it. */
const SHORTER: Readonly<Record<string, string>> = { 'exam start': 'exam start --labs service-patch,cross-node-pods,renamed-port' };

/** What does not end with 0, and rightly. */
const CODES: Readonly<Record<string, number>> = {
  'lab check': 1, // nothing was solved yet
  'trace cka-lab-worker 192.0.2.1 --json': 1, // nobody is there
  'exam finish': 1, // not passed
  'lab check service-patch --name x --json': 1,
};

const learner = new Learner();
const isLeftOut = (line: string) => LEFT_OUT.some(([begins]) => line.startsWith(begins));
afterAll(() => learner.leave(), 120_000);

describe('the commands of the README, in its order', () => {
  test.each(lines.filter((line) => !isLeftOut(line)))('npx cka %s', { timeout: 180_000 }, async (line) => {
    const { code, out, err } = await learner.cka(SHORTER[line] ?? line);
    expect({ line, code, said: code === (CODES[line] ?? 0) ? '' : out + err }).toEqual({ line, code: CODES[line] ?? 0, said: '' });
    if (line.includes('--json')) expect(() => JSON.parse(out) as unknown).not.toThrow();
  });

  test('those that are left out are in the README, and nothing of the learner\'s own was written', () => {
    expect(LEFT_OUT.filter(([begins]) => !lines.some((line) => line.startsWith(begins)))).toEqual([]);
    expect(learner.ownKubeconfigIsUntouched).toBe(true);
  });
});
