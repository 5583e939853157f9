/** Deployments, ReplicaSets, DaemonSets, StatefulSets, Jobs and CronJobs. See kubectl/pkg/describe/describe.go. */
import { humanDuration } from '../../base/duration.ts';
import { dig, type KubeObject } from '../object.ts';
import { writeEvents, type Event } from './events.ts';
import { controllerOf, selectorText, timeOf, writeAnnotations, writeHead, writeLabels, writeMeta, type LabelSelector } from './fields.ts';
import { describePodTemplate } from './pod-template.ts';
import type { Writer } from './writer.ts';

const num = (object: KubeObject, ...path: string[]) => (dig(object, ...path) as number | undefined) ?? 0;
const selector = (object: KubeObject) => selectorText(dig(object, 'spec', 'selector') as LabelSelector | undefined);
const template = (object: KubeObject, ...path: string[]) => dig(object, ...path) as KubeObject | undefined;

function writeTemplate(out: Writer, holder: KubeObject | undefined): void {
  out.line(0, 'Pod Template:');
  describePodTemplate(out, holder);
}

/** How the pods of a workload are: what `Pods Status` counts. */
export interface PodCounts {
  readonly running: number;
  readonly waiting: number;
  readonly succeeded: number;
  readonly failed: number;
}

const podsStatus = ({ running, waiting, succeeded, failed }: PodCounts) => `${running} Running / ${waiting} Waiting / ${succeeded} Succeeded / ${failed} Failed`;

export interface OwnedSets {
  /** The set of the present template, and the others that still have pods. */
  readonly fresh: KubeObject | undefined;
  readonly old: readonly KubeObject[];
}

export function describeDeployment(out: Writer, object: KubeObject, { fresh, old }: OwnedSets, events: readonly Event[]): void {
  writeHead(out, object);
  out.line(0, `CreationTimestamp:\t${timeOf(object.metadata?.creationTimestamp)}`);
  writeMeta(out, object);
  out.line(0, `Selector:\t${selector(object)}`);
  out.line(0, `Replicas:\t${num(object, 'spec', 'replicas')} desired | ${num(object, 'status', 'updatedReplicas')} updated | ${num(object, 'status', 'replicas')} total | ${num(object, 'status', 'availableReplicas')} available | ${num(object, 'status', 'unavailableReplicas')} unavailable`);
  out.line(0, `StrategyType:\t${dig(object, 'spec', 'strategy', 'type') as string}`);
  out.line(0, `MinReadySeconds:\t${num(object, 'spec', 'minReadySeconds')}`);
  const rolling = dig(object, 'spec', 'strategy', 'rollingUpdate') as { maxUnavailable?: string | number; maxSurge?: string | number } | undefined;
  if (rolling) out.line(0, `RollingUpdateStrategy:\t${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge`);
  writeTemplate(out, template(object, 'spec', 'template'));
  const conditions = (dig(object, 'status', 'conditions') as { type: string; status: string; reason: string }[] | undefined) ?? [];
  if (conditions.length > 0) {
    out.write('Conditions:\n  Type\tStatus\tReason\n  ----\t------\t------\n');
    for (const one of conditions) out.write(`  ${one.type} \t${one.status}\t${one.reason}\n`);
  }
  const told = (sets: readonly KubeObject[]) => sets.map((set) => `${set.metadata?.name} (${num(set, 'status', 'replicas')}/${num(set, 'spec', 'replicas')} replicas created)`).join(', ') || '<none>';
  out.line(0, `OldReplicaSets:\t${told(old)}`);
  out.line(0, `NewReplicaSet:\t${told(fresh ? [fresh] : [])}`);
  writeEvents(out, events);
}

