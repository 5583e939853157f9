/**
 * The ReplicaSets of a deployment: making the one of the present template, numbering it, resizing, forgetting old ones.
 * See pkg/controller/deployment/sync.go getNewReplicaSet, scaleReplicaSet and cleanupDeployment.
 */
import type { Stored } from '../../api/object.ts';
import { isApiError } from '../../api/status.ts';
import { draft, isEqual } from '../../api/deep.ts';
import { condition, withDeploymentCondition } from '../conditions.ts';
import type { ControllerContext } from '../controller.ts';
import { controllerReference, find, isControlledBy, unlessGone } from '../objects.ts';
import { isNamespaceTerminating } from '../pod-control.ts';
import { podTemplateHash } from '../pod-template-hash.ts';
import type { Condition, Deployment, ReplicaSet } from '../shapes.ts';
import { newReplicaSetSize } from './arithmetic.ts';
import { boundsOf, findNew, HASH_LABEL, newestAnnotations, replicaAnnotations, REVISION, revisionOf, sameTemplate, sizeOf, totalSize } from './revisions.ts';
import { hasDeadline, progressing } from './status.ts';

export const COMPONENT = 'deployment-controller';

export interface Known {
  /** As it is after its revision was written. */
  readonly deployment: Stored<Deployment>;
  readonly newSet: Stored<ReplicaSet> | undefined;
  readonly oldSets: readonly Stored<ReplicaSet>[];
}

/** Finds the newest ReplicaSet and brings its revision up to date; makes it when there is none, unless told not to. */
export function ensureNewReplicaSet(context: ControllerContext, deployment: Stored<Deployment>, sets: readonly Stored<ReplicaSet>[], options: { create: boolean } = { create: true }): Known {
  const existing = findNew(deployment, sets);
  const oldSets = sets.filter((set) => set.metadata.uid !== existing?.metadata.uid);
  const revision = Math.max(0, ...oldSets.map(revisionOf)) + 1;
  if (existing) {
    const newSet = renumber(context, deployment, existing, revision);
    const found = progressing('True', 'FoundNewReplicaSet', `Found new replica set "${newSet.metadata.name}"`, context.clock.unixMs());
    const mark = hasDeadline(deployment) && !condition(deployment.status?.conditions as never, 'Progressing') ? found : undefined;
    return { deployment: writeRevision(context, deployment, newSet.metadata.annotations?.[REVISION] ?? String(revision), mark), newSet, oldSets };
  }
  if (!options.create) return { deployment, newSet: undefined, oldSets };
  const newSet = create(context, deployment, oldSets, revision);
  if (!newSet) return { deployment, newSet: undefined, oldSets };
  const created = progressing('True', 'NewReplicaSetCreated', `Created new replica set "${newSet.metadata.name}"`, context.clock.unixMs());
  return { deployment: writeRevision(context, deployment, String(revision), hasDeadline(deployment) ? created : undefined), newSet, oldSets };
}

function renumber({ registry }: ControllerContext, deployment: Stored<Deployment>, set: Stored<ReplicaSet>, revision: number): Stored<ReplicaSet> {
  const annotations = newestAnnotations(deployment, set, revision);
  const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
  if (isEqual(annotations, set.metadata.annotations ?? {}) && minReadySeconds === (set.spec.minReadySeconds ?? 0)) return set;
  const next = draft<ReplicaSet>(set);
  next.metadata.annotations = annotations;
  if (minReadySeconds > 0) next.spec.minReadySeconds = minReadySeconds;
  else delete next.spec.minReadySeconds;
  return registry.update('replicasets.apps', next) as unknown as Stored<ReplicaSet>;
}

