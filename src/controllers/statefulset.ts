/**
 * StatefulSet: pods with numbers, made in order, taken away in reverse order, each coming back under its own name.
 * See pkg/controller/statefulset/stateful_set_control.go.
 */
import { draft, isEqual } from '../api/deep.ts';
import type { ObjectKey, Stored } from '../api/object.ts';
import { ApiError } from '../api/status.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { controllerOf, find, keyOf, list } from './objects.ts';
import { isNamespaceTerminating } from './pod-control.ts';
import { isAvailable, isFinished, isReady, nextAvailableMs } from './pods.ts';
import { claim, selects } from './selectors.ts';
import type { Pod } from './shapes.ts';
import { revisionsOf, templateOf, trim, type Revisions } from './statefulset/history.ts';
import { createOrdinal, deleteOrdinal, leaveClaimsTo, ordinalOf, REVISION_LABEL } from './statefulset/pods.ts';
import type { StatefulSet } from './statefulset/shapes.ts';

const COMPONENT = 'statefulset-controller';

export function statefulSetController(context: ControllerContext): Controller {
  return {
    name: 'statefulset',
    watches: [
      { group: 'apps', resource: 'statefulsets', toKeys: (object) => [keyOf(object)] },
      { group: '', resource: 'pods', toKeys: (object) => setsOf(context, object as unknown as Stored<Pod>) },
    ],
    reconcile: (key) => reconcile(context, key),
  };
}

function setsOf({ registry }: ControllerContext, pod: Stored<Pod>): readonly ObjectKey[] {
  const namespace = pod.metadata.namespace ?? 'default';
  const owner = controllerOf(pod);
  if (owner) return owner.kind === 'StatefulSet' ? [{ namespace, name: owner.name }] : [];
  return list<StatefulSet>(registry, 'statefulsets.apps', namespace).filter((set) => selects(set.spec.selector, pod.metadata.labels)).map(keyOf);
}

function reconcile(context: ControllerContext, key: ObjectKey): void | { readonly againAfterMs: number } {
  const { registry, clock } = context;
  const set = find<StatefulSet>(registry, 'statefulsets.apps', key);
  if (!set) return;
  const pods = () => claim<Pod>(registry, 'pods', set, set.spec.selector).filter((pod) => ordinalOf(set, pod) !== undefined);
  let failure: ApiError | undefined;
  let revisions: Revisions;
  try {
    revisions = revisionsOf(context, set);
    if (!set.metadata.deletionTimestamp) step(context, set, pods(), revisions);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (isNamespaceTerminating(error)) return;
    failure = error;
    revisions = revisionsOf(context, set);
  }
  const now = pods();
  writeStatus(context, set, now, revisions);
  trim(context, set, new Set([revisions.current.metadata.name, revisions.update.metadata.name, ...now.map((pod) => pod.metadata.labels?.[REVISION_LABEL])]));
  if (failure) throw failure;
  const again = nextAvailableMs(now, set.spec.minReadySeconds ?? 0, clock.unixMs());
  return again === undefined ? undefined : { againAfterMs: again };
}