export function describeReplicaSet(out: Writer, object: KubeObject, counts: PodCounts, events: readonly Event[]): void {
  writeHead(out, object);
  out.line(0, `Selector:\t${selector(object)}`);
  writeMeta(out, object);
  const owner = controllerOf(object);
  if (owner) out.line(0, `Controlled By:\t${owner}`);
  out.line(0, `Replicas:\t${num(object, 'status', 'replicas')} current / ${num(object, 'spec', 'replicas')} desired`);
  out.line(0, `Pods Status:\t${podsStatus(counts)}`);
  writeTemplate(out, template(object, 'spec', 'template'));
  const conditions = (dig(object, 'status', 'conditions') as { type: string; status: string; reason: string }[] | undefined) ?? [];
  if (conditions.length > 0) {
    out.write('Conditions:\n  Type\tStatus\tReason\n  ----\t------\t------\n');
    for (const one of conditions) out.write(`  ${one.type} \t${one.status}\t${one.reason}\n`);
  }
  writeEvents(out, events);
}

export function describeDaemonSet(out: Writer, object: KubeObject, counts: PodCounts, events: readonly Event[]): void {
  writeHead(out, object);
  out.line(0, `Selector:\t${selector(object)}`);
  writeLabels(out, 'Node-Selector', dig(object, 'spec', 'template', 'spec', 'nodeSelector') as Record<string, string> | undefined);
  writeMeta(out, object);
  for (const [title, field] of [['Desired Number of Nodes Scheduled', 'desiredNumberScheduled'], ['Current Number of Nodes Scheduled', 'currentNumberScheduled'], ['Number of Nodes Scheduled with Up-to-date Pods', 'updatedNumberScheduled'], ['Number of Nodes Scheduled with Available Pods', 'numberAvailable'], ['Number of Nodes Misscheduled', 'numberMisscheduled']] as const) {
    out.line(0, `${title}: ${num(object, 'status', field)}`);
  }
  out.line(0, `Pods Status:\t${podsStatus(counts)}`);
  writeTemplate(out, template(object, 'spec', 'template'));
  writeEvents(out, events);
}

