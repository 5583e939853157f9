/** Jobs, and what they say of themselves: completions, failures, deadlines, suspension, indexes. */
import { afterEach, expect, test } from 'vitest';
import { parseSchedule } from '../../src/controllers/job/cron.ts';
import { parseIndexes, printIndexes } from '../../src/controllers/job/indexes.ts';
import { makeCluster, type Loose, type TestCluster } from '../node/kubelet/cluster.ts';

let cluster: TestCluster;
afterEach(() => cluster?.close());

async function run(spec: Loose, acts: readonly string[], restartPolicy = 'Never'): Promise<void> {
  cluster = makeCluster({ nodes: ['worker'] });
  await cluster.pass(500);
  cluster.apply({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec: { ...spec, template: { spec: { restartPolicy, terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image: 'busybox:1.36', command: ['act', ...acts] }] } } } });
}

const status = () => cluster.get('jobs.batch', 'j').status ?? {};
const has = (type: string) => () => (status().conditions ?? []).some((one: Loose) => one.type === type && one.status === 'True');
const conditions = () => status().conditions.map(({ type, reason, message }: Loose) => `${type} ${reason}: ${message}`);

interface Row {
  readonly does: string;
  readonly spec: Loose;
  readonly acts: readonly string[];
  readonly restartPolicy?: string;
  readonly ends: string;
  readonly says: readonly string[];
  readonly status: Loose;
  readonly events: readonly (string | RegExp)[];
}

const DONE = ['SuccessCriteriaMet CompletionsReached: Reached expected number of succeeded pods', 'Complete CompletionsReached: Reached expected number of succeeded pods'];
const GIVEN_UP = ['FailureTarget BackoffLimitExceeded: Job has reached the specified backoff limit', 'Failed BackoffLimitExceeded: Job has reached the specified backoff limit'];
const LATE = ['FailureTarget DeadlineExceeded: Job was active longer than specified deadline', 'Failed DeadlineExceeded: Job was active longer than specified deadline'];
const CREATED = /^Normal SuccessfulCreate Created pod: j-/;

