/** Objects by which the API tells of itself: what is served, which ranges Services have, how its components feel. */
import { afterAll, expect, test } from 'vitest';
import { makeCluster, type Loose } from '../node/kubelet/cluster.ts';

const cluster = makeCluster({ nodes: ['worker'] });
await cluster.pass(500);
afterAll(() => cluster.close());

const condition = (kind: string, name: string) => {
  const [one] = cluster.registry.find(kind, name) ? ((cluster.get(kind, name).status?.conditions ?? []) as Loose[]) : [];
  return one && `${one.type} ${one.status} ${one.reason}: ${one.message}`;
};
const APIS = 'apiservices.apiregistration.k8s.io';
const CIDRS = 'servicecidrs.networking.k8s.io';
const IPS = 'ipaddresses.networking.k8s.io';

test('every group version that is served has an APIService, and a custom one as long as it is served', async () => {
  expect(condition(APIS, 'v1.')).toBe('Available True Local: Local APIServices are always available');
  expect(cluster.get(APIS, 'v2.autoscaling').spec).toEqual({ group: 'autoscaling', groupPriorityMinimum: 17500, version: 'v2', versionPriority: 30 });
  cluster.apply({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'tabs.example.com' }, spec: { group: 'example.com', scope: 'Cluster', names: { plural: 'tabs', kind: 'Tab' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }] } });
  await cluster.until('it is served', () => condition(APIS, 'v1.example.com') !== undefined);
  expect(cluster.get(APIS, 'v1.example.com').metadata.labels).toEqual({ 'kube-aggregator.kubernetes.io/automanaged': 'true' });
  cluster.registry.delete('customresourcedefinitions.apiextensions.k8s.io', 'tabs.example.com', undefined);
  await cluster.until('it is gone', () => !cluster.registry.find(APIS, 'v1.example.com'));
});

test('an APIService behind a Service says what is missing', async () => {
  cluster.apply({ apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name: 'v1beta1.metrics.k8s.io' }, spec: { group: 'metrics.k8s.io', version: 'v1beta1', groupPriorityMinimum: 100, versionPriority: 100, service: { namespace: 'default', name: 'metrics' } } });
  await cluster.pass(200);
  const says: (string | undefined)[] = [condition(APIS, 'v1beta1.metrics.k8s.io')];
  cluster.apply({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'metrics' }, spec: { ports: [{ port: 8443 }] } });
  await cluster.pass(200);
  says.push(condition(APIS, 'v1beta1.metrics.k8s.io'));
  cluster.registry.patch('services', 'metrics', 'default', { type: 'json', body: [{ op: 'replace', path: '/spec/ports', value: [{ name: 'https', port: 443 }] }] });
  await cluster.pass(200);
  says.push(condition(APIS, 'v1beta1.metrics.k8s.io'));
  expect(says).toEqual([
    'Available False ServiceNotFound: service/metrics in "default" is not present',
    'Available False ServicePortError: service/metrics in "default" is not listening on port 443',
    'Available False MissingEndpoints: endpoints for service/metrics in "default" have no addresses with port name "https"',
  ]);
});

test('Services take addresses from the ranges that there are, and a range stays as long as one of its addresses is held', async () => {
  expect(cluster.get(CIDRS, 'kubernetes').spec).toEqual({ cidrs: ['10.96.0.0/16'] });
  const service = (clusterIP?: string) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'far' }, spec: { ...(clusterIP && { clusterIP }), ports: [{ port: 80 }] } });
  expect(() => cluster.apply(service('10.200.0.5'))).toThrow('provided IP is not in the valid range. The range of valid IPs is 10.96.0.0/16');
  cluster.apply({ apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: 'more' }, spec: { cidrs: ['10.200.0.0/24'] } });
  cluster.apply(service('10.200.0.5'));
  await cluster.until('it is written down', () => cluster.registry.find(IPS, '10.200.0.5') !== undefined);
  expect(cluster.get(IPS, '10.200.0.5').spec).toEqual({ parentRef: { group: '', namespace: 'default', name: 'far', resource: 'services' } });
  expect(condition(CIDRS, 'more')).toBe('Ready True : Kubernetes Service CIDR is ready');
  cluster.registry.delete(CIDRS, 'more', undefined);
  await cluster.pass(200);
  expect(condition(CIDRS, 'more')).toBe('Ready False Terminating: There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR');
  cluster.registry.delete('services', 'far', 'default');
  await cluster.until('both are gone', () => !cluster.registry.find(IPS, '10.200.0.5') && !cluster.registry.find(CIDRS, 'more'));
});

test('a node has a CSINode, without drivers', () => {
  expect(cluster.get('csinodes.storage.k8s.io', 'worker').spec).toEqual({ drivers: null });
});

test('a component is as healthy as its pod is ready', () => {
  const states = () => cluster.list<Loose>('componentstatuses').map(({ metadata, conditions }) => `${metadata.name} ${conditions[0].status} ${conditions[0].message}`);
  expect(states()[0]).toBe('scheduler False Get "https://127.0.0.1:10259/healthz": dial tcp 127.0.0.1:10259: connect: connection refused');
  cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'kube-scheduler-x', namespace: 'kube-system', labels: { component: 'kube-scheduler', tier: 'control-plane' } }, spec: { nodeName: 'nowhere', containers: [{ name: 'c', image: 'x' }] } });
  cluster.registry.updateStatus('pods', { ...structuredClone(cluster.registry.get('pods', 'kube-scheduler-x', 'kube-system')), status: { conditions: [{ type: 'Ready', status: 'True' }] } } as never);
  expect(states()[0]).toBe('scheduler True ok');
});
