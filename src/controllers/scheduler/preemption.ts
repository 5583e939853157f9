/**
 * Preemption: a pod of higher priority may push out pods of lower priority, as few and as unimportant as will do.
 * Differs from Kubernetes: disruption budgets are not weighed. See pkg/scheduler/framework/preemption/preemption.go.
 */
import type { Stored } from '../../api/object.ts';
import type { ControllerContext } from '../controller.ts';
import { evictPod } from '../pod-disruption.ts';
import type { Pod } from '../shapes.ts';
import { refusal } from './filters.ts';
import { besidePromised, type NodeView, priorityOf, type Snapshot } from './snapshot.ts';

/** Evicts what is in the way on the best node and names that node; undefined when nothing would help. */
export function preempt(context: ControllerContext, pod: Stored<Pod>, snapshot: Snapshot): string | undefined {
  if (pod.spec.preemptionPolicy === 'Never') return undefined;
  // Victims of an earlier attempt are still on their way out: wait for them.
  const nominated = snapshot.nodes.find(({ node }) => node.metadata.name === pod.status?.nominatedNodeName);
  if (nominated?.pods.some((other) => other.metadata.deletionTimestamp && priorityOf(other) < priorityOf(pod))) return undefined;
  const plans = snapshot.nodes.map((view) => ({ view, victims: victimsOn(pod, view, snapshot) })).filter((plan) => plan.victims !== undefined && plan.victims.length > 0);
  plans.sort((a, b) => highest(a.victims) - highest(b.victims) || (a.victims?.length ?? 0) - (b.victims?.length ?? 0));
  const plan = plans[0];
  if (!plan) return undefined;
  for (const victim of plan.victims ?? []) evict(context, pod, victim, plan.view.node.metadata.name);
  return plan.view.node.metadata.name;
}

const highest = (victims: readonly Stored<Pod>[] | undefined) => Math.max(...(victims ?? []).map(priorityOf));

/** Without all lower pods it must fit; then as many as possible are put back, the important ones first. */
function victimsOn(pod: Stored<Pod>, view: NodeView, snapshot: Snapshot): readonly Stored<Pod>[] | undefined {
  const lower = view.pods.filter((other) => priorityOf(other) < priorityOf(pod)).sort((a, b) => priorityOf(b) - priorityOf(a));
  if (lower.length === 0) return undefined;
  const fits = (pods: readonly Stored<Pod>[]) => {
    const changed = besidePromised(pod, { ...view, pods });
    return refusal(pod, changed, { ...snapshot, nodes: snapshot.nodes.map((one) => (one === view ? changed : one)) }) === undefined;
  };
  let kept = view.pods.filter((other) => !lower.includes(other));
  if (!fits(kept)) return undefined;
  const victims: Stored<Pod>[] = [];
  for (const candidate of lower) {
    if (fits([...kept, candidate])) kept = [...kept, candidate];
    else victims.push(candidate);
  }
  return victims;
}

function evict(context: ControllerContext, pod: Stored<Pod>, victim: Stored<Pod>, nodeName: string): void {
  evictPod(context, victim, { reason: 'PreemptionByScheduler', message: 'default-scheduler: preempting to accommodate a higher priority pod' });
  context.record({ object: victim, type: 'Normal', reason: 'Preempted', message: `Preempted by pod ${pod.metadata.uid} on node ${nodeName}`, component: 'default-scheduler' });
}
