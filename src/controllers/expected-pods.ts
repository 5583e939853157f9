/**
 * How many pods a disruption budget counts with: what their owners want, which is not always what is there.
 * See pkg/controller/disruption/disruption.go (getExpectedPodCount).
 */
import type { KubeObject, OwnerReference, Stored } from '../api/object.ts';
import { readPath } from '../kinds/custom/json-path.ts';
import type { Registry } from '../kinds/registry.ts';
import { controllerOf, kindOfOwner } from './objects.ts';
import type { Pod } from './shapes.ts';

interface Rule {
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
}

export type Expected = { readonly expectedPods: number; readonly desiredHealthy: number } | { readonly unknown: string };

/** A number of pods counts as it stands; a share, and what may be missing, count from the size that the owners want. */
export function wanted(registry: Registry, { minAvailable, maxUnavailable }: Rule, pods: readonly Stored<Pod>[]): Expected {
  if (maxUnavailable === undefined && typeof minAvailable !== 'string') return { expectedPods: pods.length, desiredHealthy: minAvailable ?? 0 };
  const owners = new Map(pods.flatMap((pod) => {
    const owner = topController(registry, pod);
    return owner ? [[owner.uid, { owner, namespace: pod.metadata.namespace }] as const] : [];
  }));
  let expectedPods = 0;
  for (const { owner, namespace } of owners.values()) {
    const replicas = replicasOf(registry, owner, namespace);
    if (typeof replicas === 'string') return { unknown: replicas };
    expectedPods += replicas;
  }
  return { expectedPods, desiredHealthy: maxUnavailable === undefined ? share(minAvailable!, expectedPods) : Math.max(0, expectedPods - share(maxUnavailable, expectedPods)) };
}

/** A ReplicaSet of a Deployment stands for it: during a rollout there are two of them, and one size that is wanted. */
function topController(registry: Registry, object: Stored<KubeObject>): OwnerReference | undefined {
  const owner = controllerOf(object);
  if (owner?.kind !== 'ReplicaSet') return owner;
  const replicaSet = registry.find('replicasets.apps', owner.name, object.metadata.namespace);
  const above = replicaSet && controllerOf(replicaSet);
  return above?.kind === 'Deployment' ? above : owner;
}

/** @returns what the owner's scale says, 0 when it is gone, or why it has none */
function replicasOf(registry: Registry, owner: OwnerReference, namespace: string | undefined): number | string {
  const kind = kindOfOwner(registry, owner);
  if (!kind) return `no matches for kind "${owner.kind}" in version "${owner.apiVersion}"`;
  if (!kind.subresources.includes('scale')) return `${kind.group ? `${kind.plural}.${kind.group}` : kind.plural} does not implement the scale subresource`;
  const object = registry.find(kind, owner.name, namespace);
  return Number((object && readPath(object, kind.custom?.scale?.specReplicasPath ?? '.spec.replicas')[0]) ?? 0);
}

/** Percentages are rounded up. */
const share = (value: number | string, of: number): number => (typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) * of) / 100));
