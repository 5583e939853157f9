/**
 * A deployment's history: which ReplicaSet is the new one, and the annotations that number the others.
 * See pkg/controller/deployment/util/deployment_util.go.
 */
import type { Stored } from '../../api/object.ts';
import { isEqual } from '../../api/deep.ts';
import type { Deployment, PodTemplate, ReplicaSet } from '../shapes.ts';
import { resolveBounds } from './arithmetic.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';
export const HASH_LABEL = 'pod-template-hash';

/** A ReplicaSet carries the deployment's annotations, but for those that are about the deployment itself. */
const NOT_COPIED = new Set(['kubectl.kubernetes.io/last-applied-configuration', REVISION, REVISION_HISTORY, DESIRED_REPLICAS, MAX_REPLICAS, 'deprecated.deployment.rollback.to']);

export function boundsOf(deployment: Stored<Deployment>) {
  const { replicas = 1, strategy } = deployment.spec;
  if (strategy?.type === 'Recreate') return { maxSurge: 0, maxUnavailable: 0 };
  const { maxSurge, maxUnavailable } = resolveBounds(strategy?.rollingUpdate?.maxSurge, strategy?.rollingUpdate?.maxUnavailable, replicas);
  return { maxSurge, maxUnavailable: replicas === 0 ? 0 : maxUnavailable };
}

/** The ReplicaSet of the present template, the oldest if there are several. */
export function findNew(deployment: Stored<Deployment>, sets: readonly Stored<ReplicaSet>[]): Stored<ReplicaSet> | undefined {
  return byAge(sets).find((one) => sameTemplate(one.spec.template, deployment.spec.template));
}

export function sameTemplate(a: Stored<PodTemplate>, b: Stored<PodTemplate>): boolean {
  return isEqual(withoutHash(a), withoutHash(b));
}

function withoutHash(template: Stored<PodTemplate>): unknown {
  const { [HASH_LABEL]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

export function byAge(sets: readonly Stored<ReplicaSet>[]): Stored<ReplicaSet>[] {
  return [...sets].sort((a, b) => created(a) - created(b) || (a.metadata.name < b.metadata.name ? -1 : 1));
}

/** Greatest first; among equals the older one first when shrinking, the newer one first when growing. */
export function bySize(sets: readonly Stored<ReplicaSet>[], growing: boolean): Stored<ReplicaSet>[] {
  return [...sets].sort((a, b) => sizeOf(b) - sizeOf(a) || (growing ? created(b) - created(a) : created(a) - created(b)));
}

const created = (set: Stored<ReplicaSet>) => Date.parse(set.metadata.creationTimestamp ?? '') || 0;

export const sizeOf = (set: Stored<ReplicaSet>): number => set.spec.replicas ?? 1;
export const totalSize = (sets: readonly Stored<ReplicaSet>[]): number => sets.reduce((sum, set) => sum + sizeOf(set), 0);
export const totalOf = (sets: readonly Stored<ReplicaSet>[], field: 'replicas' | 'readyReplicas' | 'availableReplicas' | 'terminatingReplicas'): number =>
  sets.reduce((sum, set) => sum + (set.status?.[field] ?? 0), 0);

export function revisionOf(object: { readonly metadata: { readonly annotations?: Readonly<Record<string, string>> } }): number {
  return Number(object.metadata.annotations?.[REVISION] ?? 0) || 0;
}

export function replicaAnnotations(deployment: Stored<Deployment>): Record<string, string> {
  const replicas = deployment.spec.replicas ?? 1;
  return { [DESIRED_REPLICAS]: String(replicas), [MAX_REPLICAS]: String(replicas + boundsOf(deployment).maxSurge) };
}

/** What a ReplicaSet's annotations should be once it is (again) the newest. */
export function newestAnnotations(deployment: Stored<Deployment>, set: Stored<ReplicaSet> | undefined, revision: number): Record<string, string> {
  const present = set?.metadata.annotations ?? {};
  const annotations: Record<string, string> = { ...present };
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) {
    if (!NOT_COPIED.has(key)) annotations[key] = value;
  }
  const before = Number(present[REVISION] ?? 0) || 0;
  if (before < revision) {
    annotations[REVISION] = String(revision);
    if (set && before > 0) annotations[REVISION_HISTORY] = [present[REVISION_HISTORY], String(before)].filter(Boolean).join(',');
  }
  return set ? annotations : { ...annotations, ...replicaAnnotations(deployment) };
}
