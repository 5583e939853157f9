/**
 * Job: pods until enough of them have succeeded, or too many failed, or the time is over.
 * See pkg/controller/job/job_controller.go.
 */
import { draft, isEqual } from '../api/deep.ts';
import type { ObjectKey, Stored } from '../api/object.ts';
import { ApiError } from '../api/status.ts';
import { timestamp } from '../api/time.ts';
import { isTrue, withCondition } from './conditions.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { inDeletionOrder } from './deletion-order.ts';
import { count, FINALIZER, untrack } from './job/count.ts';
import { failedIndexes, rememberFailures } from './job/failed-indexes.ts';
import { firstFree, numbered, parseIndexes } from './job/indexes.ts';
import type { Job, JobStatus } from './job/shapes.ts';
import { whenToRetry } from './job/retry.ts';
import { untilDeadline, verdict } from './job/verdict.ts';
import { controllerOf, find, keyOf, list } from './objects.ts';
import { createPod, deletePod, isNamespaceTerminating } from './pod-control.ts';
import { isActive, isFinished, isReady } from './pods.ts';
import { claim, selects } from './selectors.ts';
import type { Condition, Pod } from './shapes.ts';

const COMPONENT = 'job-controller';

export function jobController(context: ControllerContext): Controller {
  return {
    name: 'job',
    watches: [
      { group: 'batch', resource: 'jobs', toKeys: (object) => [keyOf(object)] },
      { group: '', resource: 'pods', toKeys: (object) => jobsOf(context, object as unknown as Stored<Pod>) },
    ],
    reconcile: (key) => reconcile(context, key),
  };
}

function jobsOf({ registry }: ControllerContext, pod: Stored<Pod>): readonly ObjectKey[] {
  const namespace = pod.metadata.namespace ?? 'default';
  const owner = controllerOf(pod);
  if (owner) return owner.kind === 'Job' ? [{ namespace, name: owner.name }] : [];
  return list<Job>(registry, 'jobs.batch', namespace).filter((job) => selects(job.spec.selector, pod.metadata.labels)).map(keyOf);
}

export const isOver = (job: Stored<Job>): boolean => isTrue(job.status?.conditions, 'Complete') || isTrue(job.status?.conditions, 'Failed');

function reconcile(context: ControllerContext, key: ObjectKey): void | { readonly againAfterMs: number } {
  const { registry } = context;
  const job = find<Job>(registry, 'jobs.batch', key);
  const theirs = list<Pod>(registry, 'pods', key.namespace).filter((pod) => controllerOf(pod)?.kind === 'Job' && controllerOf(pod)?.name === key.name);
  // Nobody counts the pods of a Job that is gone.
  untrack(registry, theirs.filter((pod) => controllerOf(pod)?.uid !== job?.metadata.uid));
  if (!job) return;
  if (isOver(job)) return untrack(registry, theirs.filter((pod) => pod.metadata.deletionTimestamp || isFinished(pod)));
  const pods = claim<Pod>(registry, 'pods', job, job.spec.selector ?? {});
  const outcome = step(context, job, pods);
  writeStatus(context, job, outcome.status);
  untrack(registry, outcome.counted);
  if (outcome.error && !isNamespaceTerminating(outcome.error)) throw outcome.error;
  return outcome.againAfterMs === undefined ? undefined : { againAfterMs: outcome.againAfterMs };
}

interface Outcome {
  readonly status: JobStatus;
  readonly counted: readonly Stored<Pod>[];
  readonly againAfterMs?: number | undefined;
  readonly error?: ApiError | undefined;
}

function step(context: ControllerContext, job: Stored<Job>, pods: readonly Stored<Pod>[]): Outcome {
  const { clock } = context;
  const now = timestamp(clock.unixMs());
  const counted = count(job, pods);
  const active = pods.filter((pod) => isActive(pod));
  const lost = failedIndexes(job, pods);
  const status: JobStatus = { ...draft<JobStatus>(job.status ?? {}), ...counts(counted), ...(lost !== undefined && { failedIndexes: lost }) };
  const isSuspended = job.spec.suspend === true;
  if (!isSuspended && status.startTime === undefined) status.startTime = now;
  const end = status.conditions?.some((one) => one.type === 'FailureTarget' || one.type === 'SuccessCriteriaMet') ? undefined : verdict(job, { status, pods, active, nowUnixMs: clock.unixMs() });
  if (end) status.conditions = withCondition(status.conditions, { ...end, status: 'True', lastProbeTime: now, lastTransitionTime: now });

  let left = active.length;
  let created = 0;
  let againAfterMs: number | undefined;
  let error: ApiError | undefined;
  const ending = status.conditions?.find((one) => one.type === 'FailureTarget' || one.type === 'SuccessCriteriaMet');
  if (ending || isSuspended) {
    for (const pod of active) deletePod(context, COMPONENT, job, pod);
    left = 0;
  }
  if (!ending) suspendOrResume(context, job, status, now);
  if (!ending && !isSuspended && !job.metadata.deletionTimestamp) {
    const managed = manage(context, job, status, pods, active);
    ({ againAfterMs, error } = managed);
    created = managed.created;
    left += managed.created - managed.deleted;
  }
  const terminating = pods.filter((pod) => pod.metadata.deletionTimestamp && !isFinished(pod)).length + active.length + created - left;
  status.terminating = terminating;
  // A pod that has just been made is active before anybody has seen it.
  if (left > 0) status.active = left;
  else delete status.active;
  status.ready = ending || isSuspended ? 0 : active.filter(isReady).length;
  status.uncountedTerminatedPods = {};
  if (ending && terminating === 0) finish(context, job, status, ending, now);
  return { status, counted: counted.pods, againAfterMs: sooner(againAfterMs, untilDeadline(job, status, clock.unixMs())), error };
}

