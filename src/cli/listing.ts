/** Labs with what the learner has done in each: for the list, the overview and the home screen. */
import type { Lab } from '../lab/lab.ts';
import type { Attempt } from '../lab/progress.ts';

export interface Listing {
  readonly lab: Lab;
  readonly state: 'new' | 'running' | 'tried' | 'solved';
  readonly attempts: number;
  readonly best?: { readonly points: number; readonly of: number; readonly tookMs: number };
}

/** @param bestOf which of a lab's attempts counts */
export function listings(labs: readonly Lab[], attempts: readonly Attempt[], bestOf: (attempts: readonly Attempt[]) => Attempt | undefined): readonly Listing[] {
  return labs.map((lab) => {
    // Opening a lab to read its task, and leaving it, is no attempt.
    const own = attempts.filter((attempt) => attempt.lab === lab.id && (attempt.checks > 0 || attempt.points > 0 || attempt.endedAt === undefined));
    const best = bestOf(own);
    const state = own.some(({ endedAt, completedAt }) => endedAt === undefined && completedAt === undefined) ? 'running' : own.some(({ completedAt }) => completedAt !== undefined) ? 'solved' : own.length > 0 ? 'tried' : 'new';
    return { lab, state, attempts: own.length, ...(best ? { best: { points: best.points, of: best.of, tookMs: best.tookMs } } : {}) };
  });
}
