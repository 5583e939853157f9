/** What a LimitRange gives and what it refuses, in the words of the real admission plug-in. */
import { expect, test } from 'vitest';
import { world, object, refusal, type Anything } from './world.ts';

type Row = readonly [what: string, limit: Anything, resource: 'pods' | 'persistentvolumeclaims', spec: Anything, refused: string];

const container = (resources: Anything, name = 'c') => ({ name, image: 'nginx', resources });
const pod = (...resources: Anything[]) => ({ containers: resources.map((one, index) => container(one, `c${index}`)) });
const claim = (storage: string) => ({ accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } });

const ROWS: readonly Row[] = [
  ['within bounds', { type: 'Container', min: { cpu: '100m' }, max: { cpu: '1' } }, 'pods', pod({ requests: { cpu: '200m' }, limits: { cpu: '1' } }), ''],
  ['who says nothing gets the maximum as limit', { type: 'Container', max: { memory: '1Gi' } }, 'pods', pod({}), ''],
  ['too little', { type: 'Container', min: { cpu: '100m' } }, 'pods', pod({ requests: { cpu: '50m' } }), 'minimum cpu usage per Container is 100m, but request is 50m'],
  ['too much', { type: 'Container', max: { memory: '1Gi' } }, 'pods', pod({ limits: { memory: '2Gi' } }), 'maximum memory usage per Container is 1Gi, but limit is 2Gi'],
  ['everything that is wrong at once', { type: 'Container', min: { cpu: '100m' }, max: { memory: '1Gi' } }, 'pods', pod({ requests: { cpu: '50m' }, limits: { memory: '2Gi' } }), '[minimum cpu usage per Container is 100m, but request is 50m, maximum memory usage per Container is 1Gi, but limit is 2Gi]'],
  ['limit and request too far apart', { type: 'Container', maxLimitRequestRatio: { cpu: '2' } }, 'pods', pod({ requests: { cpu: '100m' }, limits: { cpu: '500m' } }), 'cpu max limit to request ratio per Container is 2, but provided ratio is 5.000000'],
  ['a pod counts as a whole', { type: 'Pod', max: { cpu: '1' } }, 'pods', pod({ limits: { cpu: '600m' } }, { limits: { cpu: '600m' } }), 'maximum cpu usage per Pod is 1, but limit is 1200m'],
  ['a pod must say its limits', { type: 'Pod', max: { cpu: '1' } }, 'pods', pod({}), 'maximum cpu usage per Pod is 1.  No limit is specified'],
  ['a pod must say its requests', { type: 'Pod', min: { cpu: '1' } }, 'pods', pod({}), 'minimum cpu usage per Pod is 1.  No request is specified'],
  ['a claim of the right size', { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '5Gi' } }, 'persistentvolumeclaims', claim('5Gi'), ''],
  ['a claim too large', { type: 'PersistentVolumeClaim', max: { storage: '5Gi' } }, 'persistentvolumeclaims', claim('10Gi'), 'maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 10Gi'],
  ['a claim too small', { type: 'PersistentVolumeClaim', min: { storage: '1Gi' } }, 'persistentvolumeclaims', claim('500Mi'), 'minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 500Mi'],
];

test.each(ROWS)('%s', (_what, limit, resource, spec, refused) => {
  const { registry } = world();
  registry.create('limitranges', object({ metadata: { name: 'bounds' }, spec: { limits: [limit] } }), { namespace: 'default' });
  const answer = refusal(() => registry.create(resource, object({ metadata: { name: 'x' }, spec }), { namespace: 'default' }));
  if (refused === '') expect(answer).toMatch(/^accepted/);
  else expect(answer).toBe(`403 Forbidden: ${resource} "x" is forbidden: ${refused}`);
});
