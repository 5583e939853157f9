/**
 * What to practise next: by weakness and by time since. Each solved lab is remembered for a while that doubles with every
 * clean success, and halves with help or failure; what is due comes first, then what is new, easy before hard.
 */
import type { Lab } from './lab.ts';
import type { Attempt } from './progress.ts';

export interface Suggestion {
  readonly lab: Lab;
  /** Why this one, in a sentence. */
  readonly because: string;
}

const DAY_MS = 86_400_000;
const LONGEST_DAYS = 60;
const ORDER = { easy: 0, medium: 1, hard: 2 } as const;

/** Days until a lab should be seen again, from its attempts, oldest first. */
export function memoryDays(attempts: readonly Attempt[]): number {
  return attempts.reduce((days, { completedAt, hints, solutionRead }) => (completedAt !== undefined && hints === 0 && !solutionRead ? Math.min(LONGEST_DAYS, Math.max(1, days * 2)) : Math.max(0, days / 2)), 0);
}

/** How well a competency stands: share of points over the last attempt at each of its labs; 0 for what was never tried. */
export function standing(labs: readonly Lab[], attempts: readonly Attempt[]): ReadonlyMap<string, number> {
  const byCompetency = group(labs);
  return new Map([...byCompetency].map(([competency, own]) => {
    const shares = own.map((lab) => {
      const last = attempts.findLast((attempt) => attempt.lab === lab.id && attempt.checks > 0);
      return last ? last.points / last.of : 0;
    });
    return [competency, shares.reduce((sum, share) => sum + share, 0) / shares.length];
  }));
}

/** Best first. */
export function suggest(labs: readonly Lab[], attempts: readonly Attempt[], nowMs: number): readonly Suggestion[] {
  const strength = standing(labs, attempts);
  return labs
    .map((lab) => {
      const own = attempts.filter((attempt) => attempt.lab === lab.id && (attempt.checks > 0 || attempt.completedAt !== undefined));
      const last = own.at(-1);
      const dueMs = last ? (last.endedAt ?? last.startedAt) + memoryDays(own) * DAY_MS - nowMs : 0;
      const rank = !last ? 1 : dueMs <= 0 ? 0 : 2;
      const solved = last?.completedAt !== undefined;
      const because = !last ? `new, and "${lab.competency}" stands at ${Math.round((strength.get(lab.competency) ?? 0) * 100)} %` : rank === 2 ? `fresh in memory; again in ${Math.ceil(dueMs / DAY_MS)} days` : solved ? 'solved some time ago: see whether it is still there' : `not solved yet: ${last.points} of ${last.of} points`;
      return { lab, because, rank, weak: strength.get(lab.competency) ?? 0, dueMs };
    })
    .toSorted((a, b) => a.rank - b.rank || a.weak - b.weak || ORDER[a.lab.difficulty] - ORDER[b.lab.difficulty] || a.dueMs - b.dueMs)
    .map(({ lab, because }) => ({ lab, because }));
}

function group(labs: readonly Lab[]): Map<string, Lab[]> {
  const groups = new Map<string, Lab[]>();
  for (const lab of labs) groups.set(lab.competency, [...(groups.get(lab.competency) ?? []), lab]);
  return groups;
}
