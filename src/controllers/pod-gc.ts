/**
 * Pods that no kubelet will ever finish: bound to a node that is gone, or deleted before they were bound.
 * See pkg/controller/podgc/gc_controller.go.
 */
import type { Stored } from '../api/object.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { find, keyOf, list, unlessGone } from './objects.ts';
import { markDisrupted } from './pod-disruption.ts';
import { isFinished } from './pods.ts';
import type { Pod } from './shapes.ts';

/** A node may be missing for this long before its pods are given up. */
const QUARANTINE_MS = 40_000;
const PERIOD_MS = 20_000;

export function podGarbageCollector(context: ControllerContext): Controller {
  const { registry, clock } = context;
  const missingSince = new Map<string, number>();
  return {
    name: 'pod-gc',
    watches: [
      { group: '', resource: 'pods', toKeys: (object, type) => (type === 'DELETED' ? [] : [keyOf(object)]) },
      { group: '', resource: 'nodes', toKeys: (object, type) => (type === 'MODIFIED' ? [] : list<Pod>(registry, 'pods').filter((pod) => pod.spec.nodeName === object.metadata.name).map(keyOf)) },
    ],
    reconcile: (key) => {
      const pod = find<Pod>(registry, 'pods', key);
      if (!pod) return;
      if (!pod.spec.nodeName) {
        if (pod.metadata.deletionTimestamp) remove(context, pod);
        return;
      }
      if (registry.find('nodes', pod.spec.nodeName)) {
        missingSince.delete(pod.spec.nodeName);
        return;
      }
      const since = missingSince.get(pod.spec.nodeName) ?? clock.now();
      missingSince.set(pod.spec.nodeName, since);
      const left = since + QUARANTINE_MS - clock.now();
      // The real one looks every period: what is due then is met half a period later, on the whole.
      if (left > 0) return { againAfterMs: left + PERIOD_MS / 2 };
      if (!isFinished(pod)) markDisrupted(context, pod, { phase: 'Failed', reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' });
      remove(context, pod);
    },
  };
}

function remove({ registry }: ControllerContext, pod: Stored<Pod>): void {
  unlessGone(() => registry.delete('pods', pod.metadata.name, pod.metadata.namespace, { gracePeriodSeconds: 0 }));
}
