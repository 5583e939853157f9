/**
 * ReplicaSet: as many pods as `spec.replicas` says, no more, no fewer. Knows nothing of rollouts.
 * See pkg/controller/replicaset/replica_set.go.
 */
import { ApiError } from '../api/status.ts';
import type { ObjectKey, Stored } from '../api/object.ts';
import { withCondition, without, condition } from './conditions.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { inDeletionOrder } from './deletion-order.ts';
import { draft, isEqual } from '../api/deep.ts';
import { timestamp } from '../api/time.ts';
import { controllerOf, find, keyOf, list } from './objects.ts';
import { createPod, deletePod, isNamespaceTerminating } from './pod-control.ts';
import { isActive, isAvailable, isReady, isTerminating, nextAvailableMs } from './pods.ts';
import { claim, selects } from './selectors.ts';
import type { Pod, ReplicaSet } from './shapes.ts';

const COMPONENT = 'replicaset-controller';
/** Most pods made or removed in one step; the next step follows at once. */
const BURST = 500;

export function replicaSetController(context: ControllerContext): Controller {
  const { registry } = context;
  return {
    name: 'replicaset',
    watches: [
      { group: 'apps', resource: 'replicasets', toKeys: (object) => [keyOf(object)] },
      { group: '', resource: 'pods', toKeys: (object) => ownersOf(context, object as unknown as Stored<Pod>) },
    ],
    reconcile: (key) => {
      const replicaSet = find<ReplicaSet>(registry, 'replicasets.apps', key);
      if (!replicaSet) return;
      const pods = claim<Pod>(registry, 'pods', replicaSet, replicaSet.spec.selector);
      let failure: Failure | undefined;
      if (!replicaSet.metadata.deletionTimestamp) failure = manage(context, replicaSet, pods.filter(isActive));
      const now = claim<Pod>(registry, 'pods', replicaSet, replicaSet.spec.selector);
      updateStatus(context, replicaSet, now, failure);
      if (failure) throw failure.error;
      const again = nextAvailableMs(now, replicaSet.spec.minReadySeconds ?? 0, context.clock.unixMs());
      return again === undefined ? undefined : { againAfterMs: again };
    },
  };
}

/** A pod concerns the ReplicaSet that controls it; an orphan concerns all that could adopt it. */
function ownersOf({ registry }: ControllerContext, pod: Stored<Pod>): readonly ObjectKey[] {
  const namespace = pod.metadata.namespace ?? 'default';
  const owner = controllerOf(pod);
  if (owner) return owner.kind === 'ReplicaSet' ? [{ namespace, name: owner.name }] : [];
  return list<ReplicaSet>(registry, 'replicasets.apps', namespace)
    .filter((one) => selects(one.spec.selector, pod.metadata.labels))
    .map(keyOf);
}

interface Failure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly error: ApiError;
}

function manage(context: ControllerContext, replicaSet: Stored<ReplicaSet>, active: readonly Stored<Pod>[]): Failure | undefined {
  const missing = (replicaSet.spec.replicas ?? 1) - active.length;
  try {
    for (let i = 0; i < Math.min(missing, BURST); i++) createPod(context, COMPONENT, replicaSet, replicaSet.spec.template);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return isNamespaceTerminating(error) ? undefined : { reason: 'FailedCreate', error };
  }
  if (missing >= 0) return undefined;
  try {
    const order = inDeletionOrder(active, siblingPods(context, replicaSet), context.clock.unixMs());
    for (const pod of order.slice(0, Math.min(-missing, BURST))) deletePod(context, COMPONENT, replicaSet, pod);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { reason: 'FailedDelete', error };
  }
  return undefined;
}

/** Active pods of all ReplicaSets with the same owner: a deployment's pods are spread as one. */
function siblingPods({ registry }: ControllerContext, replicaSet: Stored<ReplicaSet>): readonly Stored<Pod>[] {
  const owner = controllerOf(replicaSet);
  const siblings = owner ? list<ReplicaSet>(registry, 'replicasets.apps', replicaSet.metadata.namespace).filter((one) => controllerOf(one)?.uid === owner.uid) : [replicaSet];
  const uids = new Set(siblings.map((one) => one.metadata.uid));
  return list<Pod>(registry, 'pods', replicaSet.metadata.namespace).filter((pod) => isActive(pod) && uids.has(controllerOf(pod)?.uid));
}

function updateStatus({ registry, clock }: ControllerContext, replicaSet: Stored<ReplicaSet>, pods: readonly Stored<Pod>[], failure: Failure | undefined): void {
  const active = pods.filter(isActive);
  const templateLabels = Object.entries(replicaSet.spec.template.metadata?.labels ?? {});
  const labelled = active.filter((pod) => templateLabels.every(([key, value]) => pod.metadata.labels?.[key] === value));
  const ready = active.filter(isReady);
  const available = ready.filter((pod) => isAvailable(pod, replicaSet.spec.minReadySeconds ?? 0, clock.unixMs()));
  const conditions = conditionsAfter(replicaSet, failure, timestamp(clock.unixMs()));
  const status = {
    replicas: active.length,
    ...(labelled.length > 0 && { fullyLabeledReplicas: labelled.length }),
    ...(ready.length > 0 && { readyReplicas: ready.length }),
    ...(available.length > 0 && { availableReplicas: available.length }),
    terminatingReplicas: pods.filter(isTerminating).length,
    observedGeneration: replicaSet.metadata.generation ?? 1,
    ...(conditions.length > 0 && { conditions }),
  };
  if (isEqual(status, replicaSet.status)) return;
  // Adopting or releasing pods does not touch the ReplicaSet itself, so what was read is still the newest.
  registry.update('replicasets.apps', { ...draft(replicaSet), status } as ReplicaSet, { subresource: 'status' });
}

function conditionsAfter(replicaSet: Stored<ReplicaSet>, failure: Failure | undefined, now: string) {
  const conditions = replicaSet.status?.conditions;
  if (!failure) return without(conditions as never, 'ReplicaFailure');
  if (condition(conditions as never, 'ReplicaFailure')) return [...(conditions ?? [])];
  return withCondition(conditions as never, { type: 'ReplicaFailure', status: 'True', lastTransitionTime: now, reason: failure.reason, message: failure.error.message });
}
