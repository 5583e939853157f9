/**
 * Topology spread: no place may have many more matching pods than the emptiest one.
 * See pkg/scheduler/framework/plugins/podtopologyspread/filtering.go.
 */
import type { Stored } from '../../api/object.ts';
import { selects } from '../selectors.ts';
import type { Pod, TopologySpreadConstraint } from '../shapes.ts';
import { wantsNode } from './node-affinity.ts';
import type { NodeView, Snapshot } from './snapshot.ts';

export type SpreadVerdict = undefined | "node(s) didn't match pod topology spread constraints" | "node(s) didn't match pod topology spread constraints (missing required label)";

export function checkSpread(pod: Stored<Pod>, view: NodeView, snapshot: Snapshot): SpreadVerdict {
  const hard = (pod.spec.topologySpreadConstraints ?? []).filter((one) => one.whenUnsatisfiable === 'DoNotSchedule');
  for (const constraint of hard) {
    const place = view.node.metadata.labels?.[constraint.topologyKey];
    if (place === undefined) return "node(s) didn't match pod topology spread constraints (missing required label)";
    const counts = countPlaces(pod, constraint, hard, snapshot);
    const least = counts.size < (constraint.minDomains ?? 1) ? 0 : Math.min(...counts.values());
    const self = selects(constraint.labelSelector, pod.metadata.labels) ? 1 : 0;
    if ((counts.get(place) ?? 0) + self - least > constraint.maxSkew) return "node(s) didn't match pod topology spread constraints";
  }
  return undefined;
}

/** Matching pods per place, over the nodes that the pod could go to (nodeAffinityPolicy Honor, nodeTaintsPolicy Ignore). */
function countPlaces(pod: Stored<Pod>, constraint: Stored<TopologySpreadConstraint>, all: readonly Stored<TopologySpreadConstraint>[], snapshot: Snapshot): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { node, pods } of snapshot.nodes) {
    const labels = node.metadata.labels ?? {};
    const place = labels[constraint.topologyKey];
    if (place === undefined || !all.every((one) => labels[one.topologyKey] !== undefined) || !wantsNode(pod.spec, node)) continue;
    const here = pods.filter((other) => other.metadata.namespace === pod.metadata.namespace && !other.metadata.deletionTimestamp && selects(constraint.labelSelector, other.metadata.labels));
    counts.set(place, (counts.get(place) ?? 0) + here.length);
  }
  return counts;
}

/** How many pods that the soft constraints count are where this node is: fewer is better. */
export function crowding(pod: Stored<Pod>, view: NodeView, snapshot: Snapshot): number {
  const soft = (pod.spec.topologySpreadConstraints ?? []).filter((one) => one.whenUnsatisfiable === 'ScheduleAnyway');
  return soft.reduce((sum, constraint) => sum + (countPlaces(pod, constraint, soft, snapshot).get(view.node.metadata.labels?.[constraint.topologyKey] ?? '') ?? 0), 0);
}
