/**
 * Deployment: moves pods from the ReplicaSets of old templates to the one of the present template, within the bounds
 * of its strategy. Creates no pods itself. See pkg/controller/deployment/{deployment_controller,rolling,recreate,sync}.go.
 */
import type { ObjectKey, Stored } from '../api/object.ts';
import { draft, isEqual } from '../api/deep.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { condition, withDeploymentCondition } from './conditions.ts';
import { proportionalSizes, newReplicaSetSize, removableOldPods } from './deployment/arithmetic.ts';
import { ensureNewReplicaSet, forgetOldReplicaSets, resize } from './deployment/replica-sets.ts';
import { boundsOf, byAge, bySize, DESIRED_REPLICAS, findNew, MAX_REPLICAS, sizeOf, totalOf, totalSize } from './deployment/revisions.ts';
import { countStatus, deadlineUnixMs, hasDeadline, isComplete, progressing, rolloutStatus } from './deployment/status.ts';
import { controllerOf, find, keyOf, list } from './objects.ts';
import { isFinished } from './pods.ts';
import { claim, selects } from './selectors.ts';
import type { Deployment, DeploymentStatus, Pod, ReplicaSet } from './shapes.ts';

export function deploymentController(context: ControllerContext): Controller {
  return {
    name: 'deployment',
    watches: [
      { group: 'apps', resource: 'deployments', toKeys: (object) => [keyOf(object)] },
      { group: 'apps', resource: 'replicasets', toKeys: (object) => deploymentsOf(context, object as unknown as Stored<ReplicaSet>) },
      // A Recreate deployment waits for the last old pod to be gone.
      { group: '', resource: 'pods', toKeys: (object, type) => (type === 'DELETED' ? deploymentOfPod(context, object as unknown as Stored<Pod>) : []) },
    ],
    reconcile: (key) => reconcile(context, key),
  };
}

function deploymentsOf({ registry }: ControllerContext, set: Stored<ReplicaSet>): readonly ObjectKey[] {
  const namespace = set.metadata.namespace ?? 'default';
  const owner = controllerOf(set);
  if (owner) return owner.kind === 'Deployment' ? [{ namespace, name: owner.name }] : [];
  return list<Deployment>(registry, 'deployments.apps', namespace)
    .filter((one) => selects(one.spec.selector, set.metadata.labels))
    .map(keyOf);
}

function deploymentOfPod({ registry }: ControllerContext, pod: Stored<Pod>): readonly ObjectKey[] {
  const namespace = pod.metadata.namespace ?? 'default';
  const owner = controllerOf(pod);
  const set = owner?.kind === 'ReplicaSet' ? find<ReplicaSet>(registry, 'replicasets.apps', { namespace, name: owner.name }) : undefined;
  const deployment = set ? controllerOf(set) : undefined;
  return deployment?.kind === 'Deployment' ? [{ namespace, name: deployment.name }] : [];
}

function reconcile(context: ControllerContext, key: ObjectKey): void | { readonly againAfterMs: number } {
  const found = find<Deployment>(context.registry, 'deployments.apps', key);
  if (!found) return;
  const sets = claim<ReplicaSet>(context.registry, 'replicasets.apps', found, found.spec.selector);
  if (found.metadata.deletionTimestamp) return writeStatus(context, found, countStatus(found, sets, findNew(found, sets), context.clock.unixMs()));
  const deployment = markPaused(context, found);
  if (deployment.spec.paused || wasScaled(deployment, sets)) return scaleOnly(context, deployment, sets);
  return deployment.spec.strategy?.type === 'Recreate' ? recreate(context, deployment, sets) : roll(context, deployment, sets);
}

/** Pausing stops the progress clock, resuming starts it again; both leave their mark. */
function markPaused({ registry, clock }: ControllerContext, deployment: Stored<Deployment>): Stored<Deployment> {
  if (!hasDeadline(deployment)) return deployment;
  const current = condition(deployment.status?.conditions as never, 'Progressing');
  if (current?.reason === 'ProgressDeadlineExceeded') return deployment;
  const isMarked = current?.reason === 'DeploymentPaused';
  if (Boolean(deployment.spec.paused) === isMarked) return deployment;
  const next = draft<Deployment>(deployment);
  const mark = isMarked ? progressing('Unknown', 'DeploymentResumed', 'Deployment is resumed', clock.unixMs()) : progressing('Unknown', 'DeploymentPaused', 'Deployment is paused', clock.unixMs());
  next.status = { ...next.status, conditions: withDeploymentCondition(next.status?.conditions, mark) };
  return registry.update('deployments.apps', next, { subresource: 'status' }) as unknown as Stored<Deployment>;
}

