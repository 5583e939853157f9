/** Whether a Job has come to an end, to which, and in which words. See syncJob in pkg/controller/job/job_controller.go. */
import type { Stored } from '../../api/object.ts';
import { restarts } from '../pods.ts';
import type { Condition, Pod } from '../shapes.ts';
import { hasFailed } from './count.ts';
import { parseIndexes } from './indexes.ts';
import { matchFailurePolicy, matchSuccessPolicy } from './policies.ts';
import type { Job, JobStatus } from './shapes.ts';

export interface Seen {
  readonly status: JobStatus;
  readonly pods: readonly Stored<Pod>[];
  readonly active: readonly Stored<Pod>[];
  readonly nowUnixMs: number;
}

type Verdict = Pick<Condition, 'type' | 'reason' | 'message'>;

const failure = (reason: string, message: string): Verdict => ({ type: 'FailureTarget', reason, message });
const success = (reason: string, message: string): Verdict => ({ type: 'SuccessCriteriaMet', reason, message });

export function verdict(job: Stored<Job>, seen: Seen): Verdict | undefined {
  const { status, pods, active, nowUnixMs } = seen;
  const { backoffLimit = 6, completions } = job.spec;
  const fatal = pods.filter((pod) => hasFailed(pod, job)).map((pod) => matchFailurePolicy(job, pod)).find((match) => match?.action === 'FailJob');
  if (fatal) return failure('PodFailurePolicy', fatal.message);
  if ((status.failed ?? 0) > backoffLimit || isPastLimitByRestarts(job, pods)) return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  if (untilDeadline(job, status, nowUnixMs) === 0) return failure('DeadlineExceeded', 'Job was active longer than specified deadline');
  const ofIndexes = job.spec.completionMode === 'Indexed' ? verdictByIndexes(job, status) : undefined;
  if (ofIndexes) return ofIndexes;
  const succeeded = status.succeeded ?? 0;
  // Without a number, one success and nobody left at work is the end.
  const isDone = completions === undefined ? succeeded > 0 && active.length === 0 : succeeded >= completions;
  return isDone && !(job.spec.suspend && completions === undefined) ? success('CompletionsReached', 'Reached expected number of succeeded pods') : undefined;
}

function verdictByIndexes(job: Stored<Job>, status: JobStatus): Verdict | undefined {
  const { completions = 0, maxFailedIndexes } = job.spec;
  const lost = parseIndexes(status.failedIndexes).size;
  const done = parseIndexes(status.completedIndexes);
  if (maxFailedIndexes !== undefined && lost > maxFailedIndexes) return failure('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
  if (lost > 0 && lost + done.size >= completions) return failure('FailedIndexes', 'Job has failed indexes');
  const met = matchSuccessPolicy(job, done);
  return met === undefined ? undefined : success('SuccessPolicy', met);
}

/** Containers that are restarted in place count as failures too. */
function isPastLimitByRestarts(job: Stored<Job>, pods: readonly Stored<Pod>[]): boolean {
  if ((job.spec.template.spec as { restartPolicy?: string }).restartPolicy !== 'OnFailure') return false;
  const sum = pods.filter((pod) => pod.status?.phase === 'Running' || pod.status?.phase === 'Pending').reduce((all, pod) => all + restarts(pod), 0);
  const limit = job.spec.backoffLimit ?? 6;
  return limit === 0 ? sum > 0 : sum >= limit;
}

/** What is left of `activeDeadlineSeconds`; undefined where there is none. */
export function untilDeadline(job: Stored<Job>, status: JobStatus, nowUnixMs: number): number | undefined {
  const { activeDeadlineSeconds, suspend } = job.spec;
  if (activeDeadlineSeconds === undefined || suspend || status.startTime === undefined) return undefined;
  return Math.max(0, Date.parse(status.startTime) + activeDeadlineSeconds * 1000 - nowUnixMs);
}
