/** HorizontalPodAutoscalers in a cluster that has no metrics server: what is kept, and what is said to be missing. */
import { afterEach, expect, test } from 'vitest';
import { makeCluster, type Loose, type TestCluster } from '../node/kubelet/cluster.ts';

let cluster: TestCluster;
afterEach(() => cluster.close());

const MISSING = 'failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)';

const ROWS: readonly { readonly title: string; readonly replicas?: number; readonly target?: string; readonly conditions: readonly string[]; readonly events: readonly string[]; readonly ends?: number }[] = [
  {
    title: 'between minimum and maximum nothing is known', replicas: 2, ends: 2,
    conditions: ['AbleToScale True SucceededGetScale', 'ScalingActive False FailedGetResourceMetric'],
    events: [`Warning FailedGetResourceMetric ${MISSING}`, `Warning FailedComputeMetricsReplicas invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ${MISSING}`],
  },
  { title: 'too few become the minimum', replicas: 1, ends: 2, conditions: ['AbleToScale True SucceededRescale'], events: ['Normal SuccessfulRescale New size: 2; reason: Current number of replicas below Spec.MinReplicas'] },
  { title: 'too many become the maximum', replicas: 5, ends: 3, conditions: ['AbleToScale True SucceededRescale'], events: ['Normal SuccessfulRescale New size: 3; reason: Current number of replicas above Spec.MaxReplicas'] },
  { title: 'none are left alone', replicas: 0, ends: 0, conditions: ['AbleToScale True SucceededGetScale', 'ScalingActive False ScalingDisabled'], events: [] },
  { title: 'what is not there cannot be scaled', target: 'nosuch', conditions: ['AbleToScale False FailedGetScale'], events: ['Warning FailedGetScale deployments.apps "nosuch" not found'] },
];

test.each(ROWS)('$title', async ({ replicas, target = 'web', conditions, events, ends }) => {
  cluster = makeCluster({ nodes: ['control-plane', 'worker'] });
  await cluster.pass(500);
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx:1.27' }] } };
  if (replicas !== undefined) cluster.apply({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas, selector: { matchLabels: { app: 'web' } }, template } });
  cluster.apply({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'scaler' }, spec: { minReplicas: 2, maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target } } });
  await cluster.pass(1000);
  const { status } = cluster.get('horizontalpodautoscalers.autoscaling', 'scaler');
  expect(status.conditions.map((one: Loose) => `${one.type} ${one.status} ${one.reason}`)).toEqual(conditions);
  expect(cluster.events('scaler')).toEqual(events);
  if (ends !== undefined) expect(cluster.get('deployments.apps', 'web').spec.replicas).toBe(ends);
});
