/**
 * HorizontalPodAutoscaler: keeps a workload between its minimum and maximum, and asks how busy the pods are.
 * See pkg/controller/podautoscaler/horizontal.go.
 *
 * Differs from Kubernetes: nobody measures pods, as in every new cluster without a metrics server; whatever is asked of
 * one is answered as its absence is. Between minimum and maximum the number of replicas therefore stays.
 */
import { draft, isEqual } from '../api/deep.ts';
import type { KubeObject, Stored } from '../api/object.ts';
import { isApiError } from '../api/status.ts';
import { timestamp } from '../api/time.ts';
import { withCondition } from './conditions.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { find, keyOf, unlessGone } from './objects.ts';
import type { Condition } from './shapes.ts';

const COMPONENT = 'horizontal-pod-autoscaler';
/** `--horizontal-pod-autoscaler-sync-period` */
const SYNC_MS = 15_000;

interface Measured {
  readonly name: string;
  readonly target: { readonly averageValue?: string };
}

interface Named {
  readonly metric: { readonly name: string };
}

interface Metric {
  readonly type: 'Resource' | 'ContainerResource' | 'Pods' | 'Object' | 'External';
  readonly resource?: Measured;
  readonly containerResource?: Measured;
  readonly pods?: Named;
  readonly object?: Named;
  readonly external?: Named;
}

interface Autoscaler extends KubeObject {
  readonly spec: { readonly minReplicas?: number; readonly maxReplicas: number; readonly scaleTargetRef: { readonly apiVersion?: string; readonly kind: string; readonly name: string }; readonly metrics?: readonly Metric[] };
  readonly status?: { readonly currentReplicas?: number; readonly desiredReplicas: number; readonly lastScaleTime?: string; readonly currentMetrics: unknown; readonly conditions?: readonly Condition[] };
}

interface Workload extends KubeObject {
  readonly spec: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number };
}

export function horizontalPodAutoscalerController(context: ControllerContext): Controller {
  const { registry } = context;
  return {
    name: 'horizontalpodautoscaler',
    watches: [
      // Its own reports are no reason to look again: it looks every fifteen seconds, whatever happens.
      { group: 'autoscaling', resource: 'horizontalpodautoscalers', toKeys: (object, type, previous) => (type === 'DELETED' || (previous && isEqual(specOf(object), specOf(previous))) ? [] : [keyOf(object)]) },
    ],
    reconcile: (key) => {
      const autoscaler = find<Autoscaler>(registry, 'horizontalpodautoscalers.autoscaling', key);
      if (!autoscaler || autoscaler.metadata.deletionTimestamp) return;
      const status = new Look(context, autoscaler).status();
      if (!isEqual(status, autoscaler.status)) unlessGone(() => registry.update('horizontalpodautoscalers.autoscaling', { ...draft<Autoscaler>(autoscaler), status } as Autoscaler, { subresource: 'status' }));
      return { againAfterMs: SYNC_MS };
    },
  };
}

const specOf = (object: Stored<KubeObject>): unknown => (object as Stored<Autoscaler>).spec;

/** One look at a workload: what the autoscaler's status says afterwards. */
class Look {
  #conditions: Condition[];

  constructor(
    private readonly context: ControllerContext,
    private readonly autoscaler: Stored<Autoscaler>,
  ) {
    this.#conditions = draft<Condition[]>((autoscaler.status?.conditions ?? []) as Stored<Condition[]>);
  }

