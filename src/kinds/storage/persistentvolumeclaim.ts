/** PersistentVolumeClaim: a wish for storage. See pkg/registry/core/persistentvolumeclaim/strategy.go. */
import { isEqual } from '../../api/deep.ts';
import { forbiddenField, required, type FieldError } from '../../api/field-error.ts';
import { canonicalResources } from '../pod/defaults.ts';
import { compareQuantities } from '../../api/quantity.ts';
import { column, defineKind, wide, type Loose } from '../define.ts';
import { accessModes } from './persistentvolume.ts';

export const persistentvolumeclaim = defineKind({
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  shortNames: ['pvc'],
  subresources: ['status'],
  returnsDeleted: true,
  defaults(object) {
    const spec = (object['spec'] ??= {});
    spec.volumeMode ??= 'Filesystem';
    canonicalResources((spec.resources ??= {}));
  },
  prepareForCreate(object) {
    object['status'] = { phase: 'Pending' };
  },
  validate({ spec }) {
    const errors: FieldError[] = [];
    if (!spec.accessModes?.length) errors.push(required('spec.accessModes', 'at least 1 access mode is required'));
    if (spec.resources.requests?.storage === undefined) errors.push(required('spec.resources[storage]'));
    return errors;
  },
  validateUpdate(next, previous) {
    const capacity = (previous as Loose)['status']?.capacity?.storage as string | undefined;
    const wanted = next['spec'].resources?.requests?.storage as string | undefined;
    if (capacity !== undefined && wanted !== undefined && compareQuantities(wanted, capacity) < 0) return [forbiddenField('spec.resources.requests.storage', 'field can not be less than status.capacity')];
    const fixed = (spec: Record<string, unknown>) => ({ ...spec, resources: undefined, volumeName: undefined, volumeAttributesClassName: undefined });
    return isEqual(fixed(next['spec']), fixed(previous['spec'] as Record<string, unknown>)) ? [] : [forbiddenField('spec', 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims')];
  },
  middle: [
    column('Status', (pvc) => (pvc.metadata.deletionTimestamp ? 'Terminating' : (pvc['status']?.phase ?? ''))),
    column('Volume', (pvc) => pvc['spec'].volumeName ?? ''),
    column('Capacity', (pvc) => (pvc['spec'].volumeName ? (pvc['status']?.capacity?.storage ?? '') : '')),
    column('Access Modes', (pvc) => (pvc['spec'].volumeName ? accessModes(pvc['status']?.accessModes) : '')),
    column('StorageClass', (pvc) => pvc['spec'].storageClassName ?? ''),
    column('VolumeAttributesClass', (pvc) => pvc['spec'].volumeAttributesClassName || '<unset>'),
  ],
  after: [wide('VolumeMode', (pvc) => pvc['spec'].volumeMode ?? '<unset>')],
});
