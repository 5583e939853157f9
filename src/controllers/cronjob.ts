/**
 * CronJob: a Job whenever the schedule says so, and a memory of the last few.
 * See pkg/controller/cronjob/cronjob_controllerv2.go.
 */
import { draft, isEqual } from '../api/deep.ts';
import type { KubeObject, Stored } from '../api/object.ts';
import { ApiError } from '../api/status.ts';
import { timestamp } from '../api/time.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { parseSchedule, type Schedule } from './job/cron.ts';
import type { CronJob, Job } from './job/shapes.ts';
import { controllerOf, controllerReference, find, isControlledBy, keyOf, list, unlessGone } from './objects.ts';
import { isNamespaceTerminating } from './pod-control.ts';
import { isOver } from './job.ts';

const COMPONENT = 'cronjob-controller';
/** More missed times than this, and somebody should look at the clock. */
const MANY_MISSED = 100;

type Tell = (type: 'Normal' | 'Warning', reason: string, message: string) => void;

export function cronJobController(context: ControllerContext): Controller {
  const { registry } = context;
  return {
    name: 'cronjob',
    watches: [
      { group: 'batch', resource: 'cronjobs', toKeys: (object, type) => (type === 'DELETED' ? [] : [keyOf(object)]) },
      { group: 'batch', resource: 'jobs', toKeys: (object) => (controllerOf(object)?.kind === 'CronJob' ? [{ namespace: object.metadata.namespace ?? 'default', name: controllerOf(object)!.name }] : []) },
    ],
    reconcile: (key) => {
      const cron = find<CronJob>(registry, 'cronjobs.batch', key);
      if (!cron || cron.metadata.deletionTimestamp) return;
      const tell: Tell = (type, reason, message) => context.record({ object: cron, type, reason, message, component: COMPONENT });
      const jobs = list<Job>(registry, 'jobs.batch', key.namespace).filter((job) => isControlledBy(job as unknown as Stored<KubeObject>, cron as unknown as Stored<KubeObject>));
      const status = followJobs(cron, jobs, tell);
      trimHistory(context, cron, jobs, tell);
      const again = run(context, cron, jobs, status, tell);
      if (!isEqual(status, cron.status ?? {})) unlessGone(() => registry.update('cronjobs.batch', { ...draft<CronJob>(cron), status } as CronJob, { subresource: 'status' }));
      return again;
    },
  };
}