/** One step towards what is wanted; unless pods may go in parallel, everything waits for the first that is not well. */
function step(context: ControllerContext, set: Stored<StatefulSet>, pods: readonly Stored<Pod>[], revisions: Revisions): void {
  const { replicas = 1, minReadySeconds = 0 } = set.spec;
  const start = set.spec.ordinals?.start ?? 0;
  const inOrder = set.spec.podManagementPolicy !== 'Parallel';
  const isWell = (pod: Stored<Pod>) => !pod.metadata.deletionTimestamp && isReady(pod) && isAvailable(pod, minReadySeconds, context.clock.unixMs());
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(set, pod)!, pod]));
  for (let ordinal = start; ordinal < start + replicas; ordinal++) {
    const pod = byOrdinal.get(ordinal);
    if (pod && isFinished(pod) && !pod.metadata.deletionTimestamp) {
      context.record({ object: set, type: 'Warning', reason: pod.status?.phase === 'Failed' ? 'RecreatingFailedPod' : 'RecreatingTerminatedPod', message: `StatefulSet ${set.metadata.namespace}/${set.metadata.name} is recreating ${pod.status?.phase === 'Failed' ? 'failed' : 'terminated'} Pod ${pod.metadata.name}`, component: COMPONENT });
      deleteOrdinal(context, set, pod);
      if (inOrder) return;
      continue;
    }
    if (!pod) {
      const revision = revisionFor(set, ordinal, start, revisions);
      createOrdinal(context, set, ordinal, templateOf(revision), revision.metadata.name);
    }
    if (inOrder && !(pod && isWell(pod))) return;
  }
  const condemned = pods.filter((pod) => ordinalOf(set, pod)! < start || ordinalOf(set, pod)! >= start + replicas).toSorted((a, b) => ordinalOf(set, b)! - ordinalOf(set, a)!);
  for (const pod of condemned) {
    if (!pod.metadata.deletionTimestamp) {
      leaveClaimsTo(context, set, ordinalOf(set, pod)!, pod);
      deleteOrdinal(context, set, pod);
    }
    if (inOrder) return;
  }
  if (set.spec.updateStrategy?.type !== 'OnDelete') roll(context, set, byOrdinal, { start, replicas, isWell, update: revisions.update.metadata.name });
}

/** Which template an ordinal gets: the old one below the partition, and where the update has not come to yet. */
function revisionFor(set: Stored<StatefulSet>, ordinal: number, start: number, { current, update }: Revisions): Revisions['update'] {
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {};
  if (type === 'OnDelete') return update;
  return ordinal - start < (rollingUpdate?.partition ?? 0) ? current : update;
}

/** From the highest number down, one at a time, never while another one is not well. */
function roll(context: ControllerContext, set: Stored<StatefulSet>, byOrdinal: ReadonlyMap<number, Stored<Pod>>, o: { readonly start: number; readonly replicas: number; readonly isWell: (pod: Stored<Pod>) => boolean; readonly update: string }): void {
  const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  for (let ordinal = o.start + o.replicas - 1; ordinal >= o.start + partition; ordinal--) {
    const pod = byOrdinal.get(ordinal);
    if (!pod) return;
    if (pod.metadata.labels?.[REVISION_LABEL] !== o.update) {
      if (!pod.metadata.deletionTimestamp) deleteOrdinal(context, set, pod);
      return;
    }
    if (!o.isWell(pod)) return;
  }
}

function writeStatus({ registry, clock }: ControllerContext, set: Stored<StatefulSet>, pods: readonly Stored<Pod>[], { current, update }: Revisions): void {
  const { replicas = 1, minReadySeconds = 0 } = set.spec;
  const there = pods.filter((pod) => !isFinished(pod));
  const alive = there.filter((pod) => !pod.metadata.deletionTimestamp);
  const ready = there.filter(isReady);
  const available = ready.filter((pod) => isAvailable(pod, minReadySeconds, clock.unixMs()));
  const updated = alive.filter((pod) => pod.metadata.labels?.[REVISION_LABEL] === update.metadata.name);
  const old = alive.filter((pod) => pod.metadata.labels?.[REVISION_LABEL] === current.metadata.name);
  const isComplete = set.spec.updateStrategy?.type !== 'OnDelete' && updated.length === replicas && there.length === replicas && ready.length === replicas;
  const status: StatefulSet['status'] = {
    observedGeneration: set.metadata.generation ?? 1,
    replicas: there.length,
    ...(ready.length > 0 && { readyReplicas: ready.length }),
    ...((isComplete ? updated : old).length > 0 && { currentReplicas: (isComplete ? updated : old).length }),
    ...(updated.length > 0 && { updatedReplicas: updated.length }),
    currentRevision: (isComplete ? update : current).metadata.name,
    updateRevision: update.metadata.name,
    collisionCount: set.status?.collisionCount ?? 0,
    availableReplicas: available.length,
  };
  if (isEqual(status, set.status)) return;
  registry.update('statefulsets.apps', { ...draft<StatefulSet>(set), status } as StatefulSet, { subresource: 'status' });
}
