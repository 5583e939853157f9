/**
 * Volumes in scheduling: claims that must be bound first, nodes that a volume does not reach, and claims that wait for
 * the node to be chosen. See pkg/scheduler/framework/plugins/volumebinding.
 */
import { draft } from '../../api/deep.ts';
import type { Stored } from '../../api/object.ts';
import type { Registry } from '../../kinds/registry.ts';
import { find } from '../objects.ts';
import type { Node, Pod } from '../shapes.ts';
import { classOf, isBound, reaches, reserve, SELECTED_NODE, suitable, waitsForConsumer, type Claim, type PersistentVolume } from '../storage/volumes.ts';
import { claimNames } from '../volume-protection.ts';

export interface PodClaims {
  readonly bound: readonly Stored<PersistentVolume>[];
  /** To be bound when the node is known. */
  readonly waiting: readonly Stored<Claim>[];
}

/** The pod's claims, or why no node will do. */
export function claimsOf(registry: Registry, pod: Stored<Pod>): PodClaims | string {
  const bound: Stored<PersistentVolume>[] = [];
  const waiting: Stored<Claim>[] = [];
  for (const name of claimNames(pod)) {
    const claim = find<Claim>(registry, 'persistentvolumeclaims', { name, namespace: pod.metadata.namespace ?? 'default' });
    if (!claim) return `persistentvolumeclaim "${name}" not found`;
    if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim "${name}" is being deleted`;
    if (claim.status?.phase === 'Lost') return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName}"`;
    if (isBound(claim)) {
      const volume = registry.find('persistentvolumes', claim.spec.volumeName ?? '') as unknown as Stored<PersistentVolume> | undefined;
      if (volume) bound.push(volume);
    } else if (waitsForConsumer(registry, claim) && !claim.spec.volumeName) waiting.push(claim);
    else return 'pod has unbound immediate PersistentVolumeClaims';
  }
  return { bound, waiting };
}

/** Why this node cannot have the pod's volumes. */
export function volumeConflict(registry: Registry, { bound, waiting }: PodClaims, node: Stored<Node>): string | undefined {
  if (!bound.every((volume) => reaches(volume, node))) return "node(s) didn't match PersistentVolume's node affinity";
  const isPossible = waiting.every((claim) => {
    const selected = claim.metadata.annotations?.[SELECTED_NODE];
    if (selected !== undefined) return selected === node.metadata.name;
    return suitable(registry, claim, node) !== undefined || classOf(registry, claim)?.provisioner !== 'kubernetes.io/no-provisioner';
  });
  return isPossible ? undefined : "node(s) didn't find available persistent volumes to bind";
}

/** Claims that waited learn the node: a volume is reserved, or made there. */
export function bindOn(registry: Registry, claims: readonly Stored<Claim>[], node: Stored<Node>): void {
  for (const claim of claims) {
    const volume = suitable(registry, claim, node);
    if (volume) {
      reserve(registry, volume, claim);
      continue;
    }
    if (claim.metadata.annotations?.[SELECTED_NODE] === node.metadata.name) continue;
    const next = draft<Claim>(claim);
    next.metadata.annotations = { ...next.metadata.annotations, [SELECTED_NODE]: node.metadata.name };
    registry.update('persistentvolumeclaims', next);
  }
}
