/**
 * ReplicaSet: as many pods as `spec.replicas` says, no more, no fewer. Knows nothing of rollouts.
 * See pkg/controller/replicaset/replica_set.go.
 */
import { ApiError } from '../api/status.ts';
import type { KubeObject, ObjectKey, Stored } from '../api/object.ts';
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

/** Most pods made or removed in one step; the next step follows at once. */
const BURST = 500;

/** Which kind's objects are kept at their number: ReplicaSets, or what came before them (see replicationcontroller.ts). */
export interface Replicated {
  readonly name: string;
  readonly group: string;
  readonly resource: string;
  readonly kind: string;
  readonly component: string;
  /** The stored object as a ReplicaSet. */
  readonly read: (object: Stored<KubeObject>) => Stored<ReplicaSet>;
  /** What of a ReplicaSet's status this kind has. */
  readonly statusOf: (status: Status) => Partial<Status>;
}

type Status = NonNullable<ReplicaSet['status']>;

interface Context extends ControllerContext {
  readonly of: Replicated;
}

export const replicaSetController = (context: ControllerContext): Controller =>
  replicasController({
    ...context,
    of: { name: 'replicaset', group: 'apps', resource: 'replicasets', kind: 'ReplicaSet', component: 'replicaset-controller', read: (object) => object as unknown as Stored<ReplicaSet>, statusOf: (status) => status },
  });

export function replicasController(context: Context): Controller {
  const { registry, of } = context;
  return {
    name: of.name,
    watches: [
      { group: of.group, resource: of.resource, toKeys: (object) => [keyOf(object)] },
      { group: '', resource: 'pods', toKeys: (object) => ownersOf(context, object as unknown as Stored<Pod>) },
    ],
    reconcile: (key) => {
      const stored = find<KubeObject>(registry, storedAs(of), key);
      if (!stored) return;
      const replicaSet = of.read(stored);
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

const storedAs = ({ group, resource }: Replicated): string => (group ? `${resource}.${group}` : resource);

const allOf = ({ registry, of }: Context, namespace: string | undefined): readonly Stored<ReplicaSet>[] => list<KubeObject>(registry, storedAs(of), namespace).map(of.read);

/** A pod concerns the ReplicaSet that controls it; an orphan concerns all that could adopt it. */
function ownersOf(context: Context, pod: Stored<Pod>): readonly ObjectKey[] {
  const namespace = pod.metadata.namespace ?? 'default';
  const owner = controllerOf(pod);
  if (owner) return owner.kind === context.of.kind ? [{ namespace, name: owner.name }] : [];
  return allOf(context, namespace)
    .filter((one) => selects(one.spec.selector, pod.metadata.labels))
    .map(keyOf);
}

interface Failure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly error: ApiError;
}

function manage(context: Context, replicaSet: Stored<ReplicaSet>, active: readonly Stored<Pod>[]): Failure | undefined {
  const missing = (replicaSet.spec.replicas ?? 1) - active.length;
  try {
    for (let i = 0; i < Math.min(missing, BURST); i++) createPod(context, context.of.component, replicaSet, replicaSet.spec.template);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return isNamespaceTerminating(error) ? undefined : { reason: 'FailedCreate', error };
  }
  if (missing >= 0) return undefined;
  try {
    const order = inDeletionOrder(active, siblingPods(context, replicaSet), context.clock.unixMs());
    for (const pod of order.slice(0, Math.min(-missing, BURST))) deletePod(context, context.of.component, replicaSet, pod);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { reason: 'FailedDelete', error };
  }
  return undefined;
}

/** Active pods of all ReplicaSets with the same owner: a deployment's pods are spread as one. */
function siblingPods(context: Context, replicaSet: Stored<ReplicaSet>): readonly Stored<Pod>[] {
  const owner = controllerOf(replicaSet);
  const siblings = owner ? allOf(context, replicaSet.metadata.namespace).filter((one) => controllerOf(one)?.uid === owner.uid) : [replicaSet];
  const uids = new Set(siblings.map((one) => one.metadata.uid));
  return list<Pod>(context.registry, 'pods', replicaSet.metadata.namespace).filter((pod) => isActive(pod) && uids.has(controllerOf(pod)?.uid));
}

function updateStatus({ registry, clock, of }: Context, replicaSet: Stored<ReplicaSet>, pods: readonly Stored<Pod>[], failure: Failure | undefined): void {
  const active = pods.filter(isActive);
  const templateLabels = Object.entries(replicaSet.spec.template.metadata?.labels ?? {});
  const labelled = active.filter((pod) => templateLabels.every(([key, value]) => pod.metadata.labels?.[key] === value));
  const ready = active.filter(isReady);
  const available = ready.filter((pod) => isAvailable(pod, replicaSet.spec.minReadySeconds ?? 0, clock.unixMs()));
  const conditions = conditionsAfter(replicaSet, failure, timestamp(clock.unixMs()));
  const status = of.statusOf({
    replicas: active.length,
    ...(labelled.length > 0 && { fullyLabeledReplicas: labelled.length }),
    ...(ready.length > 0 && { readyReplicas: ready.length }),
    ...(available.length > 0 && { availableReplicas: available.length }),
    terminatingReplicas: pods.filter(isTerminating).length,
    observedGeneration: replicaSet.metadata.generation ?? 1,
    ...(conditions.length > 0 && { conditions }),
  });
  if (isEqual(status, replicaSet.status)) return;
  // Adopting or releasing pods does not touch the ReplicaSet itself, so what was read is still the newest.
  registry.update(storedAs(of), { ...draft(replicaSet), status } as ReplicaSet, { subresource: 'status' });
}

function conditionsAfter(replicaSet: Stored<ReplicaSet>, failure: Failure | undefined, now: string) {
  const conditions = replicaSet.status?.conditions;
  if (!failure) return without(conditions as never, 'ReplicaFailure');
  if (condition(conditions as never, 'ReplicaFailure')) return [...(conditions ?? [])];
  return withCondition(conditions as never, { type: 'ReplicaFailure', status: 'True', lastTransitionTime: now, reason: failure.reason, message: failure.error.message });
}
