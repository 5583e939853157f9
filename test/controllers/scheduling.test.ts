/** What the scheduler says when nothing fits, and where it puts what fits. */
import { afterEach, expect, test } from 'vitest';
import { makeCluster, type Loose, type TestCluster } from '../node/kubelet/cluster.ts';

let cluster: TestCluster;
afterEach(() => cluster.close());

const NODES = ['control-plane', 'worker', 'worker2'];
const pod = (spec: Loose, metadata: Loose = {}): Loose => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', ...metadata }, spec: { containers: [{ name: 'c', image: 'nginx:1.27' }], ...spec } });
const asking = (cpu: string) => ({ containers: [{ name: 'c', image: 'nginx:1.27', resources: { requests: { cpu } } }] });
const message = (name = 'p') => cluster.get('pods', name).status.conditions?.find((one: Loose) => one.type === 'PodScheduled')?.message;

async function begin(): Promise<void> {
  cluster = makeCluster({ nodes: NODES });
  await cluster.pass(500);
}

async function label(node: string, labels: Loose): Promise<void> {
  cluster.registry.patch('nodes', node, undefined, { type: 'merge', body: { metadata: { labels } } });
  await cluster.pass(10);
}

test.each([
  ['more cpu than any node has', asking('500'), "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling."],
  ['a label that no node has', { nodeSelector: { disk: 'tape' } }, "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling."],
  [
    'near pods that are nowhere',
    { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'nowhere' } } }] } } },
    "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't match pod affinity rules. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
  ],
])('%s', async (_title, spec, expected) => {
  await begin();
  cluster.apply(pod(spec));
  await cluster.pass(100);
  expect(message()).toBe(expected);
  expect(cluster.events('p')).toEqual([`Warning FailedScheduling ${expected}`]);
});

test('a pod that did not fit is scheduled as soon as a node fits', async () => {
  await begin();
  cluster.apply(pod({ nodeSelector: { disk: 'ssd' } }));
  await cluster.pass(5000);
  expect(cluster.get('pods', 'p').spec.nodeName).toBeUndefined();
  await label('worker2', { disk: 'ssd' });
  expect(cluster.get('pods', 'p').spec.nodeName).toBe('worker2');
});

test('one pod per node with anti-affinity: the third waits', async () => {
  await begin();
  const far = { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'anti' } } }] } } };
  for (const name of ['a', 'b', 'c']) {
    cluster.apply(pod(far, { name, labels: { app: 'anti' } }));
    await cluster.pass(100);
  }
  expect(new Set(['a', 'b'].map((name) => cluster.get('pods', name).spec.nodeName))).toEqual(new Set(['worker', 'worker2']));
  expect(message('c')).toBe(
    "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't match pod anti-affinity rules. no new claims to deallocate, preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.",
  );
});

test.each([
  ['without a budget the first of two like nodes is chosen', undefined, 'worker'],
  ['a budget that lets nobody go leads to the other node', { minAvailable: 1 }, 'worker2'],
  ['a budget that has one to spare leads nowhere else', { minAvailable: 0 }, 'worker'],
] as const)('preemption: %s', async (_title, budget, chosen) => {
  await begin();
  cluster.apply({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high' }, value: 1000 });
  const cpus = Number(cluster.get('nodes', 'worker').status.allocatable.cpu);
  const most = asking(String(cpus * 0.6));
  for (const node of ['worker', 'worker2']) cluster.apply(pod({ ...most, terminationGracePeriodSeconds: 1, nodeSelector: { 'kubernetes.io/hostname': node } }, { name: `on-${node}`, labels: { on: node } }));
  if (budget) cluster.apply({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'b' }, spec: { ...budget, selector: { matchLabels: { on: 'worker' } } } });
  await cluster.until('both run', () => ['worker', 'worker2'].every((node) => cluster.get('pods', `on-${node}`).status?.phase === 'Running'));
  await cluster.pass(100);
  cluster.apply(pod({ ...most, priorityClassName: 'high' }, { name: 'important' }));
  await cluster.until('it has a node', () => cluster.get('pods', 'important').spec.nodeName !== undefined);
  expect(cluster.get('pods', 'important').spec.nodeName).toBe(chosen);
});

test('cordoned, tainted, tolerated', async () => {
  await begin();
  cluster.registry.patch('nodes', 'worker', undefined, { type: 'merge', body: { spec: { unschedulable: true } } });
  await cluster.pass(100);
  expect(cluster.get('nodes', 'worker').spec.taints).toEqual([{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: expect.any(String) }]);
  cluster.apply(pod({}, { name: 'plain' }));
  cluster.apply(pod({ nodeSelector: { 'kubernetes.io/hostname': 'control-plane' }, tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }] }, { name: 'tolerant' }));
  await cluster.pass(100);
  expect(['plain', 'tolerant'].map((name) => cluster.get('pods', name).spec.nodeName)).toEqual(['worker2', 'control-plane']);
});

test('a more important pod pushes a less important one out', async () => {
  await begin();
  cluster.apply({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high' }, value: 1000 });
  for (const name of ['low-1', 'low-2']) {
    cluster.apply(pod(asking('3'), { name }));
    await cluster.pass(1000);
  }
  cluster.apply(pod({ ...asking('3'), priorityClassName: 'high' }, { name: 'high' }));
  await cluster.until('high is placed', () => cluster.get('pods', 'high').spec.nodeName !== undefined);
  expect(cluster.list('pods')).toHaveLength(2);
});

test('the room that was made stays free for whom it was made, though the one who was pushed out comes again at once', async () => {
  await begin();
  const onPort = { terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image: 'nginx:1.25', ports: [{ containerPort: 80, hostPort: 7070 }] }] };
  cluster.apply({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high' }, value: 1000 });
  cluster.apply({
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'low' },
    spec: { replicas: 2, selector: { matchLabels: { app: 'low' } }, template: { metadata: { labels: { app: 'low' } }, spec: onPort } },
  });
  const placed = () => cluster.list('pods').filter(({ spec }) => spec.nodeName !== undefined).map(({ metadata }) => metadata.name);
  await cluster.until('both are placed', () => placed().length === 2);
  cluster.apply(pod({ ...onPort, priorityClassName: 'high' }, { name: 'high' }));
  await cluster.until('high is placed', () => placed().includes('high'));
  await cluster.pass(30_000);
  expect([placed().length, cluster.list('pods').length]).toEqual([2, 3]);
});
