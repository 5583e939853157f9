/**
 * Counts for every PodDisruptionBudget how many of its pods are healthy, how many must be, and so how many an eviction may
 * take. The eviction itself asks only for that number. See pkg/controller/disruption/disruption.go.
 */
import type { KubeObject, ObjectKey, Stored } from '../api/object.ts';
import { draft, isEqual } from '../api/deep.ts';
import { timestamp } from '../api/time.ts';
import type { Registry } from '../kinds/registry.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { withCondition } from './conditions.ts';
import { find, keyOf, list, unlessGone } from './objects.ts';
import { wanted } from './expected-pods.ts';
import { isReady } from './pods.ts';
import { selects } from './selectors.ts';
import type { Condition, LabelSelector, Pod } from './shapes.ts';

/** An eviction that was allowed and whose pod is still there after this long did not happen. */
const DELETION_PATIENCE_MS = 120_000;

interface Budget extends KubeObject {
  spec: { selector?: LabelSelector; minAvailable?: number | string; maxUnavailable?: number | string };
  status?: {
    observedGeneration?: number;
    /** Names of pods whose eviction was allowed, with the time. */
    disruptedPods?: Record<string, string>;
    currentHealthy: number;
    desiredHealthy: number;
    expectedPods: number;
    disruptionsAllowed: number;
    conditions?: Condition[];
  };
}

export function disruptionController(context: ControllerContext): Controller {
  const { registry } = context;
  const budgetsOf = (pod: Stored<KubeObject>): readonly ObjectKey[] => list<Budget>(registry, 'poddisruptionbudgets.policy', pod.metadata.namespace).filter(({ spec }) => selects(spec.selector, pod.metadata.labels)).map(keyOf);
  return {
    name: 'disruption',
    watches: [
      { group: 'policy', resource: 'poddisruptionbudgets', toKeys: (object) => [keyOf(object)] },
      { group: '', resource: 'pods', toKeys: (pod, _type, previous) => [...budgetsOf(pod), ...(previous ? budgetsOf(previous) : [])] },
    ],
    reconcile: (key) => {
      const budget = find<Budget>(registry, 'poddisruptionbudgets.policy', key);
      if (!budget) return undefined;
      return count(context, budget);
    },
  };
}

function count({ registry, clock, record }: ControllerContext, budget: Stored<Budget>): { readonly againAfterMs: number } | undefined {
  const pods = list<Pod>(registry, 'pods', budget.metadata.namespace).filter(({ metadata }) => selects(budget.spec.selector, metadata.labels));
  const leaving = stillLeaving(budget, pods, clock.unixMs());
  const currentHealthy = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined && isReady(pod) && !(pod.metadata.name in leaving)).length;
  const counted = wanted(registry, budget.spec, pods);
  if ('unknown' in counted) {
    record({ object: budget, type: 'Warning', reason: 'CalculateExpectedPodCountFailed', message: `Failed to calculate the number of expected pods: ${counted.unknown}`, component: 'controllermanager' });
    return allowNone(registry, clock.unixMs(), budget, counted.unknown);
  }
  const { expectedPods, desiredHealthy } = counted;
  const disruptionsAllowed = expectedPods <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
  const next = draft<Budget>(budget);
  const allowed = disruptionsAllowed > 0;
  next.status = {
    conditions: withCondition(budget.status?.conditions, {
      type: 'DisruptionAllowed', status: allowed ? 'True' : 'False', reason: allowed ? 'SufficientPods' : 'InsufficientPods', message: '',
      observedGeneration: budget.metadata.generation ?? 1, lastTransitionTime: timestamp(clock.unixMs()),
    } as Condition),
    currentHealthy, desiredHealthy, disruptionsAllowed, expectedPods,
    ...(Object.keys(leaving).length === 0 ? {} : { disruptedPods: leaving }),
    observedGeneration: budget.metadata.generation ?? 1,
  };
  if (!isEqual(next.status, budget.status)) unlessGone(() => registry.updateStatus('poddisruptionbudgets.policy', next));
  return Object.keys(leaving).length === 0 ? undefined : { againAfterMs: DELETION_PATIENCE_MS };
}

/** Where nothing can be counted, nothing may go. */
function allowNone(registry: Registry, nowUnixMs: number, budget: Stored<Budget>, why: string): undefined {
  const next = draft<Budget>(budget);
  const conditions = withCondition(budget.status?.conditions, { type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message: why, lastTransitionTime: timestamp(nowUnixMs) });
  next.status = { currentHealthy: 0, desiredHealthy: 0, expectedPods: 0, ...next.status, disruptionsAllowed: 0, conditions };
  if (!isEqual(next.status, budget.status)) unlessGone(() => registry.updateStatus('poddisruptionbudgets.policy', next));
  return undefined;
}

/** Evictions that were allowed a moment ago, and whose pods nobody has begun to delete yet. */
function stillLeaving({ status }: Stored<Budget>, pods: readonly Stored<Pod>[], nowMs: number): Record<string, string> {
  const present = new Set(pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata }) => metadata.name));
  return Object.fromEntries(Object.entries(status?.disruptedPods ?? {}).filter(([name, since]) => present.has(name) && Date.parse(since) + DELETION_PATIENCE_MS > nowMs));
}