export function describeStatefulSet(out: Writer, object: KubeObject, counts: PodCounts, events: readonly Event[]): void {
  writeHead(out, object);
  out.line(0, `CreationTimestamp:\t${timeOf(object.metadata?.creationTimestamp)}`);
  out.line(0, `Selector:\t${selector(object)}`);
  writeMeta(out, object);
  out.line(0, `Replicas:\t${num(object, 'spec', 'replicas')} desired | ${num(object, 'status', 'replicas')} total`);
  out.line(0, `Update Strategy:\t${dig(object, 'spec', 'updateStrategy', 'type') as string}`);
  const partition = dig(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') as number | undefined;
  if (partition !== undefined) out.line(1, `Partition:\t${partition}`);
  out.line(0, `Pods Status:\t${podsStatus(counts)}`);
  writeTemplate(out, template(object, 'spec', 'template'));
  const claims = (dig(object, 'spec', 'volumeClaimTemplates') as KubeObject[] | undefined) ?? [];
  if (claims.length === 0) out.line(0, 'Volume Claims:\t<none>');
  else out.line(0, 'Volume Claims:');
  for (const claim of claims) {
    out.write(`  Name:\t${claim.metadata?.name}\n  StorageClass:\t${(dig(claim, 'spec', 'storageClassName') as string | undefined) ?? ''}\n`);
    writeLabels(out, 'Labels', claim.metadata?.labels, { indent: '  ' });
    writeAnnotations(out, claim.metadata?.annotations, { indent: '  ' });
    out.write(`  Capacity:\t${(dig(claim, 'spec', 'resources', 'requests', 'storage') as string | undefined) ?? '<default>'}\n  Access Modes:\t[${((dig(claim, 'spec', 'accessModes') as string[] | undefined) ?? []).join(' ')}]\n`);
  }
  writeEvents(out, events);
}

export function describeJob(out: Writer, object: KubeObject, events: readonly Event[]): void {
  const value = (...path: string[]) => dig(object, ...path) as string | number | boolean | undefined;
  writeHead(out, object);
  out.line(0, `Selector:\t${selector(object)}`);
  writeMeta(out, object);
  const owner = controllerOf(object);
  if (owner) out.line(0, `Controlled By:\t${owner}`);
  if (value('spec', 'parallelism') !== undefined) out.line(0, `Parallelism:\t${value('spec', 'parallelism')}`);
  out.line(0, `Completions:\t${value('spec', 'completions') ?? '<unset>'}`);
  if (value('spec', 'completionMode')) out.line(0, `Completion Mode:\t${value('spec', 'completionMode')}`);
  if (value('spec', 'suspend') !== undefined) out.line(0, `Suspend:\t${value('spec', 'suspend')}`);
  if (value('spec', 'backoffLimit') !== undefined) out.line(0, `Backoff Limit:\t${value('spec', 'backoffLimit')}`);
  if (value('spec', 'ttlSecondsAfterFinished') !== undefined) out.line(0, `TTL Seconds After Finished:\t${value('spec', 'ttlSecondsAfterFinished')}`);
  const [start, end] = [value('status', 'startTime') as string | undefined, value('status', 'completionTime') as string | undefined];
  if (start) out.line(0, `Start Time:\t${timeOf(start)}`);
  if (end) out.line(0, `Completed At:\t${timeOf(end)}`);
  if (start && end) out.line(0, `Duration:\t${humanDuration(Date.parse(end) - Date.parse(start))}`);
  if (value('spec', 'activeDeadlineSeconds') !== undefined) out.line(0, `Active Deadline Seconds:\t${value('spec', 'activeDeadlineSeconds')}s`);
  const ready = value('status', 'ready');
  out.line(0, `Pods Statuses:\t${num(object, 'status', 'active')} Active${ready === undefined ? '' : ` (${ready} Ready)`} / ${num(object, 'status', 'succeeded')} Succeeded / ${num(object, 'status', 'failed')} Failed`);
  if (value('spec', 'completionMode') === 'Indexed') out.line(0, `Completed Indexes:\t${value('status', 'completedIndexes') || '<none>'}`);
  writeTemplate(out, template(object, 'spec', 'template'));
  writeEvents(out, events);
}

export function describeCronJob(out: Writer, object: KubeObject, events: readonly Event[]): void {
  const value = (...path: string[]) => dig(object, ...path) as string | number | boolean | undefined;
  writeHead(out, object);
  writeMeta(out, object);
  out.line(0, `Schedule:\t${value('spec', 'schedule')}`);
  out.line(0, `Concurrency Policy:\t${value('spec', 'concurrencyPolicy')}`);
  out.line(0, `Suspend:\t${value('spec', 'suspend') ? 'True' : 'False'}`);
  out.line(0, `Successful Job History Limit:\t${value('spec', 'successfulJobsHistoryLimit') ?? '<unset>'}`);
  out.line(0, `Failed Job History Limit:\t${value('spec', 'failedJobsHistoryLimit') ?? '<unset>'}`);
  const deadline = value('spec', 'startingDeadlineSeconds');
  out.line(0, `Starting Deadline Seconds:\t${deadline === undefined ? '<unset>' : `${deadline}s`}`);
  const job = dig(object, 'spec', 'jobTemplate') as KubeObject;
  out.line(0, `Selector:\t${dig(job, 'spec', 'selector') ? selector(job) : '<unset>'}`);
  out.line(0, `Parallelism:\t${value('spec', 'jobTemplate', 'spec', 'parallelism') ?? '<unset>'}`);
  out.line(0, `Completions:\t${value('spec', 'jobTemplate', 'spec', 'completions') ?? '<unset>'}`);
  writeTemplate(out, template(object, 'spec', 'jobTemplate', 'spec', 'template'));
  const last = value('status', 'lastScheduleTime') as string | undefined;
  out.line(0, `Last Schedule Time:\t${last ? timeOf(last) : '<unset>'}`);
  const active = (dig(object, 'status', 'active') as { name: string }[] | undefined) ?? [];
  out.line(0, `Active Jobs:\t${active.map((one) => one.name).join(', ') || '<none>'}`);
  writeEvents(out, events);
}
