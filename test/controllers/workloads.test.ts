/** Deployments, ReplicaSets, DaemonSets, endpoints and what is left behind, on nodes that really run the pods. */
import { afterEach, expect, test } from 'vitest';
import { makeCluster, type Loose, type TestCluster } from '../node/kubelet/cluster.ts';

let cluster: TestCluster;
afterEach(() => cluster.close());

async function begin(): Promise<void> {
  cluster = makeCluster({ nodes: ['control-plane', 'worker', 'worker2'] });
  await cluster.pass(500);
}

const deployment = (name: string, spec: Loose = {}, image = 'nginx:1.27'): Loose => ({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name },
  spec: { replicas: 2, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'web', image, ports: [{ name: 'http', containerPort: 80 }] }] } }, ...spec },
});
const status = (name: string) => cluster.get('deployments.apps', name).status;
const reason = (name: string, type: string) => status(name).conditions?.find((one: Loose) => one.type === type)?.reason;
const rolledOut = (name: string) => cluster.until(`${name} rolled out`, () => {
  const { spec, metadata, status: now } = cluster.get('deployments.apps', name);
  return now?.observedGeneration === metadata.generation && now.updatedReplicas === spec.replicas && now.replicas === spec.replicas && now.availableReplicas === spec.replicas;
});
const patch = (kind: string, name: string, body: Loose) => cluster.registry.patch(kind, name, 'default', { type: 'merge', body });
const setImage = (name: string, image: string) => patch('deployments.apps', name, { spec: { template: { spec: { containers: [{ name: 'web', image, ports: [{ name: 'http', containerPort: 80 }] }] } } } });

