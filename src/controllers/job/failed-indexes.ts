/**
 * Numbered tasks that each have failures of their own to spend (`backoffLimitPerIndex`): which are lost, which may be
 * tried again and when. A pod carries how often its task had failed before it. See pkg/controller/job/backoff_utils.go
 * and indexed_job_utils.go.
 */
import type { Stored } from '../../api/object.ts';
import type { Pod } from '../shapes.ts';
import { hasFailed } from './count.ts';
import { indexOf, parseIndexes, printIndexes } from './indexes.ts';
import { countsAsFailure, matchFailurePolicy } from './policies.ts';
import type { Job } from './shapes.ts';

const FAILURES = 'batch.kubernetes.io/job-index-failure-count';
const IGNORED_FAILURES = 'batch.kubernetes.io/job-index-ignored-failure-count';

const numberIn = (pod: Stored<Pod>, key: string): number => Number(pod.metadata.annotations?.[key] ?? 0);
const failuresBefore = (pod: Stored<Pod>): number => numberIn(pod, FAILURES) + numberIn(pod, IGNORED_FAILURES);

/** `failedIndexes` as the status writes it; undefined for a Job that does not count by index. */
export function failedIndexes(job: Stored<Job>, pods: readonly Stored<Pod>[]): string | undefined {
  const limit = job.spec.backoffLimitPerIndex;
  if (limit === undefined || job.spec.completionMode !== 'Indexed') return undefined;
  const lost = new Set(parseIndexes(job.status?.failedIndexes));
  for (const pod of pods) {
    const index = indexOf(pod);
    if (index === undefined || index >= (job.spec.completions ?? 0) || !hasFailed(pod, job)) continue;
    const isLost = matchFailurePolicy(job, pod)?.action === 'FailIndex' || (countsAsFailure(job, pod) && numberIn(pod, FAILURES) >= limit);
    if (isLost) lost.add(index);
  }
  return printIndexes(lost);
}

/** The last failed pod of a task, which knows of those before it. */
const lastFailed = (job: Stored<Job>, pods: readonly Stored<Pod>[], index: number): Stored<Pod> | undefined =>
  pods.filter((pod) => indexOf(pod) === index && hasFailed(pod, job)).sort((a, b) => failuresBefore(b) - failuresBefore(a))[0];

/** How many times in a row a task has failed, and the pod that was the last to. */
export function failuresOf(job: Stored<Job>, pods: readonly Stored<Pod>[], index: number): { readonly last: Stored<Pod>; readonly inARow: number } | undefined {
  const last = lastFailed(job, pods, index);
  return last && { last, inARow: failuresBefore(last) + 1 };
}

/** Writes on a new pod how often its task has failed. */
export function rememberFailures(pod: Pod, job: Stored<Job>, pods: readonly Stored<Pod>[], index: number): void {
  if (job.spec.backoffLimitPerIndex === undefined) return;
  const last = lastFailed(job, pods, index);
  const counts = last !== undefined && countsAsFailure(job, last);
  const failures = last ? numberIn(last, FAILURES) + (counts ? 1 : 0) : 0;
  const ignored = last ? numberIn(last, IGNORED_FAILURES) + (counts ? 0 : 1) : 0;
  pod.metadata.annotations = { ...pod.metadata.annotations, [FAILURES]: String(failures), ...(ignored > 0 && { [IGNORED_FAILURES]: String(ignored) }) };
}
