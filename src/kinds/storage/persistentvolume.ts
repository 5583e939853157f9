/** PersistentVolume: a piece of storage in the cluster. See pkg/registry/core/persistentvolume/strategy.go. */
import { required, type FieldError } from '../../api/field-error.ts';
import { column, defineKind, wide } from '../define.ts';
import { canonicalQuantity } from '../../api/quantity.ts';

const SHORT: Readonly<Record<string, string>> = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' };
export const accessModes = (modes: readonly string[] | undefined) => (modes ?? []).map((mode) => SHORT[mode] ?? mode).join(',');

export const persistentvolume = defineKind({
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  shortNames: ['pv'],
  namespaced: false,
  subresources: ['status'],
  returnsDeleted: true,
  defaults(object) {
    const spec = (object['spec'] ??= {});
    spec.persistentVolumeReclaimPolicy ??= 'Retain';
    spec.volumeMode ??= 'Filesystem';
    for (const [name, amount] of Object.entries(spec.capacity ?? {})) spec.capacity[name] = canonicalQuantity(String(amount));
  },
  prepareForCreate(object) {
    object['status'] = { phase: 'Pending' };
  },
  validate({ spec }) {
    const errors: FieldError[] = [];
    if (!spec.accessModes?.length) errors.push(required('spec.accessModes'));
    if (!Object.keys(spec.capacity ?? {}).length) errors.push(required('spec.capacity'));
    return errors;
  },
  selectableFields: { name: (pv) => pv.metadata.name },
  middle: [
    column('Capacity', (pv) => pv['spec'].capacity?.storage ?? ''),
    column('Access Modes', (pv) => accessModes(pv['spec'].accessModes)),
    column('Reclaim Policy', (pv) => pv['spec'].persistentVolumeReclaimPolicy),
    column('Status', (pv) => (pv.metadata.deletionTimestamp ? 'Terminating' : (pv['status']?.phase ?? ''))),
    column('Claim', (pv) => (pv['spec'].claimRef ? `${pv['spec'].claimRef.namespace}/${pv['spec'].claimRef.name}` : '')),
    column('StorageClass', (pv) => pv['spec'].storageClassName ?? ''),
    column('VolumeAttributesClass', (pv) => pv['spec'].volumeAttributesClassName || '<unset>'),
    column('Reason', (pv) => pv['status']?.reason ?? ''),
  ],
  after: [wide('VolumeMode', (pv) => pv['spec'].volumeMode ?? '<unset>')],
});