test('a deployment: revision, conditions, status and events of a real one', async () => {
  await begin();
  cluster.apply(deployment('web'));
  await rolledOut('web');
  await cluster.pass(100);
  const [set] = cluster.list<Loose>('replicasets.apps');
  const time = expect.any(String);
  expect(status('web')).toEqual({
    observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2, terminatingReplicas: 0,
    conditions: [
      { type: 'Available', status: 'True', lastUpdateTime: time, lastTransitionTime: time, reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' },
      { type: 'Progressing', status: 'True', lastUpdateTime: time, lastTransitionTime: time, reason: 'NewReplicaSetAvailable', message: `ReplicaSet "${set.metadata.name}" has successfully progressed.` },
    ],
  });
  expect(set.metadata.annotations).toEqual({ 'deployment.kubernetes.io/desired-replicas': '2', 'deployment.kubernetes.io/max-replicas': '3', 'deployment.kubernetes.io/revision': '1' });
  expect(set.status).toEqual({ replicas: 2, fullyLabeledReplicas: 2, readyReplicas: 2, availableReplicas: 2, terminatingReplicas: 0, observedGeneration: 1 });
  expect(set.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{6,10}$/);
  expect(cluster.get('deployments.apps', 'web').metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' });
  expect(cluster.events('web')).toEqual([`Normal ScalingReplicaSet Scaled up replica set ${set.metadata.name} from 0 to 2`]);
  expect(new Set(cluster.list<Loose>('pods').map((pod) => pod.spec.nodeName))).toEqual(new Set(['worker', 'worker2']));
});

test('an update never has too few pods or too many, and undo brings the old ReplicaSet back', async () => {
  await begin();
  cluster.apply(deployment('web', { replicas: 4 }, 'nginx:1.26'));
  await rolledOut('web');
  const seen = { most: 0, leastAvailable: 99 };
  const stop = cluster.registry.watch('deployments.apps', { resourceVersion: cluster.registry.list('deployments.apps').resourceVersion }, ({ object }: Loose) => {
    seen.most = Math.max(seen.most, object.status.replicas ?? 0);
    seen.leastAvailable = Math.min(seen.leastAvailable, object.status.availableReplicas ?? 0);
  });
  setImage('web', 'nginx:1.27');
  await rolledOut('web');
  stop();
  expect(seen.most).toBeLessThanOrEqual(5);
  expect(seen.leastAvailable).toBeGreaterThanOrEqual(3);
  setImage('web', 'nginx:1.26');
  await rolledOut('web');
  const sets = cluster.list<Loose>('replicasets.apps').map((set) => [set.spec.template.spec.containers[0].image, set.spec.replicas, set.metadata.annotations['deployment.kubernetes.io/revision'], set.metadata.annotations['deployment.kubernetes.io/revision-history']]);
  expect(sets).toHaveLength(2);
  expect(sets).toEqual(expect.arrayContaining([['nginx:1.26', 4, '3', '1'], ['nginx:1.27', 0, '2', undefined]]));
});

test('a rollout that cannot finish says so when its deadline is over', async () => {
  await begin();
  cluster.apply(deployment('slow', { progressDeadlineSeconds: 3, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } }));
  await rolledOut('slow');
  setImage('slow', 'nginx:doesnotexist');
  await cluster.pass(6000);
  expect([reason('slow', 'Available'), reason('slow', 'Progressing')]).toEqual(['MinimumReplicasAvailable', 'ProgressDeadlineExceeded']);
  expect(status('slow')).toMatchObject({ replicas: 3, updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2, unavailableReplicas: 1 });
  expect(status('slow').conditions.at(-1).message).toMatch(/^ReplicaSet "slow-\w+" has timed out progressing.$/);
});

test('Recreate ends every old pod before it makes a new one', async () => {
  await begin();
  cluster.apply(deployment('once', { strategy: { type: 'Recreate' } }, 'nginx:1.26'));
  await rolledOut('once');
  let mixed = 0;
  const stop = cluster.registry.watch('pods', { namespace: 'default', resourceVersion: cluster.registry.list('pods').resourceVersion }, () => {
    const images = new Set(cluster.list<Loose>('pods').map((pod) => pod.spec.containers[0].image));
    if (images.size > 1) mixed++;
  });
  setImage('once', 'nginx:1.27');
  await rolledOut('once');
  stop();
  expect(mixed).toBe(0);
});

test('paused: scaling works, a new template waits', async () => {
  await begin();
  cluster.apply(deployment('web'));
  await rolledOut('web');
  patch('deployments.apps', 'web', { spec: { paused: true, replicas: 3 } });
  setImage('web', 'nginx:1.26');
  await cluster.pass(3000);
  expect(cluster.list('replicasets.apps')).toHaveLength(1);
  expect(cluster.list('pods')).toHaveLength(3);
  expect(reason('web', 'Progressing')).toBe('DeploymentPaused');
  patch('deployments.apps', 'web', { spec: { paused: false } });
  await rolledOut('web');
  expect(cluster.list('replicasets.apps')).toHaveLength(2);
});

test('a ReplicationController keeps its number: of pods that it makes, adopts, replaces and lets go', async () => {
  await begin();
  const labels = { app: 'old' };
  const spec = { containers: [{ name: 'web', image: 'nginx:1.27' }] };
  cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'orphan', labels }, spec });
  cluster.apply({ apiVersion: 'v1', kind: 'ReplicationController', metadata: { name: 'old' }, spec: { replicas: 2, template: { metadata: { labels }, spec } } });
  const rc = () => cluster.get('replicationcontrollers', 'old');
  await cluster.until('two are available', () => rc().status.availableReplicas === 2);
  expect(rc().spec.selector).toEqual(labels);
  expect(rc().status).toEqual({ replicas: 2, fullyLabeledReplicas: 2, readyReplicas: 2, availableReplicas: 2, observedGeneration: 1 });
  expect(cluster.get('pods', 'orphan').metadata.ownerReferences).toEqual([{ apiVersion: 'v1', kind: 'ReplicationController', name: 'old', uid: rc().metadata.uid, controller: true, blockOwnerDeletion: true }]);
  expect(cluster.events('old')).toEqual([expect.stringMatching(/^Normal SuccessfulCreate Created pod: old-\w{5}$/)]);
  patch('pods', 'orphan', { metadata: { labels: { app: 'other' } } });
  await cluster.until('another in its place', () => cluster.list('pods').length === 3 && rc().status.availableReplicas === 2);
  patch('replicationcontrollers', 'old', { spec: { replicas: 0 } });
  await cluster.until('only what it let go is left', () => cluster.list<Loose>('pods').map(({ metadata }) => metadata.name).join() === 'orphan');
});

test('a DaemonSet is on every node that lets it, and rolls one node after another', async () => {
  await begin();
  cluster.apply({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'agent' }, spec: { selector: { matchLabels: { app: 'agent' } }, template: { metadata: { labels: { app: 'agent' } }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'agent', image: 'nginx:1.26' }] } } } });
  const nodes = () => cluster.list<Loose>('pods').map((pod): string => pod.spec.nodeName).sort((a, b) => a.localeCompare(b));
  await cluster.until('two ready', () => cluster.get('daemonsets.apps', 'agent').status?.numberReady === 2);
  expect(nodes()).toEqual(['worker', 'worker2']);
  patch('daemonsets.apps', 'agent', { spec: { template: { spec: { tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }] } } } });
  await cluster.until('three updated', () => { const now = cluster.get('daemonsets.apps', 'agent').status; return now.updatedNumberScheduled === 3 && now.numberAvailable === 3 && now.observedGeneration === 2; });
  expect(nodes()).toEqual(['control-plane', 'worker', 'worker2']);
  expect(cluster.list<Loose>('controllerrevisions.apps').map((one): number => one.revision).sort((a, b) => a - b)).toEqual([1, 2]);
  expect(cluster.get('daemonsets.apps', 'agent').status).toEqual({ currentNumberScheduled: 3, numberMisscheduled: 0, desiredNumberScheduled: 3, numberReady: 3, observedGeneration: 2, updatedNumberScheduled: 3, numberAvailable: 3 });
});

