/**
 * Watches over nodes: a kubelet that stops renewing its lease makes its node Unknown; conditions become taints.
 * See pkg/controller/nodelifecycle/node_lifecycle_controller.go.
 */
import type { Stored } from '../api/object.ts';
import { draft, isEqual } from '../api/deep.ts';
import { timestamp } from '../api/time.ts';
import { condition, withCondition } from './conditions.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { find, keyOf, list, unlessGone } from './objects.ts';
import type { Condition, Lease, Node, Pod, Taint } from './shapes.ts';

const COMPONENT = 'node-controller';
/** --node-monitor-period and --node-monitor-grace-period. */
const PERIOD_MS = 5000;
const GRACE_MS = 50_000;
const LEASES = 'kube-node-lease';

/** Taints that conditions stand for: condition, the status that taints, key. All are NoSchedule. */
const CONDITION_TAINTS: readonly (readonly [string, string, string])[] = [
  ['Ready', 'False', 'node.kubernetes.io/not-ready'],
  ['Ready', 'Unknown', 'node.kubernetes.io/unreachable'],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
];
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';
const MANAGED = new Set([...CONDITION_TAINTS.map(([, , key]) => key), UNSCHEDULABLE]);

export function nodeLifecycleController(context: ControllerContext): Controller {
  const { registry, clock, record } = context;
  const known = new Set<string>();
  /** Per node, when this controller last saw a sign of life: it trusts its own clock, not the node's. */
  const lastSign = new Map<string, { renewTime: string | undefined; atMs: number }>();
  return {
    name: 'node-lifecycle',
    watches: [
      { group: '', resource: 'nodes', toKeys: (object) => [keyOf(object)] },
    ],
    reconcile: (key) => {
      const node = find<Node>(registry, 'nodes', key);
      if (!node) {
        known.delete(key.name);
        lastSign.delete(key.name);
        return;
      }
      if (!known.has(key.name)) {
        known.add(key.name);
        record({ object: node, type: 'Normal', reason: 'RegisteredNode', message: `Node ${key.name} event: Registered Node ${key.name} in Controller`, component: COMPONENT });
      }
      const renewTime = find<Lease>(registry, 'leases.coordination.k8s.io', { namespace: LEASES, name: key.name })?.spec?.renewTime;
      const sign = lastSign.get(key.name);
      if (!sign || sign.renewTime !== renewTime) lastSign.set(key.name, { renewTime, atMs: clock.now() });
      const isSilent = clock.now() - (lastSign.get(key.name)?.atMs ?? clock.now()) >= GRACE_MS;
      const current = isSilent ? markUnknown(context, node) : node;
      taint(context, current);
      if (isSilent) markPodsNotReady(context, key.name);
      return { againAfterMs: PERIOD_MS };
    },
  };
}

function markUnknown({ registry, clock, record }: ControllerContext, node: Stored<Node>): Stored<Node> {
  const conditions = draft<Condition[]>(node.status?.conditions ?? []);
  // What the CNI says of the network is not the kubelet's to forget.
  const silent = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'];
  if (silent.every((type) => condition(conditions, type)?.status === 'Unknown')) return node;
  const now = timestamp(clock.unixMs());
  const next = draft<Node>(node);
  next.status = {
    ...next.status,
    conditions: silent.reduce(
      (all, type) =>
        withCondition(all, {
          type,
          status: 'Unknown',
          ...(condition(all, type)?.lastHeartbeatTime === undefined ? {} : { lastHeartbeatTime: condition(all, type)?.lastHeartbeatTime as string }),
          lastTransitionTime: now,
          reason: 'NodeStatusUnknown',
          message: 'Kubelet stopped posting node status.',
        }),
      conditions,
    ),
  };
  const written = registry.update('nodes', next, { subresource: 'status' }) as unknown as Stored<Node>;
  record({ object: node, type: 'Normal', reason: 'NodeNotReady', message: `Node ${node.metadata.name} status is now: NodeNotReady`, component: COMPONENT });
  return written;
}

function taint({ registry, clock }: ControllerContext, node: Stored<Node>): void {
  const wanted = CONDITION_TAINTS.filter(([type, status]) => condition(node.status?.conditions as never, type)?.status === status).map(([, , key]) => key);
  const keys: { key: string; effect: Taint['effect'] }[] = wanted.map((key) => ({ key, effect: 'NoSchedule' as const }));
  if (node.spec?.unschedulable) keys.push({ key: UNSCHEDULABLE, effect: 'NoSchedule' });
  const ready = condition(node.status?.conditions as never, 'Ready');
  if (ready && ready.status !== 'True') keys.push({ key: ready.status === 'False' ? 'node.kubernetes.io/not-ready' : 'node.kubernetes.io/unreachable', effect: 'NoExecute' });
  const current = draft<Taint[]>(node.spec?.taints ?? []);
  const kept = current.filter((one) => !isManaged(one) || keys.some((key) => key.key === one.key && key.effect === one.effect));
  const added = keys
    .filter((key) => !kept.some((one) => one.key === key.key && one.effect === key.effect))
    .map((key) => ({ ...key, timeAdded: timestamp(clock.unixMs()) }));
  const taints = [...kept, ...added];
  if (isEqual(taints, current)) return;
  const next = draft<Node>(node);
  next.spec = { ...next.spec };
  if (taints.length > 0) next.spec.taints = taints;
  else delete next.spec.taints;
  registry.update('nodes', next);
}

/** NoExecute of other keys is the user's; of ours only not-ready and unreachable. */
function isManaged(one: Taint): boolean {
  return MANAGED.has(one.key) && (one.effect === 'NoSchedule' || (one.effect === 'NoExecute' && ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].includes(one.key)));
}

/** Nobody reports for the pods of a lost node: services must stop sending to them. */
function markPodsNotReady({ registry, clock, record }: ControllerContext, nodeName: string): void {
  for (const pod of list<Pod>(registry, 'pods')) {
    const ready = condition(pod.status?.conditions as never, 'Ready');
    if (pod.spec.nodeName !== nodeName || ready?.status !== 'True') continue;
    unlessGone(() => {
      const next = draft<Pod>(pod);
      next.status = { ...next.status, conditions: withCondition(next.status?.conditions, { ...ready, type: 'Ready', status: 'False', lastTransitionTime: timestamp(clock.unixMs()) }) };
      registry.update('pods', next, { subresource: 'status' });
    });
    record({ object: pod, type: 'Warning', reason: 'NodeNotReady', message: 'Node is not ready', component: COMPONENT });
  }
}
