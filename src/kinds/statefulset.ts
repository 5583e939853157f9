/** StatefulSet: pods with names and storage of their own. See pkg/registry/apps/statefulset/strategy.go. */
import { forbiddenField, type FieldError } from '../api/field-error.ts';
import { isEqual } from '../api/deep.ts';
import { containerImages, containerNames } from './cells.ts';
import { column, defineKind, wide } from './define.ts';
import { defaultTemplate, validateWorkload, type Workload } from './workload.ts';

const CHANGEABLE = ['replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy', 'minReadySeconds'];

export const statefulset = defineKind({
  group: 'apps',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  shortNames: ['sts'],
  categories: ['all'],
  generation: true,
  subresources: ['scale', 'status'],
  defaults(object) {
    const spec = (object['spec'] ??= {});
    spec.podManagementPolicy ||= 'OrderedReady';
    const strategy = (spec.updateStrategy ??= {});
    strategy.type ||= 'RollingUpdate';
    if (strategy.type === 'RollingUpdate') (strategy.rollingUpdate ??= {}).partition ??= 0;
    spec.persistentVolumeClaimRetentionPolicy ??= {};
    spec.persistentVolumeClaimRetentionPolicy.whenDeleted ??= 'Retain';
    spec.persistentVolumeClaimRetentionPolicy.whenScaled ??= 'Retain';
    spec.replicas ??= 1;
    spec.revisionHistoryLimit ??= 10;
    defaultTemplate(spec.template);
    for (const claim of spec.volumeClaimTemplates ?? []) {
      claim.apiVersion ??= 'v1';
      claim.kind ??= 'PersistentVolumeClaim';
      claim.spec.volumeMode ??= 'Filesystem';
      claim.status ??= { phase: 'Pending' };
    }
  },
  prepareForCreate(object) {
    object['status'] = { replicas: 0, availableReplicas: 0 };
  },
  validate: (object) => validateWorkload(object as unknown as Workload, 'statefulset'),
  validateUpdate(next, previous): FieldError[] {
    const fixed = (spec: Record<string, unknown>) => Object.fromEntries(Object.entries(spec).filter(([key]) => !CHANGEABLE.includes(key)));
    if (isEqual(fixed(next['spec']), fixed(previous['spec'] as Record<string, unknown>))) return [];
    return [forbiddenField('spec', "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden")];
  },
  middle: [column('Ready', (set) => `${set['status']?.readyReplicas ?? 0}/${set['spec'].replicas ?? 0}`)],
  after: [wide('Containers', (set) => containerNames(set['spec'].template)), wide('Images', (set) => containerImages(set['spec'].template))],
});
