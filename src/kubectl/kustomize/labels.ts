/** Where labels and annotations go: into metadata, templates and selectors. See kustomize/api/internal/konfig/builtinpluginconsts. */
import type { KubeObject } from '../object.ts';
import { changeAt } from './fields.ts';

type Pairs = Readonly<Record<string, string>>;

interface Place {
  readonly path: string;
  readonly kinds?: readonly string[];
  readonly creates: boolean;
}

const TEMPLATED = ['ReplicationController', 'Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet', 'Job'];
const METADATA: readonly Place[] = [{ path: 'metadata/labels', creates: true }];
const TEMPLATES: readonly Place[] = [
  { path: 'spec/template/metadata/labels', kinds: TEMPLATED, creates: true },
  { path: 'spec/volumeClaimTemplates[]/metadata/labels', kinds: ['StatefulSet'], creates: true },
  { path: 'spec/jobTemplate/metadata/labels', kinds: ['CronJob'], creates: true },
  { path: 'spec/jobTemplate/spec/template/metadata/labels', kinds: ['CronJob'], creates: true },
];
const POD = 'spec/template/spec/';
const AFFINITIES = ['podAffinity', 'podAntiAffinity'].flatMap((one) => [
  `${POD}affinity/${one}/preferredDuringSchedulingIgnoredDuringExecution[]/podAffinityTerm/labelSelector/matchLabels`, `${POD}affinity/${one}/requiredDuringSchedulingIgnoredDuringExecution[]/labelSelector/matchLabels`,
]);
const SELECTORS: readonly Place[] = [
  { path: 'spec/selector', kinds: ['Service', 'ReplicationController'], creates: true },
  { path: 'spec/selector/matchLabels', kinds: ['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet'], creates: true },
  { path: 'spec/selector/matchLabels', kinds: ['Job', 'PodDisruptionBudget'], creates: false },
  { path: 'spec/jobTemplate/spec/selector/matchLabels', kinds: ['CronJob'], creates: false },
  ...['podSelector', 'ingress[]/from[]/podSelector', 'egress[]/to[]/podSelector'].map((path) => ({ path: `spec/${path}/matchLabels`, kinds: ['NetworkPolicy'], creates: false })),
  ...[...AFFINITIES, `${POD}topologySpreadConstraints[]/labelSelector/matchLabels`].map((path) => ({ path, kinds: ['Deployment', 'StatefulSet'], creates: false })),
];
const ANNOTATIONS: readonly Place[] = [
  { path: 'metadata/annotations', creates: true }, { path: 'spec/template/metadata/annotations', kinds: TEMPLATED, creates: true },
  { path: 'spec/jobTemplate/metadata/annotations', kinds: ['CronJob'], creates: true }, { path: 'spec/jobTemplate/spec/template/metadata/annotations', kinds: ['CronJob'], creates: true },
];

export function withLabels(object: KubeObject, pairs: Pairs, reach: 'metadata' | 'templates' | 'selectors'): KubeObject {
  return addTo(object, pairs, [...METADATA, ...(reach === 'metadata' ? [] : TEMPLATES), ...(reach === 'selectors' ? SELECTORS : [])]);
}

export function withAnnotations(object: KubeObject, pairs: Pairs): KubeObject {
  return addTo(object, pairs, ANNOTATIONS);
}

function addTo(object: KubeObject, pairs: Pairs, places: readonly Place[]): KubeObject {
  const fitting = places.filter(({ kinds }) => kinds?.includes(object.kind ?? '') ?? true);
  return fitting.reduce((result, { path, creates }) => changeAt(result, path, (had) => ({ ...(had as Pairs | undefined), ...pairs }), creates), object);
}
