/** Budgets count the pods they guard, and an eviction gets what they have to give. */
import { afterEach, expect, test } from 'vitest';
import { makeCluster, type Loose, type TestCluster } from '../node/kubelet/cluster.ts';

let cluster: TestCluster;
afterEach(() => cluster.close());

const workload: Loose = {
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' },
  spec: { replicas: 4, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx:1.27' }] } } },
};
const budget = (spec: Loose): Loose => ({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'guard' }, spec: { selector: { matchLabels: { app: 'web' } }, ...spec } });
const counted = () => {
  const { currentHealthy, desiredHealthy, disruptionsAllowed, expectedPods } = cluster.get('poddisruptionbudgets.policy', 'guard').status;
  return `${currentHealthy} healthy of ${expectedPods}, ${desiredHealthy} must be, ${disruptionsAllowed} may go`;
};

async function begin(spec: Loose): Promise<void> {
  cluster = makeCluster({ nodes: ['control-plane', 'worker', 'worker2'] });
  await cluster.pass(500);
  cluster.apply(workload);
  cluster.apply(budget(spec));
  await cluster.until('four pods ready', () => cluster.get('deployments.apps', 'web').status?.availableReplicas === 4);
  await cluster.pass(200);
}

test.each([
  [{ minAvailable: 4 }, '4 healthy of 4, 4 must be, 0 may go'],
  [{ minAvailable: 3 }, '4 healthy of 4, 3 must be, 1 may go'],
  [{ minAvailable: '30%' }, '4 healthy of 4, 2 must be, 2 may go'],
  [{ maxUnavailable: 1 }, '4 healthy of 4, 3 must be, 1 may go'],
  [{ maxUnavailable: '30%' }, '4 healthy of 4, 2 must be, 2 may go'],
  [{ maxUnavailable: 9 }, '4 healthy of 4, 0 must be, 4 may go'],
  [{ minAvailable: 1, selector: { matchLabels: { app: 'nobody' } } }, '0 healthy of 0, 1 must be, 0 may go'],
])('%j: %s', async (spec, expected) => {
  await begin(spec);
  expect(counted()).toBe(expected);
});

test('pods of a Job have no size to take a share of: the budget says so and lets none go', async () => {
  await begin({ maxUnavailable: 1, selector: { matchLabels: { app: 'batch' } } });
  cluster.apply({
    apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'batch' },
    spec: { template: { metadata: { labels: { app: 'batch' } }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox', command: ['sleep', '3600'] }] } } },
  });
  const status = () => cluster.get('poddisruptionbudgets.policy', 'guard').status;
  await cluster.until('the budget to say why', () => status().conditions[0].reason === 'SyncFailed');
  expect(status()).toMatchObject({ disruptionsAllowed: 0, conditions: [{ type: 'DisruptionAllowed', status: 'False', message: 'jobs.batch does not implement the scale subresource' }] });
});

test.each([
  ['IfHealthyBudget', "Cannot evict pod as it would violate the pod's disruption budget."],
  ['AlwaysAllow', undefined],
])('a pod that is not ready, by %s', async (unhealthyPodEvictionPolicy, refusal) => {
  await begin({ minAvailable: 5, unhealthyPodEvictionPolicy });
  const name = cluster.list<Loose>('pods')[0]!.metadata.name as string;
  const pod = structuredClone(cluster.get('pods', name)) as Loose;
  for (const one of pod.status.conditions) if (one.type === 'Ready') one.status = 'False';
  cluster.registry.updateStatus('pods', pod as never);
  const evict = () => cluster.registry.createSubresource('pods', name, 'default', 'eviction', { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: 'default' } });
  if (refusal) expect(evict).toThrow(refusal);
  else expect(evict).not.toThrow();
});

test('one eviction takes what is allowed, the next is refused until the pod is there again', async () => {
  await begin({ minAvailable: 3 });
  const [first, second] = cluster.list<Loose>('pods').map(({ metadata }) => metadata.name as string);
  const evict = (name: string) => cluster.registry.createSubresource('pods', name, 'default', 'eviction', { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: 'default' } });
  evict(first!);
  expect(() => evict(second!)).toThrow("Cannot evict pod as it would violate the pod's disruption budget.");
  await cluster.until('four pods ready again', () => counted() === '4 healthy of 4, 3 must be, 1 may go' && cluster.list<Loose>('pods').length === 4);
  expect(cluster.get('poddisruptionbudgets.policy', 'guard').status).toMatchObject({ observedGeneration: 1, conditions: [{ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' }] });
  evict(second!);
});
