/**
 * Pod: the smallest thing that runs. See pkg/registry/core/pod/strategy.go.
 */
import type { Stored } from '../api/object.ts';
import { defineKind } from './define.ts';
import { podColumns } from './pod/columns.ts';
import { defaultPod, defaultPodSpec } from './pod/defaults.ts';
import { qosClassOf } from './pod/qos.ts';
import type { Pod } from './pod/types.ts';
import { podUpdateErrors } from './pod/update.ts';
import { validatePodSpec } from './pod/validate.ts';
import { podWarnings } from './pod/warnings.ts';

export const pod = defineKind<Pod>({
  kind: 'Pod',
  plural: 'pods',
  shortNames: ['po'],
  categories: ['all'],
  generation: true,
  subresources: ['attach', 'binding', 'ephemeralcontainers', 'eviction', 'exec', 'log', 'portforward', 'proxy', 'resize', 'status'],
  returnsDeleted: true,
  defaults(pod) {
    if (!pod.spec) pod.spec = { containers: [] };
    defaultPod(pod.spec);
    defaultPodSpec(pod.spec);
  },
  prepareForCreate(pod) {
    pod.status = { phase: 'Pending', qosClass: qosClassOf(pod.spec) };
  },
  prepareForUpdate(next, previous) {
    // The node is chosen through the binding subresource alone.
    if (!next.spec.nodeName && previous.spec.nodeName) next.spec.nodeName = previous.spec.nodeName;
  },
  validate: (pod) => validatePodSpec(pod.spec, 'spec'),
  validateUpdate: (next, previous) => podUpdateErrors(next, previous as Pod),
  warnings: (pod, previous) => (previous ? [] : podWarnings(pod.spec, 'spec')),
  columns: podColumns as never,
  selectableFields: {
    'spec.nodeName': (pod) => pod.spec.nodeName ?? '',
    'spec.restartPolicy': (pod) => pod.spec.restartPolicy ?? '',
    'spec.schedulerName': (pod) => pod.spec.schedulerName ?? '',
    'spec.serviceAccountName': (pod) => pod.spec.serviceAccountName ?? '',
    'spec.hostNetwork': (pod) => String(pod.spec.hostNetwork ?? false),
    'status.phase': (pod) => pod.status?.phase ?? '',
    'status.podIP': (pod) => pod.status?.podIP ?? '',
    'status.podIPs': (pod) => pod.status?.podIPs?.[0]?.ip ?? '',
    'status.nominatedNodeName': (pod) => pod.status?.nominatedNodeName ?? '',
  },
});

export type StoredPod = Stored<Pod>;
