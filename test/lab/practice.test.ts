/** What helps to practise: searching, times against targets and records, days in a row. */
import { expect, test } from 'vitest';
import { filterLabs, type LabFilter } from '../../src/lab/filter.ts';
import { findLab } from '../../src/lab/find.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { paceOf, streakDays } from '../../src/lab/pace.ts';
import type { Attempt } from '../../src/lab/progress.ts';

const lab = (id: string, rest: Partial<Lab> = {}): Lab => ({ id, title: id, domain: 'Storage', competency: 'Volumes', difficulty: 'easy', minutes: 5, needs: [], task: '', ...rest } as unknown as Lab);
const labs = [
  lab('net/service-patch', { title: 'A Service that leads nowhere', domain: 'Services and Networking', task: 'Repair the selector.' }),
  lab('net/the-way-out', { domain: 'Services and Networking', difficulty: 'hard', needs: ['network-policy'] }),
  lab('net/no-guard', { domain: 'Services and Networking', needs: ['cni-flannel'] }),
  lab('disk/kept', { title: 'Kept by default' }),
];

const searches: readonly (readonly [LabFilter, readonly string[]])[] = [
  [{}, ['net/service-patch', 'net/the-way-out', 'net/no-guard', 'disk/kept']],
  [{ search: 'service nowhere' }, ['net/service-patch']],
  [{ search: 'SELECTOR' }, ['net/service-patch']],
  [{ search: 'nothing-of-the-kind' }, []],
  [{ domain: 'stor' }, ['disk/kept']],
  [{ difficulty: 'hard' }, ['net/the-way-out']],
  [{ cni: 'flannel' }, ['net/service-patch', 'net/no-guard', 'disk/kept']],
  [{ cni: 'calico' }, ['net/service-patch', 'net/the-way-out', 'disk/kept']],
  [{ cni: 'calico', domain: 'network', difficulty: 'easy' }, ['net/service-patch']],
];

test.each(searches)('%j finds %j', (filter, expected) => {
  expect(filterLabs(labs, filter).map(({ id }) => id)).toEqual(expected);
});

test.each([
  ['service-patch', 'net/service-patch'],
  ['net/service-patch', 'net/service-patch'],
  ['patch', 'net/service-patch'],
  ['nowhere', 'net/service-patch'],
])('a lab is called %s', (typed, id) => {
  expect(findLab(labs, typed).id).toBe(id);
});

test('a part of several names is none', () => {
  expect(() => findLab(labs, 'net/')).toThrow(expect.objectContaining({ message: '"net/" is part of 3 names.', action: 'Say which: net/service-patch, net/the-way-out, net/no-guard.' }) as Error);
});

const attempt = (id: string, tookMs: number, rest: Partial<Attempt> = {}): Attempt => ({ id, lab: 'disk/kept', backend: 'simulator', cluster: 'c', startedAt: 0, completedAt: 1, points: 3, of: 3, hints: 0, checks: 1, solutionRead: false, tookMs, ...rest });

test.each([
  ['the first time', attempt('now', 200_000), [], { isRecord: true }],
  ['faster than before', attempt('now', 90_000), [attempt('a', 120_000)], { recordMs: 120_000, isRecord: true }],
  ['slower than before', attempt('now', 130_000), [attempt('a', 120_000)], { recordMs: 120_000, isRecord: false }],
  ['faster, with a hint', attempt('now', 60_000, { hints: 1 }), [attempt('a', 120_000)], { recordMs: 120_000, isRecord: false }],
  ['a record with help is none', attempt('now', 90_000), [attempt('a', 10_000, { solutionRead: true })], { isRecord: true }],
  ['another lab has its own records', attempt('now', 90_000), [attempt('a', 10_000, { lab: 'net/no-guard' })], { isRecord: true }],
] as const)('time: %s', (_title, now, before, expected) => {
  expect(paceOf(lab('disk/kept'), now, [...before, now])).toEqual({ tookMs: now.tookMs, targetMs: 300_000, ...expected });
});

test('an attempt without full marks has no time', () => {
  const { completedAt: _open, ...open } = attempt('now', 1);
  expect(paceOf(lab('disk/kept'), open, [])).toBeUndefined();
});

test.each([
  [[], 10, 0],
  [[10], 10, 1],
  [[9], 10, 1],
  [[8], 10, 0],
  [[7, 8, 9], 10, 3],
  [[7, 8, 9, 10], 10, 4],
  [[6, 8, 9, 9, 10], 10, 3],
] as const)('practised on days %j, today is %d: %d in a row', (days, today, expected) => {
  expect(streakDays(days.map((day) => attempt(`a${day}`, 1, { startedAt: day })), today, (ms) => ms)).toBe(expected);
});
