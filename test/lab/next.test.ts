/** What is suggested for practice, on which day, and why. */
import { expect, test } from 'vitest';
import type { Lab } from '../../src/lab/lab.ts';
import { memoryDays, suggest } from '../../src/lab/next.ts';
import type { Attempt } from '../../src/lab/progress.ts';
import { makeLab } from './lab-support.ts';

const DAY = 86_400_000;
const NOW = 100 * DAY;

type Try = readonly [daysAgo: number, how: 'clean' | 'helped' | 'failed' | 'unchecked'];
const attempt = (lab: string, [daysAgo, how]: Try): Attempt => ({
  id: `${lab}${daysAgo}`, lab, backend: 'simulator', cluster: 'c', startedAt: NOW - daysAgo * DAY, endedAt: NOW - daysAgo * DAY,
  points: how === 'failed' ? 1 : how === 'unchecked' ? 0 : 3, of: 3, hints: how === 'helped' ? 1 : 0, checks: how === 'unchecked' ? 0 : 1, solutionRead: false, tookMs: 1,
  ...(how === 'failed' || how === 'unchecked' ? {} : { completedAt: NOW - daysAgo * DAY }),
});

test.each<[string, readonly Try['1'][], number]>([
  ['never solved', ['failed'], 0],
  ['solved once', ['clean'], 3],
  ['solved with help', ['helped'], 1],
  ['each success trebles it', ['clean', 'clean', 'clean'], 27],
  ['up to two months', ['clean', 'clean', 'clean', 'clean', 'clean'], 60],
  ['help makes it a third', ['clean', 'clean', 'helped'], 3],
  ['failure begins anew', ['clean', 'clean', 'failed', 'clean'], 3],
])('remembered for some days: %s', (_what, tries, days) => {
  expect(memoryDays(tries.map((how, index) => attempt('p/a', [tries.length - index, how])))).toBe(days);
});

const lab = (name: string, more: Partial<Lab> = {}): Lab => makeLab({ id: `p/${name}`, domain: 'Storage', competency: 'volumes', ...more });
const rbac = { domain: 'Cluster Architecture, Installation and Configuration', competency: 'RBAC' } as const;

test.each<[string, readonly Lab[], Readonly<Record<string, readonly Try[]>>, readonly string[]]>([
  ['something to keep and something to learn, in turns', [lab('new'), lab('newer'), lab('due'), lab('failed')], { 'p/due': [[5, 'clean']], 'p/failed': [[1, 'failed']] }, [
    'failed: not solved yet: 1 of 3 points', 'new: new, and "volumes" stands at 33 %', 'due: solved 5 days ago: see whether it is still there', 'newer: new, and "volumes" stands at 33 %',
  ]],
  ['what was only looked at is new', [lab('looked')], { 'p/looked': [[1, 'unchecked']] }, ['looked: new, and "volumes" stands at 0 %']],
  ['help counts half', [lab('helped')], { 'p/helped': [[2, 'helped']] }, ['helped: solved with help: see whether it goes without']],
  ['what was known once', [lab('lost')], { 'p/lost': [[9, 'clean'], [1, 'failed']] }, ['lost: solved before, and the last time 1 of 3 points']],
  ['fresh comes last', [lab('fresh'), lab('new')], { 'p/fresh': [[0, 'clean']] }, ['new: new, and "volumes" stands at 50 %', 'fresh: fresh in memory; again in 3 days']],
  ['what the exam asks most comes first, easy before hard', [lab('disk'), lab('hard', { ...rbac, difficulty: 'hard' }), lab('easy', rbac)], {}, [
    'easy: new, and "RBAC" stands at 0 %', 'disk: new, and "volumes" stands at 0 %', 'hard: new, and "RBAC" stands at 0 %',
  ]],
])('%s', (_what, labs, tries, expected) => {
  const attempts = Object.entries(tries).flatMap(([id, own]) => own.map((one) => attempt(id, one))).toSorted((a, b) => a.startedAt - b.startedAt);
  expect(suggest(labs, attempts, NOW).map(({ lab: { id }, because }) => `${id.slice(2)}: ${because}`)).toEqual(expected);
});
