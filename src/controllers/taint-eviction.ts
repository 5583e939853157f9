/**
 * NoExecute taints drive pods away: at once, or after the time that they tolerate.
 * See pkg/controller/tainteviction/taint_eviction.go.
 */
import type { ObjectKey, Stored } from '../api/object.ts';
import { isEqual } from '../api/deep.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { find, keyOf, list } from './objects.ts';
import { evictPod } from './pod-disruption.ts';
import { isFinished } from './pods.ts';
import { tolerates } from './scheduler/tolerations.ts';
import type { Node, Pod, Taint } from './shapes.ts';

const COMPONENT = 'taint-eviction-controller';

export function taintEvictionController(context: ControllerContext): Controller {
  const { registry, clock } = context;
  /** Since when a pod is meant to go; forgotten when the taints are. */
  const since = new Map<string, number>();
  const podsOn = (nodeName: string): ObjectKey[] => list<Pod>(registry, 'pods').filter((pod) => pod.spec.nodeName === nodeName).map(keyOf);
  return {
    name: 'taint-eviction',
    watches: [
      {
        group: '',
        resource: 'pods',
        toKeys: (object, type) => {
          if (type === 'DELETED') since.delete(object.metadata.uid ?? '');
          return type === 'DELETED' ? [] : [keyOf(object)];
        },
      },
      { group: '', resource: 'nodes', toKeys: (object, _type, previous) => (isEqual(taintsOf(object), previous && taintsOf(previous)) ? [] : podsOn(object.metadata.name)) },
    ],
    reconcile: (key) => {
      const pod = find<Pod>(registry, 'pods', key);
      if (!pod?.spec.nodeName || pod.metadata.deletionTimestamp || isFinished(pod)) return;
      const node = find<Node>(registry, 'nodes', { name: pod.spec.nodeName });
      const uid = pod.metadata.uid ?? '';
      const stay = node ? staySeconds(node, pod) : Number.POSITIVE_INFINITY;
      if (stay === Number.POSITIVE_INFINITY) {
        if (since.delete(uid)) record(context, pod, `Cancelling deletion of Pod ${pod.metadata.namespace}/${pod.metadata.name}`);
        return;
      }
      const start = since.get(uid) ?? clock.now();
      since.set(uid, start);
      const left = start + stay * 1000 - clock.now();
      if (left > 0) return { againAfterMs: left };
      since.delete(uid);
      evict(context, pod);
    },
  };
}

function taintsOf(object: Stored<{ metadata: unknown }>): readonly Stored<Taint>[] {
  return ((object as unknown as Stored<Node>).spec?.taints ?? []).filter((taint) => taint.effect === 'NoExecute');
}

/** Infinity when every taint is tolerated for good, 0 when one is not tolerated at all. */
function staySeconds(node: Stored<Node>, pod: Stored<Pod>): number {
  let seconds = Number.POSITIVE_INFINITY;
  for (const taint of taintsOf(node)) {
    const using = (pod.spec.tolerations ?? []).filter((one) => tolerates(one, taint));
    if (using.length === 0) return 0;
    for (const { tolerationSeconds } of using) if (tolerationSeconds !== undefined) seconds = Math.min(seconds, Math.max(0, tolerationSeconds));
  }
  return seconds;
}

function evict(context: ControllerContext, pod: Stored<Pod>): void {
  record(context, pod, `Marking for deletion Pod ${pod.metadata.namespace}/${pod.metadata.name}`);
  evictPod(context, pod, { reason: 'DeletionByTaintManager', message: 'Taint manager: deleting due to NoExecute taint' });
}

function record(context: ControllerContext, pod: Stored<Pod>, message: string): void {
  context.record({ object: pod, type: 'Normal', reason: 'TaintManagerEviction', message, component: COMPONENT });
}