/** A ReplicaSet remembers the size its deployment had; another size now means: scale first, roll later. */
function wasScaled(deployment: Stored<Deployment>, sets: readonly Stored<ReplicaSet>[]): boolean {
  return sets.some((set) => {
    const desired = set.metadata.annotations?.[DESIRED_REPLICAS];
    return sizeOf(set) > 0 && desired !== undefined && Number(desired) !== (deployment.spec.replicas ?? 1);
  });
}

function roll(context: ControllerContext, deployment: Stored<Deployment>, sets: readonly Stored<ReplicaSet>[]) {
  const { deployment: current, newSet, oldSets } = ensureNewReplicaSet(context, deployment, sets);
  if (!newSet) return writeStatus(context, current, rolloutStatus(current, oldSets, undefined, context.clock.unixMs()));
  const all = [newSet, ...oldSets];
  const replicas = current.spec.replicas ?? 1;
  const bounds = boundsOf(current);
  const size = sizeOf(newSet) > replicas ? replicas : newReplicaSetSize({ replicas, newSize: sizeOf(newSet), allSize: totalSize(all), maxSurge: bounds.maxSurge });
  if (size !== sizeOf(newSet)) {
    const grown = resize(context, current, newSet, size);
    return finish(context, current, [grown, ...oldSets], grown);
  }
  const shrunk = shrinkOld(context, current, newSet, oldSets);
  if (isComplete(current, current.status ?? {})) forgetOldReplicaSets(context, current, shrunk);
  return finish(context, current, [newSet, ...shrunk], newSet);
}

/** Old pods that serve nobody go first, then healthy ones as far as the minimum allows. */
function shrinkOld(context: ControllerContext, deployment: Stored<Deployment>, newSet: Stored<ReplicaSet>, oldSets: readonly Stored<ReplicaSet>[]): readonly Stored<ReplicaSet>[] {
  if (totalSize(oldSets) === 0) return oldSets;
  const replicas = deployment.spec.replicas ?? 1;
  const { maxUnavailable } = boundsOf(deployment);
  const removable = removableOldPods({ replicas, maxUnavailable, allSize: totalSize([newSet, ...oldSets]), newSize: sizeOf(newSet), newAvailable: newSet.status?.availableReplicas ?? 0 });
  if (removable <= 0) return oldSets;
  let left = removable;
  const cleaned = byAge(oldSets).map((set) => {
    const gone = Math.min(left, sizeOf(set) - (set.status?.availableReplicas ?? 0));
    if (gone <= 0) return set;
    left -= gone;
    return resize(context, deployment, set, sizeOf(set) - gone);
  });
  let spare = totalOf([newSet, ...cleaned], 'availableReplicas') - (replicas - maxUnavailable);
  return cleaned.map((set) => {
    const gone = Math.min(spare, sizeOf(set));
    if (gone <= 0) return set;
    spare -= gone;
    return resize(context, deployment, set, sizeOf(set) - gone);
  });
}

/** All old pods end before the first new one begins. */
function recreate(context: ControllerContext, deployment: Stored<Deployment>, sets: readonly Stored<ReplicaSet>[]) {
  const known = ensureNewReplicaSet(context, deployment, sets, { create: false });
  const active = known.oldSets.filter((set) => sizeOf(set) > 0);
  if (active.length > 0) {
    const emptied = known.oldSets.map((set) => (sizeOf(set) > 0 ? resize(context, known.deployment, set, 0) : set));
    return finish(context, known.deployment, [...(known.newSet ? [known.newSet] : []), ...emptied], known.newSet);
  }
  if (oldPodsRemain(context, known.newSet, known.oldSets)) {
    return finish(context, known.deployment, [...(known.newSet ? [known.newSet] : []), ...known.oldSets], known.newSet);
  }
  const { deployment: current, newSet, oldSets } = known.newSet ? known : ensureNewReplicaSet(context, known.deployment, sets);
  if (!newSet) return writeStatus(context, current, rolloutStatus(current, oldSets, undefined, context.clock.unixMs()));
  const replicas = current.spec.replicas ?? 1;
  const grown = sizeOf(newSet) === replicas ? newSet : resize(context, current, newSet, replicas);
  if (isComplete(current, current.status ?? {})) forgetOldReplicaSets(context, current, oldSets);
  return finish(context, current, [grown, ...oldSets], grown);
}