function create(context: ControllerContext, deployment: Stored<Deployment>, oldSets: readonly Stored<ReplicaSet>[], revision: number): Stored<ReplicaSet> | undefined {
  const { registry } = context;
  const hash = podTemplateHash(deployment.spec.template, deployment.status?.collisionCount);
  const replicas = deployment.spec.replicas ?? 1;
  const size = deployment.spec.strategy?.type === 'Recreate' ? replicas : newReplicaSetSize({ replicas, newSize: 0, allSize: totalSize(oldSets), maxSurge: boundsOf(deployment).maxSurge });
  const template = draft<Deployment['spec']['template']>(deployment.spec.template);
  template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, [HASH_LABEL]: hash } };
  const selector = { ...draft<Deployment['spec']['selector']>(deployment.spec.selector), matchLabels: { ...deployment.spec.selector.matchLabels, [HASH_LABEL]: hash } };
  const name = `${deployment.metadata.name}-${hash}`;
  const namespace = deployment.metadata.namespace ?? 'default';
  const set: ReplicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name, namespace, labels: { ...template.metadata.labels }, annotations: newestAnnotations(deployment, undefined, revision), ownerReferences: [controllerReference(deployment)] },
    spec: { replicas: size, ...(deployment.spec.minReadySeconds ? { minReadySeconds: deployment.spec.minReadySeconds } : {}), selector, template },
  };
  try {
    const created = registry.create('replicasets.apps', set, { namespace }) as unknown as Stored<ReplicaSet>;
    if (size > 0) context.record({ object: deployment, type: 'Normal', reason: 'ScalingReplicaSet', message: `Scaled up replica set ${name} from 0 to ${size}`, component: COMPONENT });
    return created;
  } catch (error) {
    if (isNamespaceTerminating(error)) return undefined;
    if (isApiError(error, 'AlreadyExists')) return afterCollision(context, deployment, name, error);
    throw error;
  }
}

/** The name is taken: by ours, seen late, or by a stranger; then the next try gets another hash. */
function afterCollision({ registry }: ControllerContext, deployment: Stored<Deployment>, name: string, error: unknown): Stored<ReplicaSet> {
  const taken = find<ReplicaSet>(registry, 'replicasets.apps', { namespace: deployment.metadata.namespace ?? 'default', name });
  if (taken && isControlledBy(taken, deployment) && sameTemplate(taken.spec.template, deployment.spec.template)) return taken;
  const next = draft<Deployment>(deployment);
  next.status = { ...next.status, collisionCount: (next.status?.collisionCount ?? 0) + 1 };
  registry.update('deployments.apps', next, { subresource: 'status' });
  throw error;
}

/** The deployment wears the revision of its newest ReplicaSet. */
function writeRevision({ registry }: ControllerContext, deployment: Stored<Deployment>, revision: string, mark: Condition | undefined): Stored<Deployment> {
  let current = deployment;
  if (current.metadata.annotations?.[REVISION] !== revision) {
    const next = draft<Deployment>(current);
    next.metadata.annotations = { ...next.metadata.annotations, [REVISION]: revision };
    // Written with the status, as the real controller does: an annotation written on the object itself is a new generation.
    current = registry.update('deployments.apps', next, { subresource: 'status' }) as unknown as Stored<Deployment>;
  }
  if (mark) {
    const next = draft<Deployment>(current);
    next.status = { ...next.status, conditions: withDeploymentCondition(next.status?.conditions, mark) };
    current = registry.update('deployments.apps', next, { subresource: 'status' }) as unknown as Stored<Deployment>;
  }
  return current;
}

/** Writes the size and what it was based on; the event tells when the size is another one. */
export function resize(context: ControllerContext, deployment: Stored<Deployment>, set: Stored<ReplicaSet>, size: number): Stored<ReplicaSet> {
  const before = sizeOf(set);
  const annotations = { ...set.metadata.annotations, ...replicaAnnotations(deployment) };
  if (before === size && isEqual(annotations, set.metadata.annotations)) return set;
  const next = draft<ReplicaSet>(set);
  next.metadata.annotations = annotations;
  next.spec.replicas = size;
  const written = context.registry.update('replicasets.apps', next) as unknown as Stored<ReplicaSet>;
  if (before !== size) {
    const message = `Scaled ${size > before ? 'up' : 'down'} replica set ${set.metadata.name} from ${before} to ${size}`;
    context.record({ object: deployment, type: 'Normal', reason: 'ScalingReplicaSet', message, component: COMPONENT });
  }
  return written;
}

/** Removes what is beyond `revisionHistoryLimit`, oldest revision first, if it is empty. */
export function forgetOldReplicaSets({ registry }: ControllerContext, deployment: Stored<Deployment>, oldSets: readonly Stored<ReplicaSet>[]): void {
  const limit = deployment.spec.revisionHistoryLimit ?? 10;
  const alive = oldSets.filter((set) => !set.metadata.deletionTimestamp).sort((a, b) => revisionOf(a) - revisionOf(b));
  for (const set of alive.slice(0, Math.max(0, alive.length - limit))) {
    const isEmpty = (set.status?.replicas ?? 0) === 0 && sizeOf(set) === 0 && (set.metadata.generation ?? 1) <= (set.status?.observedGeneration ?? 0);
    if (isEmpty) unlessGone(() => registry.delete('replicasets.apps', set.metadata.name, set.metadata.namespace));
  }
}
