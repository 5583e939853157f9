/**
 * Which pods go first when there are too many: the ones that would be missed least.
 * See ActivePodsWithRanks in pkg/controller/controller_utils.go.
 */
import type { Stored } from '../api/object.ts';
import { condition } from './conditions.ts';
import { isReady, restarts } from './pods.ts';
import type { Pod } from './shapes.ts';

const PHASE_ORDER: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** @param related active pods of the same workload: the fuller a node is of them, the sooner its pods go */
export function inDeletionOrder(pods: readonly Stored<Pod>[], related: readonly Stored<Pod>[], nowUnixMs: number): Stored<Pod>[] {
  const onNode = new Map<string, number>();
  for (const pod of related) {
    const node = pod.spec.nodeName ?? '';
    onNode.set(node, (onNode.get(node) ?? 0) + 1);
  }
  const rank = (pod: Stored<Pod>) => onNode.get(pod.spec.nodeName ?? '') ?? 0;
  return [...pods].sort((a, b) => {
    const assigned = Number(Boolean(a.spec.nodeName)) - Number(Boolean(b.spec.nodeName));
    if (assigned !== 0) return assigned;
    const phase = (PHASE_ORDER[a.status?.phase ?? 'Pending'] ?? 0) - (PHASE_ORDER[b.status?.phase ?? 'Pending'] ?? 0);
    if (phase !== 0) return phase;
    const ready = Number(isReady(a)) - Number(isReady(b));
    if (ready !== 0) return ready;
    const cost = deletionCost(a) - deletionCost(b);
    if (cost !== 0) return cost;
    if (rank(a) !== rank(b)) return rank(b) - rank(a);
    if (isReady(a) && isReady(b)) {
      const since = magnitude(readySince(a), nowUnixMs) - magnitude(readySince(b), nowUnixMs);
      if (since !== 0) return since;
    }
    if (restarts(a) !== restarts(b)) return restarts(b) - restarts(a);
    const age = magnitude(created(a), nowUnixMs) - magnitude(created(b), nowUnixMs);
    return age === 0 ? (a.metadata.uid ?? '').localeCompare(b.metadata.uid ?? '') : age;
  });
}

function deletionCost(pod: Stored<Pod>): number {
  const cost = Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0);
  return Number.isInteger(cost) ? cost : 0;
}

const created = (pod: Stored<Pod>) => Date.parse(pod.metadata.creationTimestamp ?? '') || 0;
const readySince = (pod: Stored<Pod>) => Date.parse(condition(pod.status?.conditions, 'Ready')?.lastTransitionTime ?? '') || 0;

/** Ages are compared by order of magnitude (LogarithmicScaleDown): newer powers of two first, equal ones by uid. */
function magnitude(sinceUnixMs: number, nowUnixMs: number): number {
  const seconds = Math.floor(Math.max(0, nowUnixMs - sinceUnixMs) / 1000);
  return seconds === 0 ? -1 : Math.floor(Math.log2(seconds));
}
