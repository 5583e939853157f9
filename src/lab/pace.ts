/**
 * How quick a learner is: against the target time of a lab, against their own best, and on how many days in a row they
 * have practised. Times with help are no records. Knows no clock: it is told what time it is.
 */
import type { Lab } from './lab.ts';
import type { Attempt } from './progress.ts';

const DAY_MS = 86_400_000;

export interface Pace {
  readonly tookMs: number;
  readonly targetMs: number;
  /** The best time before this attempt, without hints and without the solution. */
  readonly recordMs?: number;
  /** Faster than ever, without help. */
  readonly isRecord: boolean;
}

/** Of an attempt with full marks; undefined for any other. */
export function paceOf(lab: Pick<Lab, 'id' | 'minutes'>, attempt: Attempt, attempts: readonly Attempt[]): Pace | undefined {
  if (attempt.completedAt === undefined) return undefined;
  const recordMs = recordOf(lab, attempts.filter(({ id }) => id !== attempt.id));
  return {
    tookMs: attempt.tookMs, targetMs: lab.minutes * 60_000, ...(recordMs === undefined ? {} : { recordMs }),
    isRecord: isUnaided(attempt) && (recordMs === undefined || attempt.tookMs < recordMs),
  };
}

/** The best time of a lab that was solved without help; undefined when there is none. */
export function recordOf(lab: Pick<Lab, 'id'>, attempts: readonly Attempt[]): number | undefined {
  const times = attempts.filter((attempt) => attempt.lab === lab.id && attempt.completedAt !== undefined && isUnaided(attempt)).map(({ tookMs }) => tookMs);
  return times.length === 0 ? undefined : Math.min(...times);
}

const isUnaided = ({ hints, solutionRead }: Attempt): boolean => hints === 0 && !solutionRead;

/** Days in a row with at least one graded attempt, up to today; a day that is not over yet breaks nothing. @param dayOf a time's number of day */
export function streakDays(attempts: readonly Attempt[], nowMs: number, dayOf: (ms: number) => number = localDay): number {
  const days = new Set(attempts.filter(({ checks, completedAt }) => checks > 0 || completedAt !== undefined).map(({ startedAt }) => dayOf(startedAt)));
  const today = dayOf(nowMs);
  let day = days.has(today) ? today : today - 1;
  let length = 0;
  while (days.has(day)) {
    length++;
    day--;
  }
  return length;
}

/** Days as the learner's own clock counts them. */
function localDay(ms: number): number {
  return Math.floor((ms - new Date(ms).getTimezoneOffset() * 60_000) / DAY_MS);
}
