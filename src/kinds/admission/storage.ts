/**
 * Claims get the default class; claims and volumes are protected while they are used; claims grow only where their class
 * allows it. See plugin/pkg/admission/storage/{storageclass/setdefault,persistentvolume/resize,storageobjectinuseprotection}.
 */
import { compareQuantities } from '../../api/quantity.ts';
import { forbidden } from '../../api/status.ts';
import type { Loose } from '../define.ts';
import type { Admission } from './index.ts';

const IS_DEFAULT = 'storageclass.kubernetes.io/is-default-class';

export const defaultStorageClass: Admission = {
  name: 'DefaultStorageClass',
  create({ registry, kind, object }) {
    const { spec } = object as Loose;
    if (kind.group !== '' || kind.plural !== 'persistentvolumeclaims' || spec.storageClassName !== undefined) return;
    const defaults = registry.list('storageclasses.storage.k8s.io').items.filter(({ metadata }) => metadata.annotations?.[IS_DEFAULT] === 'true');
    // Of several defaults the newest counts.
    const chosen = defaults.toSorted((a, b) => (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? '') || a.metadata.name.localeCompare(b.metadata.name))[0];
    if (chosen) spec.storageClassName = chosen.metadata.name;
  },
};

export const storageProtection: Admission = {
  name: 'StorageObjectInUseProtection',
  create({ kind, object }) {
    const finalizer = kind.group === '' ? { persistentvolumeclaims: 'kubernetes.io/pvc-protection', persistentvolumes: 'kubernetes.io/pv-protection' }[kind.plural] : undefined;
    if (finalizer && !object.metadata.finalizers?.includes(finalizer)) object.metadata.finalizers = [...(object.metadata.finalizers ?? []), finalizer];
  },
};

export const claimResize: Admission = {
  name: 'PersistentVolumeClaimResize',
  update({ registry, kind, object, previous, options }) {
    if (kind.group !== '' || kind.plural !== 'persistentvolumeclaims' || options.subresource || !previous) return;
    const wanted = (claim: Loose): string => claim['spec'].resources?.requests?.storage ?? '0';
    const [next, before] = [object as Loose, previous as unknown as Loose];
    if (compareQuantities(wanted(next), wanted(before)) <= 0) return;
    if (before['status']?.phase !== 'Bound') throw forbidden(kind, object.metadata.name, 'Only bound persistent volume claims can be expanded');
    const storageClass = registry.find('storageclasses.storage.k8s.io', before['spec'].storageClassName ?? '') as Loose | undefined;
    if (!storageClass?.['allowVolumeExpansion']) throw forbidden(kind, object.metadata.name, 'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize');
  },
};
