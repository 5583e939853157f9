/**
 * Grades a lab: every criterion asks its checker, side by side, each for 30 seconds at most. A checker that throws or
 * does not end has found nothing out: its criterion is unknown, which is never the learner's fault.
 */
import { unreachable } from '../base/assert.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { Api } from './api.ts';
import type { Checker, Finding } from './checker.ts';
import type { CheckReport, Criterion, CriterionResult, Lab } from './lab.ts';
import { clusterView } from './view.ts';

const CHECK_MS = 30_000;

/** @param now a monotonic clock, in milliseconds */
export async function checkLab(lab: Lab, cluster: Cluster, checkers: readonly Checker[], now: () => number, boundMs = CHECK_MS): Promise<CheckReport> {
  const began = now();
  const api = new Api(cluster);
  const criteria = await Promise.all(lab.criteria.map(async (criterion): Promise<CriterionResult> => {
    const finding = await judge(criterion, cluster, checkers, api, boundMs);
    return { id: criterion.id, title: criterion.title, of: criterion.points, points: finding.status === 'pass' ? criterion.points : 0, finding };
  }));
  const sum = (what: 'points' | 'of') => criteria.reduce((total, criterion) => total + criterion[what], 0);
  return { lab: lab.id, points: sum('points'), of: sum('of'), criteria, tookMs: Math.round(now() - began) };
}

/** How a report as a whole ended. */
export type Outcome = 'full' | 'failed' | 'unknown';

/** Unknown wins over failed: while something cannot be told, the learner is not told to be wrong. */
export function outcomeOf(report: CheckReport): Outcome {
  if (report.criteria.some(({ finding }) => finding.status === 'unknown')) return 'unknown';
  return report.points === report.of ? 'full' : 'failed';
}

/** What was expected and what was seen, for one line each. */
export function expectedAndSeen(finding: Finding): { readonly expected?: string; readonly seen: string } {
  switch (finding.status) {
    case 'pass': return { seen: finding.saw };
    case 'fail': return { expected: finding.expected, seen: finding.saw };
    case 'unknown': return { seen: finding.because };
    default: return unreachable(finding);
  }
}

async function judge(criterion: Criterion, cluster: Cluster, checkers: readonly Checker[], api: Api, boundMs: number): Promise<Finding> {
  const checker = checkers.find(({ name }) => name === criterion.use);
  if (!checker) return { status: 'unknown', because: `there is no checker "${criterion.use}"` };
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => {
      resolve({ status: 'unknown', because: `the check did not end within ${boundMs / 1000} seconds` });
      stop.abort();
    }, boundMs);
  });
  try {
    return await Promise.race([checker.run(checker.parse(criterion.with), clusterView(cluster, stop.signal, api)), late]);
  } catch (error) {
    return { status: 'unknown', because: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
