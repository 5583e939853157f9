/** HorizontalPodAutoscalers: what is measured beside what is wanted. See describeHorizontalPodAutoscalerV2 in kubectl/pkg/describe/describe.go. */
import { dig, type KubeObject } from '../object.ts';
import { writeEvents, type Event } from './events.ts';
import { timeOf, writeHead, writeMeta } from './fields.ts';
import type { Writer } from './writer.ts';

interface Value {
  readonly type?: string;
  readonly value?: string;
  readonly averageValue?: string;
  readonly averageUtilization?: number;
}

interface Source {
  readonly name?: string;
  readonly container?: string;
  readonly metric?: { readonly name: string };
  readonly describedObject?: { readonly kind: string; readonly name: string };
  readonly target: Value;
  readonly current?: Value;
}

type Metric = { readonly type: string } & Readonly<Record<string, Source>>;

const FIELDS: Readonly<Record<string, string>> = { Resource: 'resource', ContainerResource: 'containerResource', Pods: 'pods', Object: 'object', External: 'external' };

export function describeAutoscaler(out: Writer, object: KubeObject, events: readonly Event[]): void {
  const spec = object['spec'] as { scaleTargetRef: { kind: string; name: string }; minReplicas?: number; maxReplicas: number; metrics?: Metric[]; behavior?: { scaleUp?: Rules; scaleDown?: Rules } };
  const status = (object['status'] ?? {}) as { currentReplicas?: number; desiredReplicas?: number; currentMetrics?: (Metric | null)[]; conditions?: { type: string; status: string; reason: string; message: string }[] };
  writeHead(out, object);
  writeMeta(out, object);
  out.line(0, `CreationTimestamp:\t${timeOf(object.metadata?.creationTimestamp)}`);
  out.line(0, `Reference:\t${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`);
  out.line(0, 'Metrics:\t( current / target )');
  (spec.metrics ?? []).forEach((metric, at) => out.line(1, metricText(metric, status.currentMetrics?.[at] ?? undefined)));
  out.line(0, `Min replicas:\t${spec.minReplicas ?? '<unset>'}`);
  out.line(0, `Max replicas:\t${spec.maxReplicas}`);
  if (spec.behavior) {
    out.line(0, 'Behavior:');
    writeRules(out, 'Scale Up', spec.behavior.scaleUp);
    writeRules(out, 'Scale Down', spec.behavior.scaleDown);
  }
  out.line(0, `${spec.scaleTargetRef.kind} pods:\t${status.currentReplicas ?? 0} current / ${status.desiredReplicas ?? 0} desired`);
  if ((status.conditions ?? []).length > 0) {
    out.write('Conditions:\n  Type\tStatus\tReason\tMessage\n  ----\t------\t------\t-------\n');
    for (const one of status.conditions ?? []) out.line(1, `${one.type}\t${one.status}\t${one.reason}\t${one.message}`);
  }
  writeEvents(out, events);
}

function metricText(metric: Metric, measured: Metric | undefined): string {
  const field = FIELDS[metric.type] ?? '';
  const source = metric[field];
  if (!source) return '<unknown metric type>';
  const { target } = source;
  const now = dig(measured as unknown as KubeObject | undefined, field, 'current') as Value | undefined;
  const pair = (value: 'value' | 'averageValue') => `${now?.[value] ?? '<unknown>'} / ${target[value]}`;
  const amount = () => (target.averageValue === undefined ? ` (target value):\t${pair('value')}` : ` (target average value):\t${pair('averageValue')}`);
  switch (metric.type) {
    case 'External':
      return `"${source.metric?.name}"${amount()}`;
    case 'Object':
      return `"${source.metric?.name}" on ${source.describedObject?.kind}/${source.describedObject?.name}${amount()}`;
    case 'Pods':
      return `"${source.metric?.name}" on pods:\t${pair('averageValue')}`;
    default: {
      const what = `resource ${source.name}${source.container === undefined ? '' : ` of container "${source.container}"`} on pods`;
      if (target.averageValue !== undefined) return `${what}:\t${pair('averageValue')}`;
      const used = now?.averageUtilization === undefined ? '<unknown>' : `${now.averageUtilization}% (${now.averageValue})`;
      return `${what}  (as a percentage of request):\t${used} / ${target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`}`;
    }
  }
}

interface Rules {
  readonly stabilizationWindowSeconds?: number;
  readonly selectPolicy?: string;
  readonly policies?: readonly { readonly type: string; readonly value: number; readonly periodSeconds: number }[];
}

function writeRules(out: Writer, title: string, rules: Rules | undefined): void {
  if (!rules) return;
  out.line(1, `${title}:`);
  if (rules.stabilizationWindowSeconds !== undefined) out.line(2, `Stabilization Window: ${rules.stabilizationWindowSeconds} seconds`);
  if ((rules.policies ?? []).length === 0) return;
  out.line(2, `Select Policy: ${rules.selectPolicy ?? 'Max'}`);
  out.line(2, 'Policies:');
  for (const { type, value, periodSeconds } of rules.policies ?? []) out.line(3, `- Type: ${type}  Value: ${value}  Period: ${periodSeconds} seconds`);
}
