/** Claims, volumes and the sets that use them: who is bound to whom, in which order, and what is left. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeCluster, type Loose, type TestCluster } from '../node/kubelet/cluster.ts';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = makeCluster({ nodes: ['worker', 'worker2'] });
  await cluster.pass(500);
});
afterEach(() => cluster.close());

const storageClass = (name: string, volumeBindingMode = 'Immediate') => cluster.apply({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name }, provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode });
const volume = (name: string, storage: string, spec: Loose = {}) => cluster.apply({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name }, spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], storageClassName: 'manual', hostPath: { path: `/srv/${name}` }, ...spec } });
const claim = (name: string, storage: string, spec: Loose = {}) => cluster.apply({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name }, spec: { storageClassName: 'manual', accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, ...spec } });
const pod = (name: string, claimName: string, spec: Loose = {}) => cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'c', image: 'nginx:1.27', volumeMounts: [{ name: 'd', mountPath: '/data' }] }], volumes: [{ name: 'd', persistentVolumeClaim: { claimName } }], ...spec } });
const bound = (name: string) => `${cluster.get('persistentvolumeclaims', name).status.phase} ${cluster.get('persistentvolumeclaims', name).spec.volumeName ?? '-'}`;
const phase = (name: string) => cluster.get('persistentvolumes', name).status.phase;
const why = (name: string) => cluster.get('pods', name).status.conditions?.find((one: Loose) => one.type === 'PodScheduled')?.message;

interface Row {
  readonly does: string;
  readonly volumes: readonly (readonly [name: string, storage: string, spec?: Loose])[];
  readonly claim: readonly [storage: string, spec?: Loose];
  readonly binds: string;
  readonly event?: string;
}

const rows: readonly Row[] = [
  { does: 'the smallest that is big enough', volumes: [['big', '10Gi'], ['fits', '2Gi'], ['small', '1Gi']], claim: ['2Gi'], binds: 'Bound fits' },
  { does: 'another class does not do', volumes: [['other', '2Gi', { storageClassName: 'fast' }]], claim: ['1Gi'], binds: 'Pending -', event: 'Warning ProvisioningFailed storageclass.storage.k8s.io "manual" not found' },
  { does: 'another access mode does not do', volumes: [['single', '2Gi']], claim: ['1Gi', { accessModes: ['ReadWriteMany'] }], binds: 'Pending -' },
  { does: 'no class and no volume', volumes: [], claim: ['1Gi', { storageClassName: '' }], binds: 'Pending -', event: 'Normal FailedBinding no persistent volumes available for this claim and no storage class is set' },
  { does: 'a volume kept for the claim comes first', volumes: [['fits', '1Gi'], ['kept', '5Gi', { claimRef: { namespace: 'default', name: 'c' } }]], claim: ['1Gi'], binds: 'Bound kept' },
  { does: 'a claim that names its volume', volumes: [['a', '1Gi'], ['b', '1Gi']], claim: ['1Gi', { volumeName: 'b' }], binds: 'Bound b' },
];

test.for(rows)('binding: $does', async (row) => {
  for (const [name, storage, spec] of row.volumes) volume(name, storage, spec);
  await cluster.pass(100);
  claim('c', ...row.claim);
  await cluster.pass(500);
  expect(bound('c')).toBe(row.binds);
  if (row.event) expect(cluster.events('c')).toContain(row.event);
});

test('a pod waits for its claim, mounts it, and keeps it from being deleted', async () => {
  pod('app', 'c');
  await cluster.pass(500);
  expect(why('app')).toBe('0/2 nodes are available: persistentvolumeclaim "c" not found. not found');
  claim('c', '1Gi');
  await cluster.pass(15_000);
  expect(why('app')).toBe('0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found');
  volume('v', '1Gi');
  await cluster.until('it runs', () => cluster.get('pods', 'app').status.phase === 'Running');
  expect([bound('c'), phase('v')]).toEqual(['Bound v', 'Bound']);
  cluster.registry.delete('persistentvolumeclaims', 'c', 'default');
  await cluster.pass(1000);
  expect(cluster.get('persistentvolumeclaims', 'c').metadata).toMatchObject({ deletionTimestamp: expect.any(String), finalizers: ['kubernetes.io/pvc-protection'] });
  cluster.registry.delete('pods', 'app', 'default', { gracePeriodSeconds: 0 });
  await cluster.until('the claim is gone', () => cluster.list('persistentvolumeclaims').length === 0);
  await cluster.pass(100);
  expect(phase('v')).toBe('Released');
});

test('a class that waits for its consumer binds where the pod can be', async () => {
  storageClass('manual', 'WaitForFirstConsumer');
  const on = (node: string) => ({ nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] }] } } });
  volume('one', '1Gi', on('worker'));
  volume('two', '1Gi', on('worker2'));
  claim('c', '1Gi');
  await cluster.pass(500);
  expect(bound('c')).toBe('Pending -');
  expect(cluster.events('c')).toEqual(['Normal WaitForFirstConsumer waiting for first consumer to be created before binding']);
  pod('app', 'c', { nodeSelector: { 'kubernetes.io/hostname': 'worker2' } });
  await cluster.until('it runs', () => cluster.get('pods', 'app').status.phase === 'Running');
  expect([bound('c'), cluster.get('pods', 'app').spec.nodeName]).toEqual(['Bound two', 'worker2']);
  pod('elsewhere', 'c', { nodeSelector: { 'kubernetes.io/hostname': 'worker' } });
  await cluster.pass(500);
  expect(why('elsewhere')).toBe("0/2 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity, 1 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.");
});

const set = (spec: Loose = {}, image = 'nginx:1.27') => ({
  apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db' },
  spec: {
    serviceName: 'db', replicas: 3, selector: { matchLabels: { app: 'db' } },
    template: { metadata: { labels: { app: 'db' } }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image, volumeMounts: [{ name: 'data', mountPath: '/data' }] }] } },
    volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { storageClassName: 'manual', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }],
    ...spec,
  },
});
const names = (kind: string) => cluster.list<Loose>(kind).map(({ metadata }) => String(metadata.name)).toSorted();
const isUp = (count: number) => () => cluster.get('statefulsets.apps', 'db').status.readyReplicas === count && cluster.get('statefulsets.apps', 'db').status.replicas === count;
const patch = (body: Loose) => cluster.registry.patch('statefulsets.apps', 'db', 'default', { type: 'merge', body });

test('a set: in order up, in reverse order down, claims stay, a pod comes back under its name', async () => {
  for (const name of ['v0', 'v1', 'v2']) volume(name, '1Gi');
  cluster.apply(set());
  await cluster.until('three are up', isUp(3));
  expect(names('pods')).toEqual(['db-0', 'db-1', 'db-2']);
  expect(names('persistentvolumeclaims')).toEqual(['data-db-0', 'data-db-1', 'data-db-2']);
  expect(cluster.events('db')).toEqual([0, 1, 2].flatMap((at) => [`Normal SuccessfulCreate create Claim data-db-${at} Pod db-${at} in StatefulSet db success`, `Normal SuccessfulCreate create Pod db-${at} in StatefulSet db successful`]));
  const { uid, labels } = cluster.get('pods', 'db-1').metadata;
  expect(labels).toEqual({ app: 'db', 'apps.kubernetes.io/pod-index': '1', 'controller-revision-hash': cluster.get('statefulsets.apps', 'db').status.currentRevision, 'statefulset.kubernetes.io/pod-name': 'db-1' });
  cluster.registry.delete('pods', 'db-1', 'default');
  await cluster.until('it is another db-1', () => names('pods').includes('db-1') && cluster.get('pods', 'db-1').metadata.uid !== uid);
  await cluster.until('three are up', isUp(3));
  patch({ spec: { replicas: 1 } });
  await cluster.until('one is left', isUp(1));
  expect(cluster.events('db').slice(-2)).toEqual(['Normal SuccessfulDelete delete Pod db-2 in StatefulSet db successful', 'Normal SuccessfulDelete delete Pod db-1 in StatefulSet db successful']);
  expect(names('persistentvolumeclaims')).toEqual(['data-db-0', 'data-db-1', 'data-db-2']);
});

test('an update goes from the last down to the partition, and history remembers', async () => {
  cluster.apply({ ...set({ volumeClaimTemplates: [] }), spec: { ...set().spec, volumeClaimTemplates: [], template: { metadata: { labels: { app: 'db' } }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image: 'nginx:1.26' }] } } } });
  await cluster.until('three are up', isUp(3));
  const template = { spec: { containers: [{ name: 'c', image: 'nginx:1.27' }] } };
  patch({ spec: { updateStrategy: { rollingUpdate: { partition: 2 } }, template } });
  const images = () => ['db-0', 'db-1', 'db-2'].map((name) => cluster.list<Loose>('pods').find(({ metadata }) => metadata.name === name)?.spec.containers[0].image);
  await cluster.until('the last is new', () => isUp(3)() && images()[2] === 'nginx:1.27');
  await cluster.pass(5000);
  expect(images()).toEqual(['nginx:1.26', 'nginx:1.26', 'nginx:1.27']);
  patch({ spec: { updateStrategy: { rollingUpdate: { partition: 0 } } } });
  await cluster.until('all are new', () => isUp(3)() && images().every((image) => image === 'nginx:1.27'));
  const { status } = cluster.get('statefulsets.apps', 'db');
  expect(status.currentRevision).toBe(status.updateRevision);
  expect(cluster.list<Loose>('controllerrevisions.apps').map(({ revision }) => Number(revision)).toSorted((a, b) => a - b)).toEqual([1, 2]);
});