const rows: readonly Row[] = [
  { does: 'one pod that ends well', spec: {}, acts: ['say hello'], ends: 'Complete', says: DONE, status: { succeeded: 1, ready: 0, terminating: 0 }, events: [CREATED, 'Normal Completed Job completed'] },
  { does: 'four completions, two at a time', spec: { completions: 4, parallelism: 2 }, acts: ['sleep 1'], ends: 'Complete', says: DONE, status: { succeeded: 4 }, events: [CREATED, CREATED, CREATED, CREATED, 'Normal Completed Job completed'] },
  { does: 'a work queue: no number, and the first success is the end', spec: { parallelism: 2 }, acts: ['sleep 1'], ends: 'Complete', says: DONE, status: { succeeded: 2 }, events: [CREATED, CREATED, 'Normal Completed Job completed'] },
  { does: 'a failure with backoffLimit 0', spec: { backoffLimit: 0 }, acts: ['exit 2'], ends: 'Failed', says: GIVEN_UP, status: { failed: 1 }, events: [CREATED, 'Warning BackoffLimitExceeded Job has reached the specified backoff limit'] },
  { does: 'three failures with backoffLimit 2', spec: { backoffLimit: 2 }, acts: ['exit 1'], ends: 'Failed', says: GIVEN_UP, status: { failed: 3 }, events: [CREATED, CREATED, CREATED, 'Warning BackoffLimitExceeded Job has reached the specified backoff limit'] },
  { does: 'a deadline', spec: { activeDeadlineSeconds: 3 }, acts: ['sleep 100'], ends: 'Failed', says: LATE, status: { failed: 1, ready: 0 }, events: [CREATED, /^Normal SuccessfulDelete Deleted pod: j-/, 'Warning DeadlineExceeded Job was active longer than specified deadline'] },
  { does: 'numbered tasks', spec: { completions: 3, parallelism: 3, completionMode: 'Indexed' }, acts: ['env JOB_COMPLETION_INDEX'], ends: 'Complete', says: DONE, status: { succeeded: 3, completedIndexes: '0-2' }, events: [/j-0-/, /j-1-/, /j-2-/, 'Normal Completed Job completed'] },
  {
    does: 'podFailurePolicy: an exit code that ends the Job at once', spec: { backoffLimit: 5, podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { containerName: 'c', operator: 'In', values: [42] } }] } }, acts: ['exit 42'], ends: 'Failed',
    says: ['FailureTarget', 'Failed'].map((type) => expect.stringMatching(new RegExp(`^${type} PodFailurePolicy: Container c for pod default/j-\\w+ failed with exit code 42 matching FailJob rule at index 0$`)) as string),
    status: { failed: 1 }, events: [CREATED, /^Warning PodFailurePolicy Container c for pod/],
  },
  {
    does: 'podFailurePolicy: other exit codes count as ever', spec: { backoffLimit: 1, podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'NotIn', values: [1, 2] } }] } }, acts: ['exit 2'], ends: 'Failed',
    says: GIVEN_UP, status: { failed: 2 }, events: [CREATED, CREATED, 'Warning BackoffLimitExceeded Job has reached the specified backoff limit'],
  },
  {
    does: 'podFailurePolicy: ignored failures are none, so only the deadline ends it', spec: { backoffLimit: 0, activeDeadlineSeconds: 25, podFailurePolicy: { rules: [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [3] } }] } }, acts: ['exit 3'], ends: 'Failed',
    says: LATE, status: { ready: 0, terminating: 0 }, events: [CREATED, CREATED, 'Warning DeadlineExceeded Job was active longer than specified deadline'],
  },
  {
    does: 'backoffLimitPerIndex: every task has failures of its own to spend', spec: { completions: 2, parallelism: 2, completionMode: 'Indexed', backoffLimitPerIndex: 1 }, acts: ['exit 1'], ends: 'Failed',
    says: ['FailureTarget FailedIndexes: Job has failed indexes', 'Failed FailedIndexes: Job has failed indexes'], status: { failed: 4, failedIndexes: '0-1' }, events: [/j-0-/, /j-1-/, /j-[01]-/, /j-[01]-/, 'Warning FailedIndexes Job has failed indexes'],
  },
  {
    does: 'maxFailedIndexes: too many lost tasks end it early', spec: { completions: 5, parallelism: 1, completionMode: 'Indexed', backoffLimitPerIndex: 0, maxFailedIndexes: 1 }, acts: ['exit 1'], ends: 'Failed',
    says: ['FailureTarget', 'Failed'].map((type) => `${type} MaxFailedIndexesExceeded: Job has exceeded the specified maximal number of failed indexes`), status: { failed: 2, failedIndexes: '0-1' }, events: [/j-0-/, /j-1-/, /^Warning MaxFailedIndexesExceeded/],
  },
  {
    does: 'podFailurePolicy FailIndex: one task is lost without another try', spec: { completions: 1, parallelism: 1, completionMode: 'Indexed', backoffLimitPerIndex: 3, podFailurePolicy: { rules: [{ action: 'FailIndex', onExitCodes: { operator: 'In', values: [7] } }] } }, acts: ['exit 7'], ends: 'Failed',
    says: ['FailureTarget FailedIndexes: Job has failed indexes', 'Failed FailedIndexes: Job has failed indexes'], status: { failed: 1, failedIndexes: '0' }, events: [/j-0-/, 'Warning FailedIndexes Job has failed indexes'],
  },
  {
    does: 'successPolicy: enough of the chosen tasks, and the rest are stopped', spec: { completions: 4, parallelism: 1, completionMode: 'Indexed', successPolicy: { rules: [{ succeededIndexes: '0-2', succeededCount: 2 }] } }, acts: ['sleep 1'], ends: 'Complete',
    says: ['SuccessCriteriaMet SuccessPolicy: Matched rules at index 0', 'Complete SuccessPolicy: Matched rules at index 0'], status: { succeeded: 2, completedIndexes: '0-1' }, events: [/j-0-/, /j-1-/, 'Normal Completed Job completed'],
  },
];

test.for(rows)('$does', async (row) => {
  await run(row.spec, row.acts, row.restartPolicy);
  await cluster.until(row.ends, has(row.ends), 120_000);
  await cluster.pass(2000);
  expect(conditions()).toEqual(row.says);
  expect(status()).toMatchObject({ ...row.status, uncountedTerminatedPods: {} });
  const events = cluster.events('j');
  expect(events).toHaveLength(row.events.length);
  row.events.forEach((wanted, at) => expect(events[at]).toMatch(wanted));
  // Every pod was counted once: none holds on to its finalizer.
  expect(cluster.list<Loose>('pods').flatMap((pod) => pod.metadata.finalizers ?? [])).toEqual([]);
});

