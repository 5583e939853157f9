/** The node itself: what it reports, its static pods, and what survives when it goes down. */
import { afterEach, expect, test } from 'vitest';
import { Store } from '../../../src/api/store.ts';
import type { Machine } from '../../../src/machine/machine.ts';
import { isReady, makeCluster, type Loose, type TestCluster } from './cluster.ts';

let cluster: TestCluster;
afterEach(() => cluster.close());

const MANIFEST = '/etc/kubernetes/manifests/web.yaml';
const manifest = (image: string) => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  namespace: kube-system\nspec:\n  hostNetwork: true\n  containers:\n  - {name: c, image: "${image}"}\n`;
const withManifest = (machine: Machine) => {
  machine.files.mkdir('/etc/kubernetes/manifests', { recursive: true });
  machine.files.write(MANIFEST, manifest('nginx:1.27'));
};

test('a node reports itself as a real one, and becomes Ready with its network', async () => {
  let network = false;
  cluster = makeCluster({ networkReady: () => network });
  await cluster.pass(500);
  const ready = () => cluster.get('nodes', 'worker').status.conditions.find((one: Loose) => one.type === 'Ready');
  expect(ready()).toMatchObject({ status: 'False', reason: 'KubeletNotReady', message: 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized' });
  expect(cluster.get('nodes', 'worker').spec.taints.map((one: Loose) => `${one.key}:${one.effect}`)).toEqual(['node.kubernetes.io/not-ready:NoSchedule', 'node.kubernetes.io/not-ready:NoExecute']);
  network = true;
  await cluster.pass(500);
  expect(ready()).toMatchObject({ status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' });
  const node = cluster.get('nodes', 'worker');
  expect(node.spec).toEqual({ podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24'] });
  expect(node.status.conditions.map((one: Loose) => [one.type, one.status, one.reason])).toEqual([
    ['MemoryPressure', 'False', 'KubeletHasSufficientMemory'], ['DiskPressure', 'False', 'KubeletHasNoDiskPressure'], ['PIDPressure', 'False', 'KubeletHasSufficientPID'], ['Ready', 'True', 'KubeletReady'],
  ]);
  expect(node.status.addresses).toEqual([{ type: 'InternalIP', address: '172.18.0.2' }, { type: 'Hostname', address: 'worker' }]);
  expect(cluster.get('leases.coordination.k8s.io', 'worker', 'kube-node-lease').spec).toMatchObject({ holderIdentity: 'worker', leaseDurationSeconds: 40 });
});

test('a static pod has a mirror that comes back, changes with its file and goes with it', async () => {
  cluster = makeCluster({ node: withManifest });
  const mirror = () => cluster.registry.find('pods', 'web-worker', 'kube-system') as Loose;
  await cluster.until('web-worker Ready', () => mirror() && isReady(mirror()));
  expect(mirror().metadata.ownerReferences).toMatchObject([{ kind: 'Node', name: 'worker', controller: true }]);
  expect(mirror().status).toMatchObject({ hostIP: '172.18.0.2', podIP: '172.18.0.2' });
  const { uid } = mirror().metadata;
  const id = mirror().status.containerStatuses[0].containerID;
  cluster.registry.delete('pods', 'web-worker', 'kube-system');
  await cluster.until('a new mirror of the same container', () => mirror() && mirror().metadata.uid !== uid && isReady(mirror()));
  expect(mirror().status.containerStatuses[0].containerID).toBe(id);
  const { files } = cluster.kubelets.get('worker')!.host.machine;
  files.write(MANIFEST, manifest('nginx:1.26'));
  await cluster.until('the new image runs', () => mirror()?.spec.containers[0].image === 'nginx:1.26' && isReady(mirror()));
  files.remove(MANIFEST);
  await cluster.until('no mirror', () => mirror() === undefined);
});

test('a kubelet that is stopped leaves its containers alone, and takes them up again', async () => {
  cluster = makeCluster();
  await cluster.pass(500);
  cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image: 'nginx:1.27' }] } });
  await cluster.until('Ready', () => isReady(cluster.get('pods', 'p')));
  const kubelet = cluster.kubelets.get('worker')!;
  kubelet.stop();
  cluster.registry.delete('pods', 'p', 'default');
  await cluster.pass(5000);
  expect(cluster.get('pods', 'p').metadata.deletionTimestamp).toBeDefined();
  kubelet.start();
  await cluster.until('gone', () => cluster.registry.find('pods', 'p', 'default') === undefined);
});

test('after a restart of everything, the same pods run again, one restart older', async () => {
  cluster = makeCluster();
  await cluster.pass(500);
  cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { initContainers: [{ name: 'i', image: 'busybox:1.36', args: ['act', 'exit 0'] }], containers: [{ name: 'c', image: 'nginx:1.27' }] } });
  await cluster.until('Ready', () => isReady(cluster.get('pods', 'p')));
  const snapshot = cluster.registry.store.snapshot();
  cluster.close();
  cluster = makeCluster({ store: Store.restore(structuredClone(snapshot)) });
  await cluster.until('Ready again', () => isReady(cluster.get('pods', 'p')) && cluster.get('pods', 'p').status.containerStatuses[0].restartCount === 1);
  expect(cluster.get('pods', 'p').status.containerStatuses[0].lastState.terminated).toMatchObject({ exitCode: 255, reason: 'Unknown' });
});

test.each([
  ['more cpu than there is', { containers: [{ name: 'c', image: 'nginx:1.27', resources: { requests: { cpu: '50' } } }] }, 'OutOfcpu', "Pod was rejected: Node didn't have enough resource: cpu, requested: 50000, used: 0, capacity: 4000"],
  ['another node', { nodeSelector: { disk: 'ssd' } }, 'NodeAffinity', "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"],
])('a pod that names the node but wants %s is rejected', async (_title, spec, reason, message) => {
  cluster = makeCluster();
  await cluster.pass(500);
  cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { nodeName: 'worker', containers: [{ name: 'c', image: 'nginx:1.27' }], ...spec } });
  await cluster.pass(100);
  expect(cluster.get('pods', 'p').status).toMatchObject({ phase: 'Failed', reason, message });
});