function oldPodsRemain({ registry }: ControllerContext, newSet: Stored<ReplicaSet> | undefined, oldSets: readonly Stored<ReplicaSet>[]): boolean {
  if (totalOf(oldSets, 'replicas') > 0) return true;
  const uids = new Set(oldSets.filter((set) => set !== newSet).map((set) => set.metadata.uid));
  return oldSets.length > 0 && list<Pod>(registry, 'pods', oldSets[0]?.metadata.namespace).some((pod) => !isFinished(pod) && uids.has(controllerOf(pod)?.uid));
}

/** Paused, or scaled in the middle of a rollout: sizes change, templates do not. */
function scaleOnly(context: ControllerContext, deployment: Stored<Deployment>, sets: readonly Stored<ReplicaSet>[]) {
  const known = ensureNewReplicaSet(context, deployment, sets, { create: false });
  const all = known.newSet ? [known.newSet, ...known.oldSets] : [...known.oldSets];
  const scaled = scaledSets(context, known.deployment, known.newSet, known.oldSets);
  const now = all.map((set) => scaled.get(set.metadata.name) ?? set);
  if (known.deployment.spec.paused) forgetOldReplicaSets(context, known.deployment, now.filter((set) => set.metadata.uid !== known.newSet?.metadata.uid));
  const newSet = now.find((set) => set.metadata.uid === known.newSet?.metadata.uid);
  return writeStatus(context, known.deployment, countStatus(known.deployment, now, newSet, context.clock.unixMs()));
}

function scaledSets(context: ControllerContext, deployment: Stored<Deployment>, newSet: Stored<ReplicaSet> | undefined, oldSets: readonly Stored<ReplicaSet>[]): Map<string, Stored<ReplicaSet>> {
  const replicas = deployment.spec.replicas ?? 1;
  const scaled = new Map<string, Stored<ReplicaSet>>();
  const to = (set: Stored<ReplicaSet>, size: number) => scaled.set(set.metadata.name, resize(context, deployment, set, size));
  const all = newSet ? [newSet, ...oldSets] : [...oldSets];
  const active = all.filter((set) => sizeOf(set) > 0);
  const only = active.length === 1 ? active[0] : active.length === 0 ? (newSet ?? byAge(oldSets).at(-1)) : undefined;
  if (only) {
    if (sizeOf(only) !== replicas || Number(only.metadata.annotations?.[DESIRED_REPLICAS]) !== replicas) to(only, replicas);
    return scaled;
  }
  if (active.length === 0) return scaled;
  if (newSet && sizeOf(newSet) === replicas && (newSet.status?.availableReplicas ?? 0) === replicas && Number(newSet.metadata.annotations?.[DESIRED_REPLICAS]) === replicas) {
    for (const set of oldSets) if (sizeOf(set) > 0) to(set, 0);
    return scaled;
  }
  if (deployment.spec.strategy?.type === 'Recreate') return scaled;
  const { maxSurge } = boundsOf(deployment);
  const order = bySize(active, (replicas > 0 ? replicas + maxSurge : 0) > totalSize(active));
  const shares = order.map((set) => ({ size: sizeOf(set), annotatedMax: Number(set.metadata.annotations?.[MAX_REPLICAS]) || undefined }));
  const sizes = proportionalSizes(shares, replicas, maxSurge, deployment.status?.replicas ?? 0);
  order.forEach((set, index) => to(set, sizes[index] ?? sizeOf(set)));
  return scaled;
}

function finish(context: ControllerContext, deployment: Stored<Deployment>, all: readonly Stored<ReplicaSet>[], newSet: Stored<ReplicaSet> | undefined) {
  return writeStatus(context, deployment, rolloutStatus(deployment, all, newSet, context.clock.unixMs()));
}

/** Writes what changed, and says when the progress deadline wants another look. */
function writeStatus({ registry, clock }: ControllerContext, deployment: Stored<Deployment>, status: DeploymentStatus): void | { readonly againAfterMs: number } {
  if (!isEqual(status, deployment.status)) registry.update('deployments.apps', { ...draft<Deployment>(deployment), status } as Deployment, { subresource: 'status' });
  const deadline = deployment.spec.paused ? undefined : deadlineUnixMs(deployment, status);
  return deadline === undefined ? undefined : { againAfterMs: Math.max(0, deadline - clock.unixMs()) + 1000 };
}
