/** Days in a row: what counts as a day of practice, and what ends a row. */
import { expect, test } from 'vitest';
import { streakDays } from '../../src/lab/streak.ts';

const at = (day: number, hour: number) => Date.UTC(2026, 10, day, hour);

test.each([
  ['nothing yet', [], 0],
  ['today', [at(21, 8)], 1],
  ['yesterday: today is not over', [at(20, 8)], 1],
  ['the day before yesterday only', [at(19, 8)], 0],
  ['three days, one of them twice', [at(19, 23), at(20, 1), at(20, 22), at(21, 0)], 3],
  ['a row before a gap does not count', [at(17, 8), at(18, 8), at(20, 8), at(21, 8)], 2],
] as const)('%s', (_what, starts, days) => {
  expect(streakDays(starts.map((startedAt) => ({ startedAt, checks: 1 })), at(21, 12))).toBe(days);
});

test('a day is the learner\'s own; opening a lab without a check is no practice', () => {
  const late = [at(19, 23), at(20, 23)].map((startedAt) => ({ startedAt, checks: 1 }));
  expect([streakDays(late, at(21, 12)), streakDays(late, at(21, 12), -120)]).toEqual([2, 2]);
  expect(streakDays([{ startedAt: at(20, 23), checks: 1 }, { startedAt: at(21, 1), checks: 1 }], at(21, 12), -120)).toBe(1);
  expect(streakDays([{ startedAt: at(21, 8), checks: 0 }], at(21, 12))).toBe(0);
});
