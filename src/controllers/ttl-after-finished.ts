/** Jobs that say so go some seconds after they ended, with their pods. See pkg/controller/ttlafterfinished. */
import { find, keyOf, unlessGone } from './objects.ts';
import type { Controller, ControllerContext } from './controller.ts';
import type { Job } from './job/shapes.ts';

export function ttlAfterFinishedController({ registry, clock }: ControllerContext): Controller {
  return {
    name: 'ttl-after-finished',
    watches: [{ group: 'batch', resource: 'jobs', toKeys: (object) => [keyOf(object)] }],
    reconcile: (key) => {
      const job = find<Job>(registry, 'jobs.batch', key);
      const end = job?.status?.conditions?.find(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True');
      const seconds = job?.spec.ttlSecondsAfterFinished;
      if (!job || !end || seconds === undefined || job.metadata.deletionTimestamp) return;
      const leftMs = Date.parse(end.lastTransitionTime ?? '') + seconds * 1000 - clock.unixMs();
      if (leftMs > 0) return { againAfterMs: leftMs };
      unlessGone(() => registry.delete('jobs.batch', job.metadata.name, job.metadata.namespace, { propagationPolicy: 'Foreground', preconditions: { uid: job.metadata.uid ?? '' } }));
    },
  };
}