test('a service finds its pods by label and port name, and forgets them when they are not ready', async () => {
  await begin();
  cluster.apply(deployment('shop'));
  cluster.apply({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'shop' }, spec: { selector: { app: 'shopp' }, ports: [{ port: 80, targetPort: 'htp' }] } });
  await rolledOut('shop');
  const slice = () => cluster.list<Loose>('endpointslices.discovery.k8s.io').find((one) => one.metadata.labels['kubernetes.io/service-name'] === 'shop');
  expect(slice()).toMatchObject({ ports: null, endpoints: null, addressType: 'IPv4' });
  patch('services', 'shop', { spec: { selector: { app: 'shop' } } });
  await cluster.pass(100);
  expect(slice().ports).toBeNull();
  expect(slice().endpoints).toHaveLength(2);
  cluster.registry.patch('services', 'shop', 'default', { type: 'json', body: [{ op: 'replace', path: '/spec/ports/0/targetPort', value: 'http' }] });
  await cluster.pass(100);
  expect(slice().ports).toEqual([{ name: '', port: 80, protocol: 'TCP' }]);
  expect(slice().endpoints[0]).toEqual({ addresses: [expect.stringMatching(/^10\.244\./)], conditions: { ready: true, serving: true, terminating: false }, nodeName: expect.any(String), targetRef: { kind: 'Pod', name: expect.any(String), namespace: 'default', uid: expect.any(String) } });
  expect(cluster.get('endpoints', 'shop').subsets).toEqual([{ addresses: [expect.anything(), expect.anything()], ports: [{ port: 80, protocol: 'TCP' }] }]);
});

test.each([
  ['Background', [], []],
  ['Foreground', [], []],
  ['Orphan', ['replicaset'], ['pod', 'pod']],
] as const)('deleting a deployment with %s leaves %j and %j', async (propagationPolicy, sets, pods) => {
  await begin();
  cluster.apply(deployment('web', { template: { metadata: { labels: { app: 'web' } }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'web', image: 'nginx:1.27' }] } } }));
  await rolledOut('web');
  cluster.registry.delete('deployments.apps', 'web', 'default', { propagationPolicy });
  await cluster.pass(5000);
  expect(cluster.registry.find('deployments.apps', 'web', 'default')).toBeUndefined();
  expect(cluster.list('replicasets.apps')).toHaveLength(sets.length);
  expect(cluster.list('pods')).toHaveLength(pods.length);
});

test('a namespace takes everything along', async () => {
  await begin();
  cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'gone' } });
  await cluster.pass(100);
  expect(cluster.get('serviceaccounts', 'default', 'gone').metadata.name).toBe('default');
  expect(cluster.get('configmaps', 'kube-root-ca.crt', 'gone').data).toEqual({ 'ca.crt': '' });
  cluster.apply({ ...deployment('web'), metadata: { name: 'web', namespace: 'gone' } });
  await cluster.pass(2000);
  cluster.registry.delete('namespaces', 'gone', undefined);
  await cluster.pass(100);
  expect(cluster.get('namespaces', 'gone').status.phase).toBe('Terminating');
  await cluster.until('gone', () => cluster.registry.find('namespaces', 'gone') === undefined);
  expect(cluster.list('pods', 'gone')).toEqual([]);
});

test('a node that falls silent: Unknown, tainted, and after five minutes its pods go elsewhere', async () => {
  await begin();
  cluster.apply(deployment('web'));
  await rolledOut('web');
  cluster.kubelets.get('worker')!.powerOff();
  await cluster.pass(70_000);
  const node = cluster.get('nodes', 'worker');
  expect(node.status.conditions.find((one: Loose) => one.type === 'Ready')).toMatchObject({ status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' });
  expect(node.spec.taints.map((taint: Loose) => `${taint.key}:${taint.effect}`)).toEqual(['node.kubernetes.io/unreachable:NoSchedule', 'node.kubernetes.io/unreachable:NoExecute']);
  await cluster.pass(300_000);
  expect(cluster.list<Loose>('pods').filter((pod) => !pod.metadata.deletionTimestamp).map((pod) => pod.spec.nodeName)).toEqual(['worker2', 'worker2']);
});
