/**
 * Preemption: a pod of higher priority may push out pods of lower priority, as few and as unimportant as will do; those
 * whose disruption budget allows it before those whose does not. See pkg/scheduler/framework/preemption/preemption.go
 * and plugins/defaultpreemption.
 */
import type { KubeObject, Stored } from '../../api/object.ts';
import type { ControllerContext } from '../controller.ts';
import { list } from '../objects.ts';
import { evictPod } from '../pod-disruption.ts';
import { isEmptySelector, selects } from '../selectors.ts';
import type { LabelSelector, Pod } from '../shapes.ts';
import { refusal } from './filters.ts';
import { besidePromised, type NodeView, priorityOf, type Snapshot } from './snapshot.ts';

interface Budget extends KubeObject {
  spec?: { selector?: LabelSelector };
  status?: { disruptionsAllowed?: number; disruptedPods?: Record<string, string> };
}

interface Plan {
  readonly view: NodeView;
  readonly victims: readonly Stored<Pod>[];
  /** How many of the victims no budget lets go. */
  readonly violations: number;
}

/** Evicts what is in the way on the best node and names that node; undefined when nothing would help. */
export function preempt(context: ControllerContext, pod: Stored<Pod>, snapshot: Snapshot): string | undefined {
  if (pod.spec.preemptionPolicy === 'Never') return undefined;
  // Victims of an earlier attempt are still on their way out: wait for them.
  const nominated = snapshot.nodes.find(({ node }) => node.metadata.name === pod.status?.nominatedNodeName);
  if (nominated?.pods.some((other) => other.metadata.deletionTimestamp && priorityOf(other) < priorityOf(pod))) return undefined;
  const budgets = list<Budget>(context.registry, 'poddisruptionbudgets.policy');
  const plans = snapshot.nodes.flatMap((view) => planOn(pod, view, snapshot, budgets) ?? []).filter(({ victims }) => victims.length > 0);
  plans.sort((a, b) => a.violations - b.violations || highest(a.victims) - highest(b.victims) || sum(a.victims) - sum(b.victims) || a.victims.length - b.victims.length);
  const plan = plans[0];
  if (!plan) return undefined;
  for (const victim of plan.victims) evict(context, pod, victim, plan.view.node.metadata.name);
  return plan.view.node.metadata.name;
}

const highest = (victims: readonly Stored<Pod>[]) => Math.max(...victims.map(priorityOf));

/** Negative priorities, too, add up: the more victims, the more. */
const sum = (victims: readonly Stored<Pod>[]) => victims.reduce((all, victim) => all + priorityOf(victim) + 2 ** 31, 0);

/** Without all lower pods it must fit; then as many as possible are put back, the protected and the important ones first. */
function planOn(pod: Stored<Pod>, view: NodeView, snapshot: Snapshot, budgets: readonly Stored<Budget>[]): Plan | undefined {
  const lower = view.pods.filter((other) => priorityOf(other) < priorityOf(pod)).sort((a, b) => priorityOf(b) - priorityOf(a));
  if (lower.length === 0) return undefined;
  const fits = (pods: readonly Stored<Pod>[]) => {
    const changed = besidePromised(pod, { ...view, pods });
    return refusal(pod, changed, { ...snapshot, nodes: snapshot.nodes.map((one) => (one === view ? changed : one)) }) === undefined;
  };
  let kept = view.pods.filter((other) => !lower.includes(other));
  if (!fits(kept)) return undefined;
  const isProtected = protectedAmong(lower, budgets);
  const victims: Stored<Pod>[] = [];
  for (const candidate of [...lower.filter((one) => isProtected.has(one)), ...lower.filter((one) => !isProtected.has(one))]) {
    if (fits([...kept, candidate])) kept = [...kept, candidate];
    else victims.push(candidate);
  }
  return { view, victims, violations: victims.filter((victim) => isProtected.has(victim)).length };
}

/** Pods that their budgets do not let go, when those before them went. */
function protectedAmong(pods: readonly Stored<Pod>[], budgets: readonly Stored<Budget>[]): ReadonlySet<Stored<Pod>> {
  const left = new Map(budgets.map((budget) => [budget, budget.status?.disruptionsAllowed ?? 0]));
  const found = new Set<Stored<Pod>>();
  for (const pod of pods) {
    for (const budget of budgets) {
      const { selector } = budget.spec ?? {};
      if (budget.metadata.namespace !== pod.metadata.namespace || isEmptySelector(selector) || !selects(selector, pod.metadata.labels)) continue;
      // Its eviction has been counted already.
      if (pod.metadata.name in (budget.status?.disruptedPods ?? {})) continue;
      const allowed = (left.get(budget) ?? 0) - 1;
      left.set(budget, allowed);
      if (allowed < 0) found.add(pod);
    }
  }
  return found;
}

function evict(context: ControllerContext, pod: Stored<Pod>, victim: Stored<Pod>, nodeName: string): void {
  evictPod(context, victim, { reason: 'PreemptionByScheduler', message: 'default-scheduler: preempting to accommodate a higher priority pod' });
  context.record({ object: victim, type: 'Normal', reason: 'Preempted', message: `Preempted by pod ${pod.metadata.uid} on node ${nodeName}`, component: 'default-scheduler' });
}
