/**
 * Every lab proves itself on simulators in this process: red at the start, full marks after its solution. A third of them,
 * others whenever any lab has changed, also meet their mistakes, and a few have their solution robbed of one step at a time.
 * `LABS=all` proves that of all of them, and alternatives, resets, set-ups that run twice, and the mistakes of labs that
 * touch the cluster; `LABS=real` does it with a real shell, the kubectl in PATH and real time.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkers } from '../../checkers/index.ts';
import { rehearseForReal, rehearseHere } from '../../src/cli/pack/rehearsal.ts';
import { findProgram } from '../../src/cluster/find-program.ts';
import { lintLab } from '../../src/lab/lint.ts';
import { loadPacks } from '../../src/lab/load.ts';
import { Ground } from '../../src/lab/prove/ground.ts';
import { proveLab } from '../../src/lab/prove/prove.ts';
import { ownCommand } from '../support/self.ts';

const { labs, problems } = await loadPacks([join(new URL('../..', import.meta.url).pathname, 'labs')], checkers);
const wish = process.env['LABS'];
const rehearsal = wish === 'real' ? rehearseForReal(ownCommand(), process.env['KUBECTL'] === 'own' ? undefined : findProgram('kubectl', process.env['PATH'])) : rehearseHere();
const ground = new Ground(rehearsal.make, 3);

afterAll(async () => {
  await ground.close();
  rehearsal.close();
}, 60_000);

test('the packs have no mistakes', () => {
  expect(problems).toEqual([]);
});

// Machines made by hand are proved in a test of their own.
const ours = labs.filter(({ id }) => !id.startsWith('by-hand/'));

/** Whose turn it is: drawn by what the labs are, so that it is the same on every machine and changes with every change. */
const content = createHash('sha256').update(ours.map(({ folder }) => readFileSync(join(folder, 'lab.yaml'), 'utf8') + readFileSync(join(folder, 'solution.sh'), 'utf8')).join('\0')).digest('hex');
const turn = ours.map(({ id }) => id).toSorted((a, b) => (drawn(a) < drawn(b) ? -1 : 1));
const mistaken = new Set(turn.slice(0, Math.ceil(turn.length / 3)));
const robbed = new Set(turn.slice(-3));
function drawn(id: string): string {
  return createHash('sha256').update(content + id).digest('hex');
}

test('there are labs enough, and each has mistakes, an alternative and a reason for every criterion', async () => {
  expect(ours.length).toBeGreaterThanOrEqual(50);
  expect((await Promise.all(ours.map(lintLab))).flat()).toEqual([]);
});

describe.each(ours)('$id', { concurrent: true }, (lab) => {
  test.concurrent('proves itself', { timeout: 240_000 }, async ({ expect: mine }) => {
    const proofs = await proveLab(lab, ground, { checkers, essentials: wish === undefined, noMistakes: wish === undefined && !mistaken.has(lab.id), mutate: wish === 'all' || (wish === undefined && robbed.has(lab.id)) });
    mine(proofs.filter(({ problem }) => problem !== undefined).map(({ name, problem }) => `${name}: ${problem}`)).toEqual([]);
  });
});

const DOMAINS = [['Troubleshooting', 10], ['Cluster Architecture, Installation and Configuration', 8], ['Services and Networking', 7], ['Workloads and Scheduling', 5], ['Storage', 4]] as const;

test.each(DOMAINS)('%s has enough for two exams of 16 tasks that share none: %d labs', (domain, least) => {
  expect(ours.filter((lab) => lab.domain === domain).length).toBeGreaterThanOrEqual(least);
});

const TOPICS = [['nodeName', /nodeName/], ['patching Services', /Service/], ['IPVS', /IPVS|ipvs/], ['DNS', /DNS|resolve/], ['NetworkPolicy', /NetworkPolicy/]] as const;

test.each(TOPICS)('%s: at least three labs, from easy to hard', (_topic, words) => {
  const about = ours.filter(({ task, solution, debrief }) => words.test(task + solution + debrief));
  expect(about.length).toBeGreaterThanOrEqual(3);
  expect(new Set(about.map(({ difficulty }) => difficulty))).toEqual(new Set(['easy', 'medium', 'hard']));
});
