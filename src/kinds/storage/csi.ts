/**
 * What storage drivers say of themselves and of what they do: CSIDriver, CSINode, CSIStorageCapacity, VolumeAttachment,
 * VolumeAttributesClass. Kept and shown; drivers act on them, and the simulated cluster has none, like a new kind cluster.
 * See pkg/apis/storage/v1/defaults.go and pkg/printers/internalversion/printers.go.
 */
import { forbiddenField, required, type FieldError } from '../../api/field-error.ts';
import { joined } from '../cells.ts';
import { column, defineKind, type Loose } from '../define.ts';

const storage = { group: 'storage.k8s.io' } as const;
const flag = (value: boolean | undefined): string => String(value ?? false);

function immutable(next: Loose, previous: Loose, fields: readonly string[]): FieldError[] {
  return fields.filter((field) => JSON.stringify(next[field] ?? null) !== JSON.stringify(previous[field] ?? null)).map((field) => forbiddenField(field, `updates to ${field} are forbidden.`));
}

export const csidriver = defineKind({
  ...storage,
  kind: 'CSIDriver',
  plural: 'csidrivers',
  namespaced: false,
  returnsDeleted: true,
  defaults(object) {
    const spec = (object['spec'] ??= {});
    spec.attachRequired ??= true;
    spec.podInfoOnMount ??= false;
    spec.storageCapacity ??= false;
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
    spec.volumeLifecycleModes ??= ['Persistent'];
    spec.requiresRepublish ??= false;
    spec.seLinuxMount ??= false;
  },
  middle: [
    column('AttachRequired', ({ spec }) => flag(spec.attachRequired)),
    column('PodInfoOnMount', ({ spec }) => flag(spec.podInfoOnMount)),
    column('StorageCapacity', ({ spec }) => flag(spec.storageCapacity)),
    column('TokenRequests', ({ spec }) => ((spec.tokenRequests ?? []).length === 0 ? '<unset>' : spec.tokenRequests.map((one: { audience: string }) => one.audience).join(','))),
    column('RequiresRepublish', ({ spec }) => flag(spec.requiresRepublish)),
    column('Modes', ({ spec }) => joined(spec.volumeLifecycleModes)),
  ],
});

export const csinode = defineKind({
  ...storage,
  kind: 'CSINode',
  plural: 'csinodes',
  namespaced: false,
  returnsDeleted: true,
  middle: [column('Drivers', ({ spec }) => (spec?.drivers ?? []).length, { type: 'integer' })],
});

export const csistoragecapacity = defineKind({
  ...storage,
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  validate: (object) => (object['storageClassName'] ? [] : [required('storageClassName')]),
  validateUpdate: (next, previous) => immutable(next, previous as Loose, ['nodeTopology', 'storageClassName']),
  middle: [column('StorageClassName', (object) => object['storageClassName']), column('Capacity', (object) => object['capacity'] ?? '<unset>')],
});

export const volumeattachment = defineKind({
  ...storage,
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  namespaced: false,
  subresources: ['status'],
  returnsDeleted: true,
  validate({ spec }) {
    return [...(spec?.attacher ? [] : [required('spec.attacher')]), ...(spec?.nodeName ? [] : [required('spec.nodeName')])];
  },
  validateUpdate: (next, previous) => immutable(next, previous as Loose, ['spec']),
  middle: [
    column('Attacher', ({ spec }) => spec.attacher),
    column('PV', ({ spec }) => spec.source?.persistentVolumeName ?? ''),
    column('Node', ({ spec }) => spec.nodeName),
    column('Attached', ({ status }) => flag(status?.attached)),
  ],
});

export const volumeattributesclass = defineKind({
  ...storage,
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  shortNames: ['vac'],
  namespaced: false,
  returnsDeleted: true,
  validate: (object) => (object['driverName'] ? [] : [required('driverName')]),
  validateUpdate: (next, previous) => immutable(next, previous as Loose, ['driverName', 'parameters']),
  middle: [column('DriverName', (object) => object['driverName'])],
});
