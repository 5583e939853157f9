/**
 * ReplicationController: the ancestor of ReplicaSets; `kubectl get all` asks for it. See pkg/apis/core/v1/defaults.go and
 * pkg/registry/core/replicationcontroller/strategy.go.
 */
import { labelsText, containerImages, containerNames } from './cells.ts';
import { column, defineKind, wide } from './define.ts';
import { required } from '../api/field-error.ts';
import { validatePodTemplate } from './pod/validate.ts';
import { defaultTemplate } from './workload.ts';

export const replicationcontroller = defineKind({
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  shortNames: ['rc'],
  categories: ['all'],
  generation: true,
  subresources: ['scale', 'status'],
  defaults(object) {
    const spec = (object['spec'] ??= {});
    spec.replicas ??= 1;
    const labels = spec.template?.metadata?.labels;
    if (!Object.keys(spec.selector ?? {}).length && labels) spec.selector = { ...labels };
    defaultTemplate(spec.template);
  },
  prepareForCreate(object) {
    object['status'] = { replicas: 0 };
  },
  validate: ({ spec }) => [...(Object.keys(spec.selector ?? {}).length ? [] : [required('spec.selector')]), ...(spec.template ? validatePodTemplate(spec.template, 'spec.template') : [required('spec.template')])],
  middle: [
    column('Desired', (rc) => rc['spec'].replicas ?? 0, { type: 'integer' }),
    column('Current', (rc) => rc['status']?.replicas ?? 0, { type: 'integer' }),
    column('Ready', (rc) => rc['status']?.readyReplicas ?? 0, { type: 'integer' }),
  ],
  after: [wide('Containers', (rc) => containerNames(rc['spec'].template)), wide('Images', (rc) => containerImages(rc['spec'].template)), wide('Selector', (rc) => labelsText(rc['spec'].selector))],
});
