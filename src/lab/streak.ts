/** Days in a row on which something was practised. Told where it pleases, never asked for. Knows attempts only. */
import type { Attempt } from './progress.ts';

const DAY_MS = 86_400_000;

/**
 * Counted to today, or to yesterday as long as today is not over.
 * @param offsetMinutes of local time before UTC, as `Date.getTimezoneOffset` has it
 */
export function streakDays(attempts: readonly Pick<Attempt, 'startedAt' | 'checks'>[], nowMs: number, offsetMinutes = 0): number {
  const dayOf = (atMs: number) => Math.floor((atMs - offsetMinutes * 60_000) / DAY_MS);
  const days = new Set(attempts.filter(({ checks }) => checks > 0).map(({ startedAt }) => dayOf(startedAt)));
  const today = dayOf(nowMs);
  let count = 0;
  for (let day = days.has(today) ? today : today - 1; days.has(day); day--) count++;
  return count;
}
