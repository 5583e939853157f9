/**
 * Counts for every PodDisruptionBudget how many of its pods are healthy, how many must be, and so how many an eviction may
 * take. The eviction itself asks only for that number. See pkg/controller/disruption/disruption.go.
 */
import type { KubeObject, ObjectKey, Stored } from '../api/object.ts';
import { draft, isEqual } from '../api/deep.ts';
import { timestamp } from '../api/time.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { withCondition } from './conditions.ts';
import { controllerOf, find, keyOf, list, unlessGone } from './objects.ts';
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

function count({ registry, clock }: ControllerContext, budget: Stored<Budget>): { readonly againAfterMs: number } | undefined {
  const pods = list<Pod>(registry, 'pods', budget.metadata.namespace).filter(({ metadata }) => selects(budget.spec.selector, metadata.labels));
  const leaving = stillLeaving(budget, pods, clock.unixMs());
  const currentHealthy = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined && isReady(pod) && !(pod.metadata.name in leaving)).length;
  const { expectedPods, desiredHealthy } = wanted(budget, pods, (owner, namespace) => Number((registry.find(owner.kind, owner.name, namespace) as { readonly spec?: { readonly replicas?: number } } | undefined)?.spec?.replicas ?? 0));
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

/** Evictions that were allowed a moment ago, and whose pods nobody has begun to delete yet. */
function stillLeaving({ status }: Stored<Budget>, pods: readonly Stored<Pod>[], nowMs: number): Record<string, string> {
  const present = new Set(pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata }) => metadata.name));
  return Object.fromEntries(Object.entries(status?.disruptedPods ?? {}).filter(([name, since]) => present.has(name) && Date.parse(since) + DELETION_PATIENCE_MS > nowMs));
}

/** A number of pods counts as it stands; a share, and what may be missing, count from the size that the owners want. */
function wanted({ spec, metadata }: Stored<Budget>, pods: readonly Stored<Pod>[], replicasOf: (owner: { readonly kind: string; readonly name: string }, namespace: string | undefined) => number) {
  const owners = new Map(pods.flatMap((pod) => {
    const owner = controllerOf(pod);
    return owner ? [[owner.uid, { kind: pluralOf(owner.kind), name: owner.name }] as const] : [];
  }));
  const scale = () => [...owners.values()].reduce((sum, owner) => sum + replicasOf(owner, metadata.namespace), 0);
  if (spec.maxUnavailable !== undefined) {
    const expectedPods = scale();
    return { expectedPods, desiredHealthy: Math.max(0, expectedPods - share(spec.maxUnavailable, expectedPods)) };
  }
  if (typeof spec.minAvailable === 'string') {
    const expectedPods = scale();
    return { expectedPods, desiredHealthy: share(spec.minAvailable, expectedPods) };
  }
  return { expectedPods: pods.length, desiredHealthy: spec.minAvailable ?? 0 };
}

/** Percentages are rounded up. */
const share = (value: number | string, of: number): number => (typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) * of) / 100));

const pluralOf = (kind: string): string => (kind === 'ReplicationController' ? 'replicationcontrollers' : `${kind.toLowerCase()}s.apps`);
