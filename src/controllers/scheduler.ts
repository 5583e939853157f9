/**
 * The scheduler: gives pods without a node one, or says why not. A pod that did not fit waits until something in the
 * cluster changes that could help, and then its back-off. See pkg/scheduler/schedule_one.go and backend/queue.
 */
import type { ObjectKey, Stored } from '../api/object.ts';
import { draft, isEqual } from '../api/deep.ts';
import { isApiError } from '../api/status.ts';
import { timestamp } from '../api/time.ts';
import { condition, withCondition } from './conditions.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { find, keyOf, list } from './objects.ts';
import { isFinished } from './pods.ts';
import { preempt } from './scheduler/preemption.ts';
import { refusal, type Refusal } from './scheduler/filters.ts';
import { failureMessage } from './scheduler/message.ts';
import { bestNodes } from './scheduler/score.ts';
import { besidePromised, takeSnapshot, type NodeView } from './scheduler/snapshot.ts';
import { bindOn, claimsOf, volumeConflict } from './scheduler/volumes.ts';
import type { Node, Pod } from './shapes.ts';

const NAME = 'default-scheduler';
/** podInitialBackoffSeconds and podMaxBackoffSeconds. */
const FIRST_BACKOFF_MS = 1000;
const LAST_BACKOFF_MS = 10_000;

interface Attempt {
  readonly count: number;
  readonly notBeforeMs: number;
}

export function schedulerController(context: ControllerContext): Controller {
  const attempts = new Map<string, Attempt>();
  const waiting = () => list<Pod>(context.registry, 'pods').filter(isWaiting).map(keyOf);
  return {
    name: 'scheduler',
    watches: [
      {
        group: '',
        resource: 'pods',
        toKeys: (object, type, previous) => {
          const pod = object as unknown as Stored<Pod>;
          if (type === 'DELETED') attempts.delete(idOf(pod));
          if (type !== 'DELETED' && isWaiting(pod)) return [keyOf(pod)];
          const wasBound = (previous as Stored<Pod> | undefined)?.spec.nodeName !== undefined;
          // Room was made, or a pod that others want to be near has come.
          return (pod.spec.nodeName && (type === 'DELETED' || isFinished(pod))) || (!wasBound && pod.spec.nodeName) ? waiting() : [];
        },
      },
      { group: '', resource: 'nodes', toKeys: (object, type, previous) => (type !== 'DELETED' && concernsScheduling(object as unknown as Stored<Node>, previous as unknown as Stored<Node> | undefined) ? waiting() : []) },
      // A claim that was bound, a volume that came, a class that was made.
      ...[['', 'persistentvolumeclaims'], ['', 'persistentvolumes'], ['storage.k8s.io', 'storageclasses']].map(([group = '', resource = '']) => ({ group, resource, toKeys: () => waiting() })),
    ],
    reconcile: (key) => scheduleOne(context, attempts, key),
  };
}

function isWaiting(pod: Stored<Pod>): boolean {
  return !pod.spec.nodeName && !pod.metadata.deletionTimestamp && !isFinished(pod) && (pod.spec.schedulerName ?? NAME) === NAME;
}

const idOf = (object: { metadata: Stored<Pod>['metadata'] }) => object.metadata.uid ?? object.metadata.name;

/** Heartbeats change a node every ten seconds and help nobody. */
function concernsScheduling(node: Stored<Node>, previous: Stored<Node> | undefined): boolean {
  return (
    previous === undefined ||
    !isEqual(node.metadata.labels, previous.metadata.labels) ||
    !isEqual(node.spec, previous.spec) ||
    !isEqual(node.status?.allocatable, previous.status?.allocatable)
  );
}

