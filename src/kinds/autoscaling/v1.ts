/**
 * HorizontalPodAutoscaler between autoscaling/v1 and v2: what v1 has no field for travels in annotations, so that a client
 * of v1 loses nothing.
 * Differs from Kubernetes: metrics are written in the annotations as v2 words them; v1 has a wording of its own for them.
 * See pkg/apis/autoscaling/v1/conversion.go.
 */
import type { Loose } from '../define.ts';

const PREFIX = 'autoscaling.alpha.kubernetes.io/';
/** The annotations, by the part and field of v2 that each carries. */
const CARRIED = [
  ['metrics', 'spec', 'metrics'],
  ['behavior', 'spec', 'behavior'],
  ['current-metrics', 'status', 'currentMetrics'],
  ['conditions', 'status', 'conditions'],
] as const;

interface Metric {
  readonly type: string;
  readonly resource?: { readonly name: string; readonly target?: { readonly averageUtilization?: number }; readonly current?: { readonly averageUtilization?: number } };
}

const isCpu = (metric: Metric): boolean => metric.type === 'Resource' && metric.resource?.name === 'cpu';
const cpuTarget = (metric: Metric): number | undefined => (isCpu(metric) ? metric.resource?.target?.averageUtilization : undefined);
const cpuCurrent = (metric: Metric): number | undefined => (isCpu(metric) ? metric.resource?.current?.averageUtilization : undefined);

/** A v1 object as v2 stores it. */
export function toStored(object: Loose): Loose {
  const { annotations, ...metadata } = object.metadata;
  const { targetCPUUtilizationPercentage: target, ...spec } = object['spec'] ?? {};
  const { currentCPUUtilizationPercentage: current, ...status } = object['status'] ?? {};
  const parts: Record<string, Record<string, unknown>> = { spec, status };
  for (const [word, part, field] of CARRIED) {
    const text = annotations?.[PREFIX + word];
    if (text !== undefined) parts[part]![field] = JSON.parse(text);
  }
  if (target !== undefined) spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: target } } }, ...((spec.metrics as Metric[] | undefined) ?? [])];
  if (current !== undefined) status.currentMetrics = [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: current } } }, ...((status.currentMetrics as Metric[] | undefined) ?? [])];
  const kept = Object.entries(annotations ?? {}).filter(([key]) => !CARRIED.some(([word]) => key === PREFIX + word));
  return { ...object, apiVersion: 'autoscaling/v2', metadata: { ...metadata, ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }) }, spec, ...(object['status'] && { status }) };
}

/** A stored v2 object as a client of v1 sees it. */
export function fromStored(object: Loose): Loose {
  const { metrics = [], behavior, ...spec } = object['spec'];
  const { currentMetrics, conditions, ...status } = object['status'] ?? {};
  const target = (metrics as Metric[]).find((metric) => cpuTarget(metric) !== undefined);
  const current = ((currentMetrics ?? []) as Metric[]).find((metric) => cpuCurrent(metric) !== undefined);
  const rest: Record<(typeof CARRIED)[number][0], readonly unknown[] | undefined> = {
    metrics: (metrics as Metric[]).filter((metric) => metric !== target),
    behavior,
    'current-metrics': ((currentMetrics ?? []) as Metric[]).filter((metric) => metric !== current),
    conditions,
  };
  const carried = Object.entries(rest).filter(([, value]) => value !== undefined && (!Array.isArray(value) || value.length > 0)).map(([word, value]) => [PREFIX + word, JSON.stringify(value)]);
  const annotations = { ...object.metadata.annotations, ...Object.fromEntries(carried) };
  return {
    ...object, apiVersion: 'autoscaling/v1',
    metadata: { ...object.metadata, ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: { ...spec, ...(target && { targetCPUUtilizationPercentage: cpuTarget(target) }) },
    ...(object['status'] && { status: { ...status, currentReplicas: status.currentReplicas ?? 0, ...(current && { currentCPUUtilizationPercentage: cpuCurrent(current) }) } }),
  };
}
