/**
 * StorageClass: a way to make volumes. See pkg/apis/storage/v1/defaults.go.
 */
import { invalidValue, notSupported, required, type FieldError } from '../../api/field-error.ts';
import { age } from '../cells.ts';
import { column, defineKind } from '../define.ts';

const DEFAULT = 'storageclass.kubernetes.io/is-default-class';

export const storageclass = defineKind({
  group: 'storage.k8s.io',
  kind: 'StorageClass',
  plural: 'storageclasses',
  shortNames: ['sc'],
  namespaced: false,
  returnsDeleted: true,
  defaults(object) {
    object['reclaimPolicy'] ??= 'Delete';
    object['volumeBindingMode'] ??= 'Immediate';
  },
  validate(object) {
    const errors: FieldError[] = [];
    if (!object['provisioner']) errors.push(required('provisioner'));
    if (!['Delete', 'Retain'].includes(object['reclaimPolicy'])) errors.push(notSupported('reclaimPolicy', object['reclaimPolicy'], ['Delete', 'Retain']));
    if (!['Immediate', 'WaitForFirstConsumer'].includes(object['volumeBindingMode'])) errors.push(notSupported('volumeBindingMode', object['volumeBindingMode'], ['Immediate', 'WaitForFirstConsumer']));
    return errors;
  },
  validateUpdate(next, previous) {
    const errors: FieldError[] = [];
    if (JSON.stringify(next['parameters'] ?? {}) !== JSON.stringify(previous['parameters'] ?? {})) errors.push({ path: 'parameters', type: 'Forbidden', detail: 'updates to parameters are forbidden.' });
    if (next['provisioner'] !== previous['provisioner']) errors.push({ path: 'provisioner', type: 'Forbidden', detail: 'updates to provisioner are forbidden.' });
    if (next['reclaimPolicy'] !== previous['reclaimPolicy']) errors.push({ path: 'reclaimPolicy', type: 'Forbidden', detail: 'updates to reclaimPolicy are forbidden.' });
    if (next['volumeBindingMode'] !== previous['volumeBindingMode']) errors.push(invalidValue('volumeBindingMode', next['volumeBindingMode'], 'field is immutable'));
    return errors;
  },
  columns: [
    column('Name', (sc) => (sc.metadata.annotations?.[DEFAULT] === 'true' ? `${sc.metadata.name} (default)` : sc.metadata.name)),
    column('Provisioner', (sc) => sc['provisioner']),
    column('ReclaimPolicy', (sc) => sc['reclaimPolicy'] ?? 'Delete'),
    column('VolumeBindingMode', (sc) => sc['volumeBindingMode'] ?? 'Immediate'),
    column('AllowVolumeExpansion', (sc) => String(sc['allowVolumeExpansion'] ?? false)),
    column('Age', (sc, now) => age(sc.metadata.creationTimestamp, now)),
  ],
});
