/**
 * Counting ended pods exactly once: each carries a finalizer until it stands in the Job's status.
 * See trackJobStatusAndRemoveFinalizers in pkg/controller/job/job_controller.go.
 * Differs from Kubernetes: nothing comes between counting and removing the finalizer, so `uncountedTerminatedPods` is always empty.
 */
import type { Stored } from '../../api/object.ts';
import { draft } from '../../api/deep.ts';
import type { Registry } from '../../kinds/registry.ts';
import { unlessGone } from '../objects.ts';
import type { Pod } from '../shapes.ts';
import { INDEX_KEY, indexOf, parseIndexes, printIndexes } from './indexes.ts';
import { countsAsFailure } from './policies.ts';
import type { Job, JobStatus } from './shapes.ts';

export const FINALIZER = 'batch.kubernetes.io/job-tracking';

const isTracked = (pod: Stored<Pod>): boolean => pod.metadata.finalizers?.includes(FINALIZER) ?? false;

/** A pod that is taken away before it ended has failed, unless the Job waits for real failures. */
export function hasFailed(pod: Stored<Pod>, job: Stored<Job>): boolean {
  if (pod.status?.phase === 'Failed') return true;
  if (!pod.metadata.deletionTimestamp || pod.status?.phase === 'Succeeded') return false;
  return job.spec.podReplacementPolicy === 'Failed' ? pod.status?.phase === 'Pending' : true;
}

export interface Counted {
  readonly succeeded: number;
  readonly failed: number;
  readonly completedIndexes: string | undefined;
  /** Pods that are in the numbers now and need their finalizer no more. */
  readonly pods: readonly Stored<Pod>[];
}

export function count(job: Stored<Job>, pods: readonly Stored<Pod>[]): Counted {
  const status: Stored<JobStatus> = job.status ?? {};
  const tracked = pods.filter(isTracked);
  const ended = tracked.filter((pod) => hasFailed(pod, job));
  const failed = ended.filter((pod) => countsAsFailure(job, pod));
  const succeeded = tracked.filter((pod) => pod.status?.phase === 'Succeeded');
  if (job.spec.completionMode !== 'Indexed') {
    return { succeeded: (status.succeeded ?? 0) + succeeded.length, failed: (status.failed ?? 0) + failed.length, completedIndexes: undefined, pods: [...succeeded, ...ended] };
  }
  const done = new Set(parseIndexes(status.completedIndexes));
  for (const pod of succeeded) if (pod.metadata.annotations?.[INDEX_KEY] !== undefined && indexOf(pod)! < (job.spec.completions ?? 0)) done.add(indexOf(pod)!);
  return { succeeded: done.size, failed: (status.failed ?? 0) + failed.length, completedIndexes: printIndexes(done), pods: [...succeeded, ...ended] };
}

export function untrack(registry: Registry, pods: readonly Stored<Pod>[]): void {
  for (const pod of pods.filter(isTracked)) {
    const newest = registry.find('pods', pod.metadata.name, pod.metadata.namespace) as Stored<Pod> | undefined;
    if (!newest || newest.metadata.uid !== pod.metadata.uid) continue;
    const next = draft<Pod>(newest);
    const left = (next.metadata.finalizers ?? []).filter((one) => one !== FINALIZER);
    if (left.length > 0) next.metadata.finalizers = left;
    else delete next.metadata.finalizers;
    unlessGone(() => registry.update('pods', next));
  }
}