  status(): Autoscaler['status'] {
    const { registry, clock } = this.context;
    const { spec, metadata, status: before } = this.autoscaler;
    const target = this.#target();
    const rest = { desiredReplicas: before?.desiredReplicas ?? 0, ...(before?.lastScaleTime && { lastScaleTime: before.lastScaleTime }), currentMetrics: null };
    if (typeof target === 'string') {
      this.#warn('FailedGetScale', target);
      this.#say('AbleToScale', 'False', 'FailedGetScale', `the HPA controller was unable to get the target's current scale: ${target}`);
      return { ...rest, ...(before?.currentReplicas !== undefined && { currentReplicas: before.currentReplicas }), conditions: this.#conditions };
    }
    const replicas = target.spec.replicas ?? 1;
    const currentReplicas = target.status?.replicas ?? 0;
    this.#say('AbleToScale', 'True', 'SucceededGetScale', "the HPA controller was able to get the target's current scale");
    const minimum = spec.minReplicas ?? 1;
    if (replicas === 0 && minimum !== 0) {
      this.#say('ScalingActive', 'False', 'ScalingDisabled', 'scaling is disabled since the replica count of the target is zero');
      return { ...rest, desiredReplicas: 0, ...(currentReplicas > 0 && { currentReplicas }), conditions: this.#conditions };
    }
    const bound = replicas > spec.maxReplicas ? ([spec.maxReplicas, 'above Spec.MaxReplicas'] as const) : replicas < minimum ? ([minimum, 'below Spec.MinReplicas'] as const) : undefined;
    if (bound) {
      const [size, why] = bound;
      registry.patch(this.#kind()!, target.metadata.name, metadata.namespace, { type: 'merge', body: { spec: { replicas: size } } });
      this.#tell('Normal', 'SuccessfulRescale', `New size: ${size}; reason: Current number of replicas ${why}`);
      this.#say('AbleToScale', 'True', 'SucceededRescale', `the HPA controller was able to update the target scale to ${size}`);
      return { ...rest, desiredReplicas: size, currentReplicas, lastScaleTime: timestamp(clock.unixMs()), conditions: this.#conditions };
    }
    this.#measure();
    return { ...rest, ...(currentReplicas > 0 && { currentReplicas }), conditions: this.#conditions };
  }

  /** Every metric fails for the same reason; the first is reported as the condition. */
  #measure(): void {
    const { metrics = [] } = this.autoscaler.spec;
    const failures = metrics.map((metric) => failureOf(metric));
    for (const { reason, message } of failures) this.#warn(reason, message);
    const [first] = failures;
    if (!first) return;
    this.#say('ScalingActive', 'False', first.reason, `the HPA was unable to compute the replica count: ${first.message}`);
    this.#warn('FailedComputeMetricsReplicas', `invalid metrics (${failures.length} invalid out of ${failures.length}), first error is: failed to get ${first.what} metric value: ${first.message}`);
  }

  #kind(): ReturnType<ControllerContext['registry']['kindOf']> {
    const { apiVersion = 'apps/v1', kind } = this.autoscaler.spec.scaleTargetRef;
    const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
    return this.context.registry.kinds.find((one) => one.kind === kind && one.group === group && one.subresources.includes('scale'));
  }

  /** @returns why there is none, in the words of the real one */
  #target(): Stored<Workload> | string {
    const { scaleTargetRef } = this.autoscaler.spec;
    const kind = this.#kind();
    if (!kind) return `no matches for kind "${scaleTargetRef.kind}" in group "${scaleTargetRef.apiVersion?.split('/')[0] ?? ''}"`;
    try {
      return this.context.registry.get(kind, scaleTargetRef.name, this.autoscaler.metadata.namespace) as Stored<Workload>;
    } catch (error) {
      if (isApiError(error, 'NotFound')) return error.message;
      throw error;
    }
  }

  #say(type: string, status: 'True' | 'False', reason: string, message: string): void {
    this.#conditions = withCondition(this.#conditions, { type, status, lastTransitionTime: timestamp(this.context.clock.unixMs()), reason, message });
  }

  #warn(reason: string, message: string): void {
    this.#tell('Warning', reason, message);
  }

  #tell(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.context.record({ object: this.autoscaler as unknown as Stored<KubeObject>, type, reason, message, component: COMPONENT });
  }
}

/** What a missing metrics API comes to, by kind of metric. */
function failureOf(metric: Metric): { readonly reason: string; readonly message: string; readonly what: string } {
  const reason = `FailedGet${metric.type}Metric`;
  const measured = metric.resource ?? metric.containerResource;
  if (measured) {
    const { name, target } = measured;
    const asked = target.averageValue === undefined ? 'utilization' : 'usage';
    const message = `failed to get ${name} ${asked}: unable to get metrics for resource ${name}: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)`;
    return { reason, message, what: `${name} ${metric.resource ? 'resource' : 'container'}` };
  }
  const api = metric.type === 'External' ? 'external' : 'custom';
  const name = (metric.pods ?? metric.object ?? metric.external)?.metric.name ?? '';
  return { reason, what: metric.type.toLowerCase(), message: `unable to get ${api === 'external' ? 'external ' : ''}metric ${name}: unable to fetch metrics from ${api} metrics API: no ${api} metrics API (${api}.metrics.k8s.io) registered` };
}
