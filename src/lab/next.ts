/**
 * What to practise next: something to keep and something to learn, in turns. A solved lab comes again after some days, later
 * with every success and soon after help or failure. New labs come from the competency that is worth most in the exam and
 * stands lowest, easy ones first, and one that was chosen counts as done for the choice after it.
 */
import { DOMAIN_WEIGHTS } from './exam/domains.ts';
import type { Lab } from './lab.ts';
import type { Attempt } from './progress.ts';

export interface Suggestion {
  readonly lab: Lab;
  /** Why this one, in a sentence. */
  readonly because: string;
}

const DAY_MS = 86_400_000;
/** The first success says little; each further one is remembered about three times as long. */
const FIRST_DAYS = 3;
const LONGER = 3;
const LONGEST_DAYS = 60;
/** That a lab nobody has seen is solved: what makes easy ones come first. */
const CHANCE = { easy: 1, medium: 0.7, hard: 0.5 } as const;

/** Days until a lab should be seen again, from its attempts, oldest first. */
export function memoryDays(attempts: readonly Attempt[]): number {
  return attempts.reduce((days, attempt) => {
    if (attempt.completedAt === undefined) return 0;
    return wasHelped(attempt) ? Math.max(1, days / LONGER) : Math.min(LONGEST_DAYS, Math.max(FIRST_DAYS, days * LONGER));
  }, 0);
}

/** How well a competency stands: share of points over the last attempt at each of its labs; 0 for what was never tried. */
export function standing(labs: readonly Lab[], attempts: readonly Attempt[]): ReadonlyMap<string, number> {
  return new Map([...group(labs)].map(([competency, own]) => {
    const shares = own.map((lab) => {
      const last = attempts.findLast((attempt) => attempt.lab === lab.id && isGraded(attempt));
      return last ? last.points / last.of : 0;
    });
    return [competency, shares.reduce((sum, share) => sum + share, 0) / shares.length];
  }));
}

/** Best first. */
export function suggest(labs: readonly Lab[], attempts: readonly Attempt[], nowMs: number): readonly Suggestion[] {
  const tried = labs.flatMap((lab) => {
    const own = attempts.filter((attempt) => attempt.lab === lab.id && isGraded(attempt));
    const last = own.at(-1);
    return last ? [{ lab, own, last, dueMs: endOf(last) + memoryDays(own) * DAY_MS - nowMs }] : [];
  });
  const byTime = tried.toSorted((a, b) => Number(isSolved(a.last)) - Number(isSolved(b.last)) || a.dueMs - b.dueMs);
  const due = byTime.filter(({ dueMs }) => dueMs <= 0).map(({ lab, own, last }) => ({ lab, because: whyAgain(own, last, nowMs) }));
  const kept = byTime.filter(({ dueMs }) => dueMs > 0).map(({ lab, dueMs }) => ({ lab, because: `fresh in memory; again in ${daysIn(dueMs)}` }));
  return [...inTurns(due, untried(labs, attempts)), ...kept];
}

function whyAgain(own: readonly Attempt[], last: Attempt, nowMs: number): string {
  const reached = `${last.points} of ${last.of} points`;
  if (!isSolved(last)) return own.some(isSolved) ? `solved before, and the last time ${reached}` : `not solved yet: ${reached}`;
  return wasHelped(last) ? 'solved with help: see whether it goes without' : `solved ${daysIn(nowMs - endOf(last))} ago: see whether it is still there`;
}

/** Labs that nobody has tried, each time the one from where most is to be won. */
function untried(labs: readonly Lab[], attempts: readonly Attempt[]): readonly Suggestion[] {
  const strength = standing(labs, attempts);
  const groups = [...group(labs)].map(([competency, own]) => ({
    competency, share: 1 / own.length, worth: worthOf(own[0]!.domain, labs), stands: strength.get(competency) ?? 0,
    left: own.filter(({ id }) => !attempts.some((attempt) => attempt.lab === id && isGraded(attempt))).toSorted((a, b) => CHANCE[b.difficulty] - CHANCE[a.difficulty]),
  }));
  const chosen: Suggestion[] = [];
  for (;;) {
    const [best] = groups.filter(({ left }) => left.length > 0).toSorted((a, b) => gain(b) - gain(a));
    if (!best) return chosen;
    const { competency } = best;
    chosen.push({ lab: best.left.shift()!, because: `new, and "${competency}" stands at ${Math.round((strength.get(competency) ?? 0) * 100)} %` });
    best.stands += best.share;
  }
}

/** What there is to win in a competency, and how likely its next lab wins some of it. */
function gain({ worth, stands, left }: { readonly worth: number; readonly stands: number; readonly left: readonly Lab[] }): number {
  return worth * (1 - stands) * CHANCE[left[0]!.difficulty];
}

/** What a competency of this domain is worth in the exam: the domain's weight, in equal parts. */
function worthOf(domain: Lab['domain'], labs: readonly Lab[]): number {
  const weight = DOMAIN_WEIGHTS.find(([name]) => name === domain)?.[1] ?? 0;
  return weight / group(labs.filter((lab) => lab.domain === domain)).size;
}

function inTurns<T>(a: readonly T[], b: readonly T[]): readonly T[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, index) => [...a.slice(index, index + 1), ...b.slice(index, index + 1)]).flat();
}

function group(labs: readonly Lab[]): Map<string, Lab[]> {
  const groups = new Map<string, Lab[]>();
  for (const lab of labs) groups.set(lab.competency, [...(groups.get(lab.competency) ?? []), lab]);
  return groups;
}

const isGraded = ({ checks, completedAt }: Attempt): boolean => checks > 0 || completedAt !== undefined;
const isSolved = ({ completedAt }: Attempt): boolean => completedAt !== undefined;
const wasHelped = ({ hints, solutionRead }: Attempt): boolean => hints > 0 || solutionRead;
const endOf = ({ endedAt, startedAt }: Attempt): number => endedAt ?? startedAt;

function daysIn(ms: number): string {
  const days = Math.max(1, Math.ceil(ms / DAY_MS));
  return `${days} day${days === 1 ? '' : 's'}`;
}
