/**
 * Every lab proves itself on simulators in this process: red at the start, full marks after its solution, each mistake
 * caught by the criteria that it names. `LABS=all` also proves alternatives, resets, set-ups that run twice, and the
 * mistakes of labs that touch the cluster; `LABS=real` does it with a real shell, the kubectl in PATH and real time.
 */
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

test('there are labs enough, and each has mistakes, an alternative and a reason for every criterion', async () => {
  expect(ours.length).toBeGreaterThanOrEqual(28);
  expect((await Promise.all(ours.map(lintLab))).flat()).toEqual([]);
});

describe.each(ours)('$id', { concurrent: true }, (lab) => {
  test.concurrent('proves itself', { timeout: 240_000 }, async ({ expect: mine }) => {
    const proofs = await proveLab(lab, ground, { checkers, essentials: wish === undefined });
    mine(proofs.filter(({ problem }) => problem !== undefined).map(({ name, problem }) => `${name}: ${problem}`)).toEqual([]);
  });
});
