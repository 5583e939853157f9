/**
 * HorizontalPodAutoscaler, autoscaling/v2 and v1 over one store. See pkg/apis/autoscaling.
 */
import { draft } from '../../api/deep.ts';
import { invalidValue, required, type FieldError } from '../../api/field-error.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import { joined } from '../cells.ts';
import { column, defineKind, type KindSpec, type Loose } from '../define.ts';
import { fromStored, toStored } from './v1.ts';

const common: Pick<KindSpec<Loose>, 'group' | 'kind' | 'plural' | 'shortNames' | 'categories' | 'subresources' | 'validate' | 'prepareForCreate'> = {
  group: 'autoscaling',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  subresources: ['status'],
  prepareForCreate(object) {
    object['status'] = { desiredReplicas: 0, currentMetrics: null };
  },
  validate({ spec }) {
    const errors: FieldError[] = [];
    if ((spec.minReplicas ?? 1) < 1) errors.push(invalidValue('spec.minReplicas', spec.minReplicas, 'must be greater than or equal to 1'));
    if (!(spec.maxReplicas >= 1)) errors.push(invalidValue('spec.maxReplicas', spec.maxReplicas ?? 0, 'must be greater than 0'));
    else if (spec.maxReplicas < (spec.minReplicas ?? 1)) errors.push(invalidValue('spec.maxReplicas', spec.maxReplicas, 'must be greater than or equal to `minReplicas`'));
    if (!spec.scaleTargetRef?.kind) errors.push(required('spec.scaleTargetRef.kind'));
    if (!spec.scaleTargetRef?.name) errors.push(required('spec.scaleTargetRef.name'));
    return errors;
  },
};

const columns = [
  column('Reference', (hpa) => `${hpa['spec'].scaleTargetRef?.kind}/${hpa['spec'].scaleTargetRef?.name}`),
  column('Targets', (hpa) => targets(hpa)),
  column('MinPods', (hpa) => String(hpa['spec'].minReplicas ?? '<unset>')),
  column('MaxPods', (hpa) => hpa['spec'].maxReplicas ?? 0, { type: 'integer' }),
  column('Replicas', (hpa) => hpa['status']?.currentReplicas ?? 0, { type: 'integer' }),
];

interface Source {
  /** Of a resource; other metrics are not called by their names. */
  readonly name?: string;
  readonly target: { readonly averageUtilization?: number; readonly averageValue?: string; readonly value?: string };
}

type Metric = { readonly type: string } & Partial<Record<'resource' | 'containerResource' | 'pods' | 'object' | 'external', Source>>;

/** How fast it may go, for whom says something of it at all. See pkg/apis/autoscaling/v2/defaults.go. */
function defaultBehavior(behavior: Loose['spec']): void {
  const fastest = { type: 'Percent', value: 100, periodSeconds: 15 };
  behavior.scaleUp = { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, fastest], ...behavior.scaleUp };
  behavior.scaleDown = { selectPolicy: 'Max', policies: [fastest], ...behavior.scaleDown };
}

function targets(hpa: Loose): string {
  // Nobody measures pods here (see controllers/horizontalpodautoscaler.ts), so what they use is not known.
  return joined(((hpa['spec'].metrics ?? []) as Metric[]).map((metric) => {
    const { name, target } = (metric.resource ?? metric.containerResource ?? metric.pods ?? metric.object ?? metric.external)!;
    const { averageUtilization, averageValue, value } = target;
    if (name !== undefined) return `${name}: <unknown>/${averageValue ?? (averageUtilization === undefined ? '<auto>' : `${averageUtilization}%`)}`;
    return averageValue === undefined ? `<unknown>/${value}` : `<unknown>/${averageValue}${metric.type === 'Pods' ? '' : ' (avg)'}`;
  }));
}

export const horizontalpodautoscaler = defineKind({
  ...common,
  version: 'v2',
  defaults(object) {
    const spec = (object['spec'] ??= {});
    spec.minReplicas ??= 1;
    spec.metrics ??= [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }];
    if (spec.behavior) defaultBehavior(spec.behavior);
  },
  middle: columns,
});

export const horizontalpodautoscalerV1 = defineKind({
  ...common,
  version: 'v1',
  defaults(object) {
    (object['spec'] ??= {}).minReplicas ??= 1;
  },
  middle: columns.map((entry) => ({ ...entry, cell: (object: Stored<Loose>, now: number) => entry.cell(toStored(draft<KubeObject>(object as unknown as Stored<KubeObject>) as Loose) as unknown as Stored<Loose>, now) })),
  storedAs: { resource: 'horizontalpodautoscalers.autoscaling', toStored: (object) => toStored(object as Loose), fromStored: (stored) => fromStored(draft<KubeObject>(stored) as Loose) as unknown as Stored<KubeObject> },
});