/** Who is still running, and what has ended since. */
function followJobs(cron: Stored<CronJob>, jobs: readonly Stored<Job>[], tell: Tell): NonNullable<CronJob['status']> {
  const status = draft<NonNullable<CronJob['status']>>(cron.status ?? {});
  const known = status.active ?? [];
  for (const job of jobs) {
    const isActive = known.some(({ uid }) => uid === job.metadata.uid);
    if (!isOver(job)) {
      if (!isActive) tell('Warning', 'UnexpectedJob', `Saw a job that the controller did not create or forgot: ${job.metadata.name}`);
      continue;
    }
    const end = job.status?.conditions?.find(({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True')?.type ?? '';
    if (isActive) tell('Normal', 'SawCompletedJob', `Saw completed job: ${job.metadata.name}, condition: ${end}`);
    const { completionTime } = job.status ?? {};
    if (end === 'Complete' && completionTime && completionTime > (status.lastSuccessfulTime ?? '')) status.lastSuccessfulTime = completionTime;
  }
  const active = known.filter(({ uid, name }) => {
    const job = jobs.find(({ metadata }) => metadata.uid === uid);
    if (!job) tell('Normal', 'MissingJob', `Active job went missing: ${name}`);
    return job !== undefined && !isOver(job);
  });
  if (active.length > 0) status.active = active;
  else delete status.active;
  return status;
}

function trimHistory({ registry }: ControllerContext, cron: Stored<CronJob>, jobs: readonly Stored<Job>[], tell: Tell): void {
  const ended = (type: string) => jobs.filter((job) => job.status?.conditions?.some((one) => one.type === type && one.status === 'True')).toSorted((a, b) => (a.status?.startTime ?? '').localeCompare(b.status?.startTime ?? ''));
  for (const [type, limit] of [['Complete', cron.spec.successfulJobsHistoryLimit], ['Failed', cron.spec.failedJobsHistoryLimit]] as const) {
    if (limit === undefined) continue;
    const list = ended(type);
    for (const job of list.slice(0, Math.max(0, list.length - limit))) remove(registry, job, tell);
  }
}

function remove(registry: ControllerContext['registry'], job: Stored<Job>, tell: Tell): void {
  unlessGone(() => registry.delete('jobs.batch', job.metadata.name, job.metadata.namespace, { propagationPolicy: 'Background' }));
  tell('Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name}`);
}

function run(context: ControllerContext, cron: Stored<CronJob>, jobs: readonly Stored<Job>[], status: NonNullable<CronJob['status']>, tell: Tell): { readonly againAfterMs: number } | undefined {
  const now = context.clock.unixMs();
  const { schedule: text, timeZone, startingDeadlineSeconds, concurrencyPolicy, suspend } = cron.spec;
  if (suspend) return undefined;
  const schedule = parseSchedule(text, timeZone);
  if (!schedule) {
    tell('Warning', 'UnparseableSchedule', `unparseable schedule: ${JSON.stringify(text)}`);
    return undefined;
  }
  const next = schedule(now);
  const again = next === undefined ? undefined : { againAfterMs: next - now };
  const { due, missed } = lastDue(schedule, cron, status, now);
  if (missed > MANY_MISSED) tell('Warning', 'TooManyMissedTimes', 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew');
  if (due === undefined) return again;
  if (startingDeadlineSeconds !== undefined && due + startingDeadlineSeconds * 1000 < now) {
    tell('Warning', 'MissSchedule', `Missed scheduled time to start a job: ${new Date(due).toUTCString().replace('GMT', '+0000')}`);
    return again;
  }
  const name = `${cron.metadata.name}-${Math.floor(due / 60_000)}`;
  if (jobs.some((job) => job.metadata.name === name) || status.lastScheduleTime === timestamp(due)) return again;
  if (concurrencyPolicy === 'Forbid' && (status.active ?? []).length > 0) {
    tell('Normal', 'JobAlreadyActive', 'Not starting job because prior execution is running and concurrency policy is Forbid');
    return again;
  }
  if (concurrencyPolicy === 'Replace') {
    for (const job of jobs) if (status.active?.some(({ uid }) => uid === job.metadata.uid)) remove(context.registry, job, tell);
    delete status.active;
  }
  const job = start(context, cron, name, due, tell);
  if (job) {
    status.active = [...(status.active ?? []), { kind: 'Job', namespace: job.metadata.namespace ?? 'default', name, uid: job.metadata.uid ?? '', apiVersion: 'batch/v1', resourceVersion: job.metadata.resourceVersion ?? '' }];
    status.lastScheduleTime = timestamp(due);
  }
  return again;
}

/** The last time that has passed since a Job was last made, and how many there were. */
function lastDue(schedule: Schedule, cron: Stored<CronJob>, status: NonNullable<CronJob['status']>, now: number): { readonly due?: number; readonly missed: number } {
  let from = Date.parse(status.lastScheduleTime ?? cron.metadata.creationTimestamp ?? '');
  const { startingDeadlineSeconds } = cron.spec;
  if (startingDeadlineSeconds !== undefined) from = Math.max(from, now - startingDeadlineSeconds * 1000);
  let due: number | undefined;
  let missed = 0;
  for (let at = schedule(from); at !== undefined && at <= now && missed <= MANY_MISSED; at = schedule(at)) {
    due = at;
    missed++;
  }
  return { ...(due !== undefined && { due }), missed };
}

function start({ registry }: ControllerContext, cron: Stored<CronJob>, name: string, due: number, tell: Tell): Stored<Job> | undefined {
  const { metadata, spec } = draft<CronJob['spec']['jobTemplate']>(cron.spec.jobTemplate);
  const { namespace = 'default' } = cron.metadata;
  const job: Job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name, namespace,
      ...(metadata?.labels && { labels: metadata.labels }),
      annotations: { ...metadata?.annotations, 'batch.kubernetes.io/cronjob-scheduled-timestamp': timestamp(due) },
      ownerReferences: [controllerReference(cron as unknown as Stored<KubeObject>)],
    },
    spec,
  };
  try {
    const made = registry.create('jobs.batch', job, { namespace }) as unknown as Stored<Job>;
    tell('Normal', 'SuccessfulCreate', `Created job ${name}`);
    return made;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (!isNamespaceTerminating(error)) tell('Warning', 'FailedCreate', `Error creating job: ${error.message}`);
    return undefined;
  }
}
