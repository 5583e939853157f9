/**
 * What claims, volumes and classes have to do with each other: which volume suits a claim, who is bound to whom.
 * See pkg/controller/volume/persistentvolume/index.go and component-helpers/storage/volume.
 */
import { compareQuantities } from '../../api/quantity.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import { draft } from '../../api/deep.ts';
import type { Registry } from '../../kinds/registry.ts';
import { list } from '../objects.ts';
import { matchesTerm } from '../scheduler/node-affinity.ts';
import { selects } from '../selectors.ts';
import type { Node, NodeSelectorTerm } from '../shapes.ts';
import type { Claim } from '../statefulset/shapes.ts';

export type { Claim } from '../statefulset/shapes.ts';

export interface PersistentVolume extends KubeObject {
  spec: {
    capacity?: { storage?: string };
    accessModes?: string[];
    claimRef?: { kind?: string; apiVersion?: string; namespace: string; name: string; uid?: string; resourceVersion?: string };
    persistentVolumeReclaimPolicy?: 'Retain' | 'Delete' | 'Recycle';
    storageClassName?: string;
    volumeMode?: string;
    nodeAffinity?: { required?: { nodeSelectorTerms: NodeSelectorTerm[] } };
    hostPath?: { path: string; type?: string };
    local?: { path: string };
  };
  status?: { phase?: 'Pending' | 'Available' | 'Bound' | 'Released' | 'Failed'; message?: string; reason?: string; lastPhaseTransitionTime?: string };
}

export interface StorageClass extends KubeObject {
  provisioner: string;
  reclaimPolicy?: 'Retain' | 'Delete';
  volumeBindingMode?: 'Immediate' | 'WaitForFirstConsumer';
  allowVolumeExpansion?: boolean;
}

export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';

export function classOf(registry: Registry, claim: Stored<Claim>): Stored<StorageClass> | undefined {
  return claim.spec.storageClassName ? (registry.find('storageclasses.storage.k8s.io', claim.spec.storageClassName) as Stored<StorageClass> | undefined) : undefined;
}

export const waitsForConsumer = (registry: Registry, claim: Stored<Claim>): boolean => classOf(registry, claim)?.volumeBindingMode === 'WaitForFirstConsumer';

export const isBound = (claim: Stored<Claim>): boolean => claim.status?.phase === 'Bound' && Boolean(claim.spec.volumeName);

/** Is the volume meant for this very claim, or for one of its name that has not been met yet? */
export function isFor(volume: Stored<PersistentVolume>, claim: Stored<Claim>): boolean {
  const { claimRef } = volume.spec;
  return claimRef !== undefined && claimRef.name === claim.metadata.name && claimRef.namespace === claim.metadata.namespace && (claimRef.uid === undefined || claimRef.uid === claim.metadata.uid);
}

/** The smallest volume that suits; one that names the claim comes first. @param node where it must be usable */
export function suitable(registry: Registry, claim: Stored<Claim>, node?: Stored<Node>): Stored<PersistentVolume> | undefined {
  const wanted = claim.spec.resources?.requests?.storage ?? '0';
  const candidates = list<PersistentVolume>(registry, 'persistentvolumes').filter((volume) => {
    const { spec, metadata, status } = volume;
    if (metadata.deletionTimestamp || compareQuantities(spec.capacity?.storage ?? '0', wanted) < 0) return false;
    if ((spec.volumeMode ?? 'Filesystem') !== (claim.spec.volumeMode ?? 'Filesystem')) return false;
    if (node && !reaches(volume, node)) return false;
    if (spec.claimRef) return isFor(volume, claim);
    return (
      status?.phase === 'Available' &&
      (spec.storageClassName ?? '') === (claim.spec.storageClassName ?? '') &&
      (claim.spec.accessModes ?? []).every((mode) => spec.accessModes?.includes(mode)) &&
      (claim.spec.selector === undefined || selects(claim.spec.selector, metadata.labels))
    );
  });
  const own = candidates.find((volume) => volume.spec.claimRef);
  return own ?? candidates.toSorted((a, b) => compareQuantities(a.spec.capacity?.storage ?? '0', b.spec.capacity?.storage ?? '0'))[0];
}

/** Can this node use the volume? */
export function reaches(volume: Stored<PersistentVolume>, node: Stored<Node>): boolean {
  const terms = volume.spec.nodeAffinity?.required?.nodeSelectorTerms;
  return terms === undefined || terms.some((term) => matchesTerm(term, node));
}

/** First half of a binding: the volume names its claim. */
export function reserve(registry: Registry, volume: Stored<PersistentVolume>, claim: Stored<Claim>): void {
  const next = draft<PersistentVolume>(volume);
  const before = next.spec.claimRef;
  if (before?.uid !== undefined) return;
  next.spec.claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: claim.metadata.name, namespace: claim.metadata.namespace ?? 'default', resourceVersion: claim.metadata.resourceVersion ?? '', uid: claim.metadata.uid ?? '' };
  if (!before) next.metadata.annotations = { ...next.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' };
  registry.update('persistentvolumes', next);
}
