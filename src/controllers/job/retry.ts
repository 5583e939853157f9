/**
 * After failures without a success since, the next pod waits: 10 s, 20 s, 40 s … from the last failure. With
 * backoffLimitPerIndex every numbered task waits for itself. See pkg/controller/job/backoff_utils.go.
 */
import type { Stored } from '../../api/object.ts';
import type { Pod } from '../shapes.ts';
import { hasFailed } from './count.ts';
import { failuresOf } from './failed-indexes.ts';
import type { Job, JobStatus } from './shapes.ts';

/** The pause after a failed pod; doubles with each. */
const FIRST_BACKOFF_MS = 10_000;
const LAST_BACKOFF_MS = 600_000;

interface Seen {
  readonly status: JobStatus;
  readonly pods: readonly Stored<Pod>[];
  /** The tasks whose turn it is; absent: pods are not numbered. */
  readonly free: readonly number[] | undefined;
  readonly nowUnixMs: number;
}

/** How long to wait, or which tasks may be begun now. */
export function whenToRetry(job: Stored<Job>, seen: Seen): { readonly wait: number; readonly indexes: readonly number[] | undefined } {
  const { free } = seen;
  if (free === undefined || job.spec.backoffLimitPerIndex === undefined) return { wait: waitForAll(job, seen), indexes: free };
  const waits = new Map(free.map((index) => [index, waitFor(job, seen, index)]));
  const ready = free.filter((index) => waits.get(index) === 0);
  return { wait: ready.length > 0 || free.length === 0 ? 0 : Math.min(...waits.values()), indexes: ready };
}

const pause = (failures: number): number => Math.min(FIRST_BACKOFF_MS * 2 ** (failures - 1), LAST_BACKOFF_MS);

function waitFor(job: Stored<Job>, { pods, nowUnixMs }: Seen, index: number): number {
  const failures = failuresOf(job, pods, index);
  return failures ? Math.max(0, endedAt(failures.last) + pause(failures.inARow) - nowUnixMs) : 0;
}

function waitForAll(job: Stored<Job>, { status, pods, nowUnixMs }: Seen): number {
  const mayHaveFailed = (status.failed ?? 0) > 0 || job.spec.podFailurePolicy !== undefined;
  if (!mayHaveFailed) return 0;
  const lastSuccess = Math.max(0, ...pods.filter((pod) => pod.status?.phase === 'Succeeded').map(endedAt));
  const failures = pods.filter((pod) => hasFailed(pod, job)).map(endedAt).filter((at) => at > lastSuccess);
  return failures.length === 0 ? 0 : Math.max(0, Math.max(...failures) + pause(failures.length) - nowUnixMs);
}

function endedAt(pod: Stored<Pod>): number {
  const ends = (pod.status?.containerStatuses ?? []).map(({ state }) => Date.parse((state as { terminated?: { finishedAt?: string } } | undefined)?.terminated?.finishedAt ?? ''));
  return Math.max(...ends.filter((at) => !Number.isNaN(at)), Date.parse(pod.metadata.deletionTimestamp ?? pod.metadata.creationTimestamp ?? '') || 0);
}
