/**
 * Every lab proves itself on the simulator: red at the start, green after its solution and every alternative, and each
 * plausible mistake caught by the criteria that it names.
 */
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkers } from '../../checkers/index.ts';
import { loadPacks } from '../../src/lab/load.ts';
import { pointsOf } from '../../src/lab/session.ts';
import { checkUntilFull, checkUntilStable, findings, LabClusters, runScript } from './lab-clusters.ts';

const { labs, problems } = await loadPacks([join(new URL('../..', import.meta.url).pathname, 'labs')], checkers);
const clusters = new LabClusters();
const SLOW = { timeout: 180_000 };

afterAll(() => clusters.close(), 60_000);

test('the packs have no mistakes', () => {
  expect(problems).toEqual([]);
});

describe.each(labs)(`$id with ${clusters.kubectl.title}`, { concurrent: true }, (lab) => {
  test('has at least three mistakes and one alternative', () => {
    expect([lab.proof.mistakes.length >= 3, lab.proof.alternatives.length >= 1]).toEqual([true, true]);
  });

  test.concurrent('is red at the start: no criterion passes, none is unknown', SLOW, async ({ expect: mine }) => {
    await clusters.with(lab, async (session) => {
      const report = await session.check();
      mine(report.criteria.map(({ id, finding }) => `${id} ${finding.status}`)).toEqual(lab.criteria.map(({ id }) => `${id} fail`));
    });
  });

  test.concurrent.each([lab.proof.solution, ...lab.proof.alternatives].map((script) => [basename(script), script] as const))('%s gets full marks', SLOW, async (_name, script) => {
    await clusters.with(lab, async (session) => {
      await runScript(session, script);
      const report = await checkUntilFull(session);
      expect(findings(report)).toEqual(Object.fromEntries(lab.criteria.map(({ id }) => [id, 'pass'])));
      expect([report.points, report.of]).toEqual([pointsOf(lab), pointsOf(lab)]);
    });
  });

  test.concurrent.each(lab.proof.mistakes.map(({ script, caughtBy }) => [basename(script), caughtBy.join(', '), script, caughtBy] as const))('mistake %s is caught by %s', SLOW, async (_name, _by, script, caughtBy) => {
    await clusters.with(lab, async (session) => {
      await runScript(session, script);
      const report = await checkUntilStable(session);
      const missed = caughtBy.filter((id) => report.criteria.find((criterion) => criterion.id === id)?.finding.status !== 'fail');
      expect({ missed, unknown: report.criteria.filter(({ finding }) => finding.status === 'unknown').map(({ id }) => id) }, JSON.stringify(findings(report), undefined, 2)).toEqual({ missed: [], unknown: [] });
    });
  });
});