function scheduleOne(context: ControllerContext, attempts: Map<string, Attempt>, key: ObjectKey): void | { readonly againAfterMs: number } {
  const pod = find<Pod>(context.registry, 'pods', key);
  if (!pod || !isWaiting(pod)) return;
  const gates = pod.spec.schedulingGates ?? [];
  if (gates.length > 0) return mark(context, pod, 'SchedulingGated', 'Scheduling is blocked due to non-empty scheduling gates');
  const attempt = attempts.get(idOf(pod));
  if (attempt && attempt.notBeforeMs > context.clock.now()) return { againAfterMs: attempt.notBeforeMs - context.clock.now() };
  const claims = claimsOf(context.registry, pod);
  const snapshot = takeSnapshot(context.registry);
  if (typeof claims === 'string') return fail(context, attempts, pod, `0/${snapshot.nodes.length} nodes are available: ${claims}. not found`);
  const refusals: Refusal[] = [];
  const fitting: NodeView[] = [];
  for (const view of snapshot.nodes) {
    const conflict = (): Refusal | undefined => {
      const why = volumeConflict(context.registry, claims, view.node);
      return why === undefined ? undefined : { reasons: [why], isHopeless: true };
    };
    const refused = refusal(pod, view, snapshot) ?? (view.nominated.length > 0 ? refusal(pod, besidePromised(pod, view), snapshot) : undefined) ?? conflict();
    if (refused) refusals.push(refused);
    else fitting.push(view);
  }
  if (fitting.length > 0) {
    attempts.delete(idOf(pod));
    const { node } = context.rng.pick(bestNodes(pod, fitting, snapshot));
    // Its claims first; when they are bound, the pod's turn comes again.
    if (claims.waiting.length > 0) return bindOn(context.registry, claims.waiting, node);
    return bind(context, pod, node.metadata.name);
  }
  const nominated = preempt(context, pod, snapshot);
  const message = failureMessage(refusals, { preemptionPolicy: pod.spec.preemptionPolicy, nominated });
  fail(context, attempts, pod, message, nominated);
}

/** Says why there is no node for the pod, and lets it wait. */
function fail(context: ControllerContext, attempts: Map<string, Attempt>, pod: Stored<Pod>, message: string, nominated?: string): void {
  const count = (attempts.get(idOf(pod))?.count ?? 0) + 1;
  attempts.set(idOf(pod), { count, notBeforeMs: context.clock.now() + Math.min(FIRST_BACKOFF_MS * 2 ** (count - 1), LAST_BACKOFF_MS) });
  context.record({ object: pod, type: 'Warning', reason: 'FailedScheduling', message, component: NAME });
  mark(context, pod, 'Unschedulable', message, nominated);
}

function bind(context: ControllerContext, pod: Stored<Pod>, nodeName: string): void {
  const { name, namespace = 'default', uid } = pod.metadata;
  try {
    context.registry.createSubresource('pods', name, namespace, 'binding', {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name, namespace, ...(uid === undefined ? {} : { uid }) },
      target: { apiVersion: 'v1', kind: 'Node', name: nodeName },
    });
  } catch (error) {
    // Deleted or bound by somebody else meanwhile: not ours any more.
    if (isApiError(error, 'NotFound') || isApiError(error, 'Conflict')) return;
    throw error;
  }
  context.record({ object: pod, type: 'Normal', reason: 'Scheduled', message: `Successfully assigned ${namespace}/${name} to ${nodeName}`, component: NAME });
}

function mark({ registry, clock }: ControllerContext, pod: Stored<Pod>, reason: string, message: string, nominated?: string): void {
  const current = condition(pod.status?.conditions as never, 'PodScheduled');
  if (current?.status === 'False' && current.reason === reason && current.message === message && (nominated === undefined || pod.status?.nominatedNodeName === nominated)) return;
  const next = draft<Pod>(pod);
  next.status = {
    ...next.status,
    ...(nominated === undefined ? {} : { nominatedNodeName: nominated }),
    conditions: withCondition(next.status?.conditions, {
      type: 'PodScheduled',
      ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
      status: 'False',
      lastProbeTime: null,
      lastTransitionTime: timestamp(clock.unixMs()),
      reason,
      message,
    }),
  };
  registry.update('pods', next, { subresource: 'status' });
}
