/**
 * Which of the fitting nodes is best: each plugin gives 0 to 100, weights as in the default profile.
 * Differs from Kubernetes: default spreading counts pods of the same controller on a node instead of resolving every
 * Service and ReplicaSet that selects the pod; with one workload per label set the two agree.
 */
import type { Stored } from '../../api/object.ts';
import { controllerOf } from '../objects.ts';
import type { Pod } from '../shapes.ts';
import { preference } from './node-affinity.ts';
import { neighborsOf } from './pod-affinity.ts';
import { amounts, podRequests, type Amounts } from './resources.ts';
import type { NodeView, Snapshot } from './snapshot.ts';
import { tolerates } from './tolerations.ts';
import { crowding } from './topology-spread.ts';

/** What scoring takes for a container that asks for nothing. */
const DEFAULT_CPU = 100;
const DEFAULT_MEMORY = 200 * 1024 * 1024 * 1000;

interface Plugin {
  readonly weight: number;
  /** Lower is better: the scale is turned round. */
  readonly isReversed?: boolean;
  /** Already 0 to 100. */
  readonly isAbsolute?: boolean;
  score(pod: Stored<Pod>, view: NodeView, snapshot: Snapshot): number;
}

const plugins: readonly Plugin[] = [
  { weight: 3, isReversed: true, score: (pod, { node }) => (node.spec?.taints ?? []).filter((taint) => taint.effect === 'PreferNoSchedule' && !(pod.spec.tolerations ?? []).some((one) => tolerates(one, taint))).length },
  { weight: 2, score: (pod, { node }) => preference(pod.spec, node) },
  { weight: 2, isReversed: true, score: (pod, view, snapshot) => (pod.spec.topologySpreadConstraints ? crowding(pod, view, snapshot) : siblings(pod, view)) },
  { weight: 2, score: affinityScore },
  { weight: 1, isAbsolute: true, score: (pod, view) => leastAllocated(pod, view) },
];

/** The best nodes, equal among themselves. */
export function bestNodes(pod: Stored<Pod>, fitting: readonly NodeView[], snapshot: Snapshot): readonly NodeView[] {
  const totals = fitting.map(() => 0);
  for (const plugin of plugins) {
    const raw = fitting.map((view) => plugin.score(pod, view, snapshot));
    const most = Math.max(...raw);
    const least = Math.min(0, ...raw);
    raw.forEach((score, index) => {
      const scaled = plugin.isAbsolute ? score : most === least ? 0 : (100 * (score - least)) / (most - least);
      const turned = plugin.isReversed ? (most === least ? 100 : 100 - scaled) : scaled;
      totals[index] = (totals[index] ?? 0) + plugin.weight * Math.floor(turned);
    });
  }
  const best = Math.max(...totals);
  return fitting.filter((_, index) => totals[index] === best);
}

function siblings(pod: Stored<Pod>, view: NodeView): number {
  const owner = controllerOf(pod)?.uid;
  if (owner === undefined) return 0;
  return view.pods.filter((other) => !other.metadata.deletionTimestamp && controllerOf(other)?.uid === owner).length;
}

function affinityScore(pod: Stored<Pod>, view: NodeView, snapshot: Snapshot): number {
  const near = pod.spec.affinity?.podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const far = pod.spec.affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const sum = (terms: typeof near) => terms.reduce((total, { weight, podAffinityTerm }) => total + weight * neighborsOf(pod, podAffinityTerm, view, snapshot), 0);
  return sum(near) - sum(far);
}

/** Room left after this pod, averaged over cpu and memory. */
function leastAllocated(pod: Stored<Pod>, view: NodeView): number {
  const has = amounts(view.node.status?.allocatable);
  const taken = [...view.pods, pod].map((one) => scoredRequests(one)).reduce((sum, one) => ({ cpu: sum.cpu + one.cpu, memory: sum.memory + one.memory }), { cpu: 0, memory: 0 });
  const share = (used: number, of: number | undefined) => (of ? Math.max(0, (of - used) / of) * 100 : 0);
  return Math.floor((share(taken.cpu, has['cpu']) + share(taken.memory, has['memory'])) / 2);
}

function scoredRequests(pod: Stored<Pod>): { cpu: number; memory: number } {
  const requests: Amounts = podRequests(pod.spec);
  const count = pod.spec.containers.length;
  return { cpu: requests['cpu'] ?? DEFAULT_CPU * count, memory: requests['memory'] ?? DEFAULT_MEMORY * count };
}