const counts = ({ succeeded, failed, completedIndexes }: ReturnType<typeof count>): JobStatus => ({ ...(succeeded > 0 && { succeeded }), ...(failed > 0 && { failed }), ...(completedIndexes && { completedIndexes }) });

/** Makes and removes pods until as many are at work as should be. */
function manage(context: ControllerContext, job: Stored<Job>, status: JobStatus, pods: readonly Stored<Pod>[], active: readonly Stored<Pod>[]): { readonly created: number; readonly deleted: number; readonly againAfterMs?: number; readonly error?: ApiError } {
  const { completions, parallelism = 1, podReplacementPolicy } = job.spec;
  const succeeded = status.succeeded ?? 0;
  const wanted = completions === undefined ? (succeeded > 0 ? active.length : parallelism) : Math.min(completions - succeeded, parallelism);
  const excess = inDeletionOrder(active, active, context.clock.unixMs()).slice(0, Math.max(0, active.length - wanted));
  for (const pod of excess) deletePod(context, COMPONENT, job, pod);
  const terminating = podReplacementPolicy === 'Failed' ? pods.filter((pod) => pod.metadata.deletionTimestamp && !isFinished(pod)).length : 0;
  const missing = wanted - terminating - active.length;
  if (missing <= 0) return { created: 0, deleted: excess.length };
  const free = job.spec.completionMode === 'Indexed' ? firstFree(missing, completions ?? 0, new Set([...parseIndexes(status.completedIndexes), ...parseIndexes(status.failedIndexes)]), active) : undefined;
  const { wait, indexes } = whenToRetry(job, { status, pods, free, nowUnixMs: context.clock.unixMs() });
  if (wait > 0) return { created: 0, deleted: excess.length, againAfterMs: wait };
  let created = 0;
  try {
    for (; created < (indexes?.length ?? missing); created++) {
      createPod(context, COMPONENT, job, job.spec.template, (pod) => {
        pod.metadata.finalizers = [...(pod.metadata.finalizers ?? []), FINALIZER];
        if (!indexes) return;
        numbered(pod, job.metadata.name, indexes[created]!);
        rememberFailures(pod, job, pods, indexes[created]!);
      });
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { created, deleted: 0, error };
  }
  return { created, deleted: 0 };
}

function suspendOrResume(context: ControllerContext, job: Stored<Job>, status: JobStatus, now: string): void {
  const was = isTrue(status.conditions, 'Suspended');
  const is = job.spec.suspend === true;
  if (was === is) return;
  const [reason, message] = is ? ['JobSuspended', 'Job suspended'] : ['JobResumed', 'Job resumed'];
  status.conditions = withCondition(status.conditions, { type: 'Suspended', status: is ? 'True' : 'False', lastProbeTime: now, lastTransitionTime: now, reason, message });
  // The clock of a deadline stands still meanwhile, and begins anew.
  if (is) delete status.startTime;
  else status.startTime = now;
  context.record({ object: job, type: 'Normal', reason: is ? 'Suspended' : 'Resumed', message, component: COMPONENT });
}

/** All its pods have ended: the word is final. */
function finish(context: ControllerContext, job: Stored<Job>, status: JobStatus, ending: Condition, now: string): void {
  const isFailure = ending.type === 'FailureTarget';
  const { reason = '', message = '' } = ending;
  status.conditions = withCondition(status.conditions, { type: isFailure ? 'Failed' : 'Complete', status: 'True', lastProbeTime: now, lastTransitionTime: now, reason, message });
  if (!isFailure) status.completionTime = now;
  context.record({ object: job, type: isFailure ? 'Warning' : 'Normal', reason: isFailure ? reason : 'Completed', message: isFailure ? message : 'Job completed', component: COMPONENT });
}

const sooner = (a: number | undefined, b: number | undefined): number | undefined => (a === undefined || a === 0 ? b || undefined : b ? Math.min(a, b) : a);

function writeStatus({ registry }: ControllerContext, job: Stored<Job>, status: JobStatus): void {
  if (isEqual(status, job.status)) return;
  const newest = registry.find('jobs.batch', job.metadata.name, job.metadata.namespace) as Stored<Job> | undefined;
  if (!newest || newest.metadata.uid !== job.metadata.uid) return;
  registry.update('jobs.batch', { ...draft<Job>(newest), status } as Job, { subresource: 'status' });
}
