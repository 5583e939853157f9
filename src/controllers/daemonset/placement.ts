/**
 * On which nodes a DaemonSet wants a pod, and what it adds to a pod to get it there: it names the node, the scheduler
 * binds. See pkg/controller/daemon/daemon_controller.go NodeShouldRunDaemonPod and util/daemonset_util.go.
 */
import type { Stored } from '../../api/object.ts';
import { wantsNode } from '../scheduler/node-affinity.ts';
import { untolerated } from '../scheduler/tolerations.ts';
import type { DaemonSet, Node, Pod, PodSpec, Toleration } from '../shapes.ts';

/** Daemons stay when a node is in trouble: that is what they are for. */
export function daemonTolerations(spec: Stored<PodSpec>): Toleration[] {
  const exists = (key: string, effect: NonNullable<Toleration['effect']>): Toleration => ({ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect });
  return [
    exists('not-ready', 'NoExecute'),
    exists('unreachable', 'NoExecute'),
    exists('disk-pressure', 'NoSchedule'),
    exists('memory-pressure', 'NoSchedule'),
    exists('pid-pressure', 'NoSchedule'),
    exists('unschedulable', 'NoSchedule'),
    ...(spec.hostNetwork ? [exists('network-unavailable', 'NoSchedule')] : []),
  ];
}

export interface Placement {
  /** A pod should be made here. */
  readonly shouldRun: boolean;
  /** A pod that is here may stay. */
  readonly shouldStay: boolean;
}

export function placementOn(daemonSet: Stored<DaemonSet>, node: Stored<Node>): Placement {
  const { spec } = daemonSet.spec.template;
  if ((spec.nodeName && spec.nodeName !== node.metadata.name) || !wantsNode(spec, node)) return { shouldRun: false, shouldStay: false };
  const tolerations = [...(spec.tolerations ?? []), ...daemonTolerations(spec)];
  return {
    shouldRun: !untolerated(node.spec?.taints, tolerations, ['NoSchedule', 'NoExecute']),
    shouldStay: !untolerated(node.spec?.taints, tolerations, ['NoExecute']),
  };
}

/** The node by its name (matchFields), and the tolerations of every daemon. */
export function pinTo(pod: Pod, nodeName: string): void {
  const byName = { matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: [nodeName] }] };
  const affinity = { ...pod.spec.affinity };
  // The template's own terms were checked above; here the name replaces them, as the real controller does.
  affinity.nodeAffinity = { ...affinity.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [byName] } };
  pod.spec.affinity = affinity;
  const have = pod.spec.tolerations ?? [];
  const missing = daemonTolerations(pod.spec).filter((one) => !have.some((other) => other.key === one.key && other.effect === one.effect && other.operator === one.operator));
  pod.spec.tolerations = [...have, ...missing];
}

/** The node a daemon pod is on or is meant for. */
export function nodeOf(pod: Stored<Pod>): string | undefined {
  if (pod.spec.nodeName) return pod.spec.nodeName;
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return terms.flatMap((term) => term.matchFields ?? []).find((field) => field.key === 'metadata.name')?.values?.[0];
}
