/**
 * What a deployment says of itself: counts, and the two conditions that `rollout status` reads.
 * See pkg/controller/deployment/{sync,progress}.go.
 */
import type { Stored } from '../../api/object.ts';
import { timestamp } from '../../api/time.ts';
import { condition, withDeploymentCondition, without } from '../conditions.ts';
import type { Condition, Deployment, DeploymentStatus, ReplicaSet } from '../shapes.ts';
import { boundsOf, totalOf, totalSize } from './revisions.ts';

/** A deadline of 2^31-1 seconds means none. */
const NO_DEADLINE = 2_147_483_647;

export function hasDeadline(deployment: Stored<Deployment>): boolean {
  const seconds = deployment.spec.progressDeadlineSeconds;
  return seconds !== undefined && seconds !== NO_DEADLINE;
}

export function progressing(status: 'True' | 'False' | 'Unknown', reason: string, message: string, nowUnixMs: number): Condition {
  const now = timestamp(nowUnixMs);
  return { type: 'Progressing', status, lastUpdateTime: now, lastTransitionTime: now, reason, message };
}

/** Counts and availability; `Progressing` is left as it was. */
export function countStatus(deployment: Stored<Deployment>, sets: readonly Stored<ReplicaSet>[], newSet: Stored<ReplicaSet> | undefined, nowUnixMs: number): DeploymentStatus {
  const available = totalOf(sets, 'availableReplicas');
  const enough = available >= (deployment.spec.replicas ?? 1) - boundsOf(deployment).maxUnavailable;
  const now = timestamp(nowUnixMs);
  const conditions = withDeploymentCondition(deployment.status?.conditions as never, {
    type: 'Available',
    status: enough ? 'True' : 'False',
    lastUpdateTime: now,
    lastTransitionTime: now,
    reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    message: enough ? 'Deployment has minimum availability.' : 'Deployment does not have minimum availability.',
  });
  return {
    observedGeneration: deployment.metadata.generation ?? 1,
    ...present('replicas', totalOf(sets, 'replicas')),
    ...present('updatedReplicas', newSet?.status?.replicas ?? 0),
    ...present('readyReplicas', totalOf(sets, 'readyReplicas')),
    ...present('availableReplicas', available),
    ...present('unavailableReplicas', Math.max(0, totalSize(sets) - available)),
    terminatingReplicas: totalOf(sets, 'terminatingReplicas'),
    ...(deployment.status?.collisionCount !== undefined && { collisionCount: deployment.status.collisionCount }),
    conditions,
  };
}

/** Go leaves a zero out. */
function present<K extends string>(key: K, count: number): { [P in K]?: number } {
  return count === 0 ? {} : ({ [key]: count } as { [P in K]?: number });
}

/** `countStatus`, and how the rollout goes: complete, moving, stuck. */
export function rolloutStatus(deployment: Stored<Deployment>, sets: readonly Stored<ReplicaSet>[], newSet: Stored<ReplicaSet> | undefined, nowUnixMs: number): DeploymentStatus {
  const status = countStatus(deployment, sets, newSet, nowUnixMs);
  let conditions = status.conditions ?? [];
  if (!hasDeadline(deployment)) conditions = without(conditions, 'Progressing');
  const current = condition(deployment.status?.conditions as never, 'Progressing');
  const isSettled = status.replicas === status.updatedReplicas && current?.reason === 'NewReplicaSetAvailable';
  if (hasDeadline(deployment) && !isSettled) {
    const subject = newSet ? `ReplicaSet "${newSet.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
    if (isComplete(deployment, status)) {
      conditions = withDeploymentCondition(conditions, progressing('True', 'NewReplicaSetAvailable', `${subject} has successfully progressed.`, nowUnixMs));
    } else if (hasMoved(deployment.status ?? {}, status)) {
      const moved = progressing('True', 'ReplicaSetUpdated', `${subject} is progressing.`, nowUnixMs);
      const kept = current?.status === 'True' && current.lastTransitionTime ? { ...moved, lastTransitionTime: current.lastTransitionTime } : moved;
      // Every sign of life renews the update time, and with it the deadline.
      conditions = [...without(conditions, 'Progressing'), kept];
    } else if (isOverdue(deployment, status, nowUnixMs)) {
      conditions = withDeploymentCondition(conditions, progressing('False', 'ProgressDeadlineExceeded', `${subject} has timed out progressing.`, nowUnixMs));
    }
  }
  const failure = sets.map((set) => condition(set.status?.conditions as never, 'ReplicaFailure')).find((one) => one?.status === 'True');
  conditions = failure ? withDeploymentCondition(conditions, { ...failure, lastUpdateTime: timestamp(nowUnixMs) }) : without(conditions, 'ReplicaFailure');
  return { ...status, conditions };
}

export function isComplete(deployment: Stored<Deployment>, status: Stored<DeploymentStatus>): boolean {
  const replicas = deployment.spec.replicas ?? 1;
  return (
    (status.updatedReplicas ?? 0) === replicas &&
    (status.replicas ?? 0) === replicas &&
    (status.availableReplicas ?? 0) === replicas &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 1)
  );
}

function hasMoved(before: Stored<DeploymentStatus>, now: DeploymentStatus): boolean {
  const old = (status: Stored<DeploymentStatus>) => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (now.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(now) < old(before) ||
    (now.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (now.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

/** When the deadline of an unfinished rollout is; undefined when none runs. */
export function deadlineUnixMs(deployment: Stored<Deployment>, status: Stored<DeploymentStatus>): number | undefined {
  const current = condition(status.conditions as never, 'Progressing');
  if (!current || !hasDeadline(deployment) || current.reason === 'NewReplicaSetAvailable' || current.reason === 'ProgressDeadlineExceeded') return undefined;
  return Date.parse(current.lastUpdateTime ?? '') + (deployment.spec.progressDeadlineSeconds ?? 0) * 1000;
}

function isOverdue(deployment: Stored<Deployment>, status: DeploymentStatus, nowUnixMs: number): boolean {
  const current = condition(status.conditions, 'Progressing');
  if (current?.reason === 'ProgressDeadlineExceeded') return true;
  const deadline = deadlineUnixMs(deployment, status);
  return deadline !== undefined && deadline < nowUnixMs;
}