test('a numbered pod knows its number', async () => {
  await run({ completions: 2, parallelism: 1, completionMode: 'Indexed' }, ['sleep 1']);
  await cluster.until('a pod', () => cluster.list('pods').length === 1);
  const [pod] = cluster.list<Loose>('pods');
  expect(pod.spec.hostname).toBe('j-0');
  expect(pod.metadata.labels['batch.kubernetes.io/job-completion-index']).toBe('0');
  expect(pod.spec.containers[0].env).toEqual([{ name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: "metadata.labels['batch.kubernetes.io/job-completion-index']" } } }]);
});

test('suspended: its pods go, and come again when it resumes', async () => {
  await run({}, ['sleep 100']);
  const suspend = (is: boolean) => cluster.registry.patch('jobs.batch', 'j', 'default', { type: 'merge', body: { spec: { suspend: is } } });
  await cluster.until('it runs', () => status().ready === 1);
  suspend(true);
  await cluster.until('no pod', () => cluster.list('pods').length === 0);
  expect(conditions()).toEqual(['Suspended JobSuspended: Job suspended']);
  expect(status().startTime).toBeUndefined();
  suspend(false);
  await cluster.until('it runs again', () => status().ready === 1);
  expect(conditions()).toEqual(['Suspended JobResumed: Job resumed']);
});

test('ttlSecondsAfterFinished takes a Job and its pods away', async () => {
  await run({ ttlSecondsAfterFinished: 5 }, ['say bye']);
  await cluster.until('it is over', has('Complete'));
  await cluster.until('it is gone', () => cluster.list('jobs.batch').length === 0 && cluster.list('pods').length === 0);
});

test('a deleted Job leaves no pod behind', async () => {
  await run({}, ['sleep 100']);
  await cluster.until('it runs', () => status().ready === 1);
  cluster.registry.delete('jobs.batch', 'j', 'default', { propagationPolicy: 'Background' });
  await cluster.until('nothing is left', () => cluster.list('pods').length === 0);
});

test.for([
  ['*/5 * * * *', '2026-01-01T00:05:00Z'],
  ['@hourly', '2026-01-01T01:00:00Z'],
  ['30 9 * * mon-fri', '2026-01-01T09:30:00Z'],
  ['0 0 13 * 5', '2026-01-02T00:00:00Z'],
  ['0 12 29 2 *', '2028-02-29T12:00:00Z'],
  ['@every 1h30m', '2026-01-01T01:30:00Z'],
  ['0 9 * * *', '2026-01-01T08:00:00Z', 'Europe/Paris'],
  ['0 0 30 2 *', 'never'],
  ['61 * * * *', 'no schedule'],
  ['* * * *', 'no schedule'],
] as const)('schedule %s', ([text, next, zone]) => {
  const schedule = parseSchedule(text, zone);
  const at = schedule?.(Date.UTC(2026, 0, 1));
  expect(schedule === undefined ? 'no schedule' : at === undefined ? 'never' : new Date(at).toISOString().replace('.000', '')).toBe(next);
});

test('a CronJob makes a Job every minute, and keeps the last ones', async () => {
  cluster = makeCluster({ nodes: ['worker'] });
  await cluster.pass(500);
  cluster.apply({ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'tick' }, spec: { schedule: '* * * * *', successfulJobsHistoryLimit: 2, jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox:1.36', command: ['act', 'sleep 1'] }] } } } } } });
  await cluster.pass(250_000);
  const minute = Date.UTC(2026, 0, 1) / 60_000;
  expect(cluster.list<Loose>('jobs.batch').map(({ metadata, status: { succeeded } }) => `${metadata.name} ${succeeded}`)).toEqual([`tick-${minute + 3} 1`, `tick-${minute + 4} 1`]);
  expect(cluster.get('cronjobs.batch', 'tick').status).toEqual({ lastScheduleTime: '2026-01-01T00:04:00Z', lastSuccessfulTime: expect.stringContaining('2026-01-01T00:04:0') });
  expect(cluster.events('tick').slice(0, 2)).toEqual([`Normal SuccessfulCreate Created job tick-${minute + 1}`, `Normal SawCompletedJob Saw completed job: tick-${minute + 1}, condition: Complete`]);
});

test.for([['', []], ['0', [0]], ['0-2', [0, 1, 2]], ['0-1,5,7-9', [0, 1, 5, 7, 8, 9]]] as const)('indexes %s', ([text, indexes]) => {
  expect([...parseIndexes(text)]).toEqual(indexes);
  expect(printIndexes(new Set(indexes))).toBe(text);
});
