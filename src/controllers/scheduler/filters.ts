/**
 * Why a node is not for a pod, in the order in which the real scheduler asks, and in its words. The first filter that
 * refuses ends the matter for that node. See pkg/scheduler/framework/plugins and pkg/scheduler/schedule_one.go.
 */
import type { Stored } from '../../api/object.ts';
import type { Pod } from '../shapes.ts';
import { namedNodes, wantsNode } from './node-affinity.ts';
import { checkPodAffinity } from './pod-affinity.ts';
import { podRequests, shortages, usedOn } from './resources.ts';
import type { NodeView, Snapshot } from './snapshot.ts';
import { tolerates, untolerated } from './tolerations.ts';
import { checkSpread } from './topology-spread.ts';

export interface Refusal {
  readonly reasons: readonly string[];
  /** Could evicting other pods change it? Decides the words of the preemption half. */
  readonly isHopeless: boolean;
}

const UNSCHEDULABLE_TAINT = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const;

type Filter = (pod: Stored<Pod>, view: NodeView, snapshot: Snapshot) => Refusal | undefined;

const hopeless = (reason: string): Refusal => ({ reasons: [reason], isHopeless: true });
const refused = (reason: string): Refusal => ({ reasons: [reason], isHopeless: false });

const filters: readonly Filter[] = [
  (pod, { node }) => (node.spec?.unschedulable && !(pod.spec.tolerations ?? []).some((one) => tolerates(one, UNSCHEDULABLE_TAINT)) ? hopeless('node(s) were unschedulable') : undefined),
  (pod, { node }) => (untolerated(node.spec?.taints, pod.spec.tolerations, ['NoSchedule', 'NoExecute']) ? hopeless('node(s) had untolerated taint(s)') : undefined),
  (pod, { node }) => (wantsNode(pod.spec, node) ? undefined : hopeless("node(s) didn't match Pod's node affinity/selector")),
  (pod, view) => (hasPortConflict(pod, view) ? refused("node(s) didn't have free ports for the requested pod ports") : undefined),
  (pod, { node, pods }) => {
    const short = shortages(podRequests(pod.spec), usedOn(pods), pods.length, node);
    return short.length === 0 ? undefined : { reasons: short.map((one) => one.reason), isHopeless: short.some((one) => one.isHopeless) };
  },
  (pod, view, snapshot) => {
    const verdict = checkSpread(pod, view, snapshot);
    return verdict === undefined ? undefined : { reasons: [verdict], isHopeless: verdict.endsWith('(missing required label)') };
  },
  (pod, view, snapshot) => {
    const verdict = checkPodAffinity(pod, view, snapshot);
    return verdict === undefined ? undefined : { reasons: [verdict], isHopeless: verdict === "node(s) didn't match pod affinity rules" };
  },
];

/** Undefined when the node will do. */
export function refusal(pod: Stored<Pod>, view: NodeView, snapshot: Snapshot): Refusal | undefined {
  const named = namedNodes(pod.spec);
  if (named && !named.has(view.node.metadata.name)) return hopeless("node(s) didn't satisfy plugin(s) [NodeAffinity]");
  for (const filter of filters) {
    const answer = filter(pod, view, snapshot);
    if (answer) return answer;
  }
  return undefined;
}

function hasPortConflict(pod: Stored<Pod>, view: NodeView): boolean {
  const wanted = hostPorts(pod);
  return wanted.length > 0 && view.pods.some((other) => hostPorts(other).some((taken) => wanted.some((port) => port.port === taken.port && port.protocol === taken.protocol && sameAddress(port.ip, taken.ip))));
}

const sameAddress = (a: string, b: string) => a === b || a === '0.0.0.0' || b === '0.0.0.0';

function hostPorts(pod: Stored<Pod>): { port: number; protocol: string; ip: string }[] {
  return [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter((one) => one.restartPolicy === 'Always')].flatMap((container) =>
    (container.ports ?? []).filter((port) => port.hostPort).map((port) => ({ port: port.hostPort ?? 0, protocol: port.protocol ?? 'TCP', ip: port.hostIP || '0.0.0.0' })),
  );
}
