/** Running a controller twice changes nothing: in a cluster at rest, no controller writes anything, whatever key it is given. */
import { expect, test } from 'vitest';
import { seededRng } from '../../src/base/rng.ts';
import { controllers, scheduler } from '../../src/controllers/index.ts';
import type { ObjectKey } from '../../src/api/object.ts';
import { isReady, makeCluster, type Loose } from '../node/kubelet/cluster.ts';

const cluster = makeCluster({ nodes: ['control-plane', 'worker', 'worker2'] });
const container = { name: 'c', image: 'nginx:1.27', ports: [{ name: 'http', containerPort: 80 }] };
const template = (app: string) => ({ selector: { matchLabels: { app } }, template: { metadata: { labels: { app } }, spec: { containers: [container] } } });
await cluster.pass(500);
cluster.apply({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 3, ...template('web') } });
cluster.apply({ apiVersion: 'v1', kind: 'ReplicationController', metadata: { name: 'old' }, spec: { replicas: 1, template: { metadata: { labels: { app: 'old' } }, spec: { containers: [container] } } } });
cluster.apply({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'agent' }, spec: template('agent') });
cluster.apply({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] } });
cluster.apply({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'byhand' }, spec: { ports: [{ port: 5432 }] } });
cluster.apply({ apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'byhand' }, subsets: [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 5432, protocol: 'TCP' }] }] });
cluster.apply({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'once' }, spec: { ttlSecondsAfterFinished: 600, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox:1.36', command: ['act', 'sleep 600'] }] } } } });
cluster.apply({ apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name: 'r' }, spec: { request: btoa('-----BEGIN CERTIFICATE REQUEST-----\n'), signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] } });
cluster.apply({ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'tick' }, spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } } } } } });
cluster.apply({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'slow' }, provisioner: 'kubernetes.io/no-provisioner' });
cluster.apply({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'disk' }, spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'slow', hostPath: { path: '/srv' } } });
cluster.apply({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db' }, spec: { serviceName: 'db', replicas: 1, ...template('db'), volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { storageClassName: 'slow', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }] } });
cluster.apply({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'tabs.example.com' }, spec: { group: 'example.com', scope: 'Cluster', names: { plural: 'tabs', kind: 'Tab' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }] } });
cluster.apply({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'all' }, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: 'yes' } }] }, rules: null });
cluster.apply({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'part', labels: { part: 'yes' } }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] });
await cluster.until('everything runs', () => cluster.list('pods').length === 8 && cluster.list<Loose>('pods').every(isReady));
cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'nowhere' }, spec: { nodeSelector: { disk: 'tape' }, containers: [container] } });
cluster.apply({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard: { pods: '10', 'requests.cpu': '2', services: '5' } } });
cluster.apply({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'b' }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } } });
cluster.apply({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'web' }, spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 3, maxReplicas: 5, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }] } });
await cluster.pass(3000);

test.each([...controllers, scheduler].map((make) => {
  const controller = make({ registry: cluster.registry, clock: cluster.clock, rng: seededRng(3), record: () => undefined });
  return [controller.name, controller] as const;
}))('%s comes to rest', (_name, controller) => {
  const keys: ObjectKey[] = controller.watches.flatMap((rule) => {
    const kind = rule.group === '' ? rule.resource : `${rule.resource}.${rule.group}`;
    return cluster.registry.list(kind).items.flatMap((object) => rule.toKeys(object, 'ADDED'));
  });
  const before = cluster.registry.list('pods').resourceVersion;
  for (const key of [...keys, ...keys]) controller.reconcile(key);
  expect(keys.length).toBeGreaterThan(0);
  expect(cluster.registry.list('pods').resourceVersion).toBe(before);
});

test('Endpoints written by hand are mirrored', () => {
  const [slice] = cluster.list<Loose>('endpointslices.discovery.k8s.io').filter((one) => one.metadata.labels['kubernetes.io/service-name'] === 'byhand');
  expect(slice).toMatchObject({ metadata: { labels: { 'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io' } }, ports: [{ name: '', port: 5432, protocol: 'TCP' }], endpoints: [{ addresses: ['192.0.2.1'], conditions: { ready: true } }] });
});

test('a quota says what is used', () => {
  expect(cluster.get('resourcequotas', 'q').status).toEqual({ hard: { pods: '10', 'requests.cpu': '2', services: '5' }, used: { pods: '9', 'requests.cpu': '0', services: '2' } });
});
