/**
 * Points of a task and of an exam. What could not be judged counts neither for nor against the candidate: a criterion
 * that is unknown leaves its task's total, a task without a judged criterion leaves the exam's.
 */
import type { CheckReport } from '../lab.ts';
import type { TaskResult } from './event.ts';

export interface TaskScore {
  readonly points: number;
  /** Points that could be judged. */
  readonly of: number;
  /** From 0 to 1; undefined when nothing could be judged. */
  readonly share: number | undefined;
  readonly status: 'full' | 'part' | 'none' | 'invalid';
  /** Criteria that could not be judged. */
  readonly unknown: number;
}

export function taskScore(result: TaskResult | undefined): TaskScore {
  if (!result || 'invalid' in result) return { points: 0, of: 0, share: undefined, status: 'invalid', unknown: 0 };
  const { criteria } = result.report;
  const judged = criteria.filter(({ finding }) => finding.status !== 'unknown');
  const of = judged.reduce((sum, criterion) => sum + criterion.of, 0);
  const points = judged.reduce((sum, criterion) => sum + criterion.points, 0);
  const status = of === 0 ? 'invalid' : points === of ? 'full' : points === 0 ? 'none' : 'part';
  return { points, of, share: of === 0 ? undefined : points / of, status, unknown: criteria.length - judged.length };
}

export const isConclusive = (report: CheckReport): boolean => report.criteria.every(({ finding }) => finding.status !== 'unknown');

/** Percent of what could be judged, with one decimal; undefined when nothing could. */
export function examPercent(tasks: readonly { readonly weight: number; readonly share: number | undefined }[]): number | undefined {
  const judged = tasks.filter((task): task is { weight: number; share: number } => task.share !== undefined);
  const of = judged.reduce((sum, { weight }) => sum + weight, 0);
  if (of === 0) return undefined;
  return Math.round((judged.reduce((sum, { weight, share }) => sum + weight * share, 0) / of) * 1000) / 10;
}
