/** ReplicaSet: so many pods of one template. See pkg/registry/apps/replicaset/strategy.go. */
import type { KubeObject } from '../api/object.ts';
import type { LabelSelector } from '../api/selector.ts';
import { column, defineKind } from './define.ts';
import type { PodTemplate } from './pod/types.ts';
import { templateWarnings } from './pod/warnings.ts';
import { defaultTemplate, selectorIsImmutable, validateWorkload, workloadColumns, type Condition } from './workload.ts';

export interface ReplicaSet extends KubeObject {
  spec: { replicas?: number; selector: LabelSelector; template: PodTemplate; minReadySeconds?: number };
  status?: { replicas: number; fullyLabeledReplicas?: number; readyReplicas?: number; availableReplicas?: number; terminatingReplicas?: number; observedGeneration?: number; conditions?: Condition[] };
}

export const replicaset = defineKind<ReplicaSet>({
  group: 'apps',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  shortNames: ['rs'],
  categories: ['all'],
  generation: true,
  subresources: ['scale', 'status'],
  defaults({ spec }) {
    if (!spec) return;
    spec.replicas ??= 1;
    defaultTemplate(spec.template);
  },
  prepareForCreate(set) {
    set.status = { replicas: 0 };
  },
  validate: (set) => validateWorkload(set, 'replicaset'),
  validateUpdate: (next, previous) => selectorIsImmutable(next, previous as ReplicaSet),
  warnings: (set) => templateWarnings(set.spec.template, 'spec.template'),
  selectableFields: { 'status.replicas': (set) => String(set.status?.replicas ?? 0) },
  middle: [
    column('Desired', (rs) => rs['spec'].replicas ?? 0, { type: 'integer', description: 'Replicas is the number of desired pods.' }),
    column('Current', (rs) => rs['status']?.replicas ?? 0, { type: 'integer', description: 'Replicas is the most recently observed number of non-terminating pods.' }),
    column('Ready', (rs) => rs['status']?.readyReplicas ?? 0, { type: 'integer', description: 'The number of non-terminating pods targeted by this ReplicaSet with a Ready Condition.' }),
  ] as never,
  after: workloadColumns as never,
});
