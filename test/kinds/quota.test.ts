/** What a quota allows and how it refuses; and the default class of an Ingress. */
import { expect, test } from 'vitest';
import { EventClock } from '../../src/base/clock.ts';
import { seededRng } from '../../src/base/rng.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { ApiError } from '../../src/api/status.ts';
import { Store } from '../../src/api/store.ts';
import { Registry } from '../../src/kinds/registry.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- shapes of the API reference
type Manifest = any;

function world(hard: Record<string, string>, scoped: Manifest = {}): (resource: string, manifest: Manifest) => string {
  const registry = new Registry({ store: new Store(), clock: new EventClock(Date.UTC(2026, 0, 1)), rng: seededRng(1) });
  const create = (resource: string, manifest: Manifest) => registry.create(resource, { apiVersion: 'v1', ...manifest } as KubeObject, manifest.metadata.namespace ? { namespace: manifest.metadata.namespace } : {});
  create('namespaces', { kind: 'Namespace', metadata: { name: 'default' } });
  create('serviceaccounts', { kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } });
  create('resourcequotas', { kind: 'ResourceQuota', metadata: { name: 'q', namespace: 'default' }, spec: { hard, ...scoped } });
  return (resource, manifest) => {
    try {
      create(resource, { ...manifest, metadata: { namespace: 'default', ...manifest.metadata } });
      return 'created';
    } catch (error) {
      if (error instanceof ApiError) return error.message;
      throw error;
    }
  };
}

const pod = (name: string, resources?: Manifest) => ({ kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'c', image: 'nginx', ...(resources && { resources }) }] } });

test.for([
  ['pods are counted', { pods: '1' }, [['pods', pod('a')], ['pods', pod('b')]], ['created', 'pods "b" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1']],
  ['a container must say what it asks for', { 'requests.cpu': '1', 'limits.memory': '1Gi' }, [['pods', pod('a', { requests: { cpu: '1' } })]], ['pods "a" is forbidden: failed quota: q: must specify limits.memory for: c']],
  ['requests add up', { 'requests.cpu': '1' }, [['pods', pod('a', { requests: { cpu: '600m' } })], ['pods', pod('b', { requests: { cpu: '500m' } })], ['pods', pod('c', { requests: { cpu: '400m' } })]], ['created', 'pods "b" is forbidden: exceeded quota: q, requested: requests.cpu=500m, used: requests.cpu=600m, limited: requests.cpu=1', 'created']],
  ['any kind can be counted', { 'count/configmaps': '1' }, [['configmaps', { kind: 'ConfigMap', metadata: { name: 'a' } }], ['configmaps', { kind: 'ConfigMap', metadata: { name: 'b' } }]], ['created', 'configmaps "b" is forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1']],
] as const)('quota: %s', ([, hard, objects, answers]) => {
  const create = world(hard);
  expect(objects.map(([resource, manifest]) => create(resource, manifest))).toEqual(answers);
});

const busy = { requests: { cpu: '1' } };
const full = (name: string) => `pods "${name}" is forbidden: exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0`;
test.for([
  ['BestEffort', { scopes: ['BestEffort'] }, [full('plain'), 'created', full('timed'), full('high')]],
  ['NotBestEffort', { scopes: ['NotBestEffort'] }, ['created', full('busy'), 'created', 'created']],
  ['Terminating', { scopes: ['Terminating'] }, ['created', 'created', full('timed'), 'created']],
  ['NotTerminating and NotBestEffort', { scopes: ['NotTerminating', 'NotBestEffort'] }, ['created', full('busy'), 'created', 'created']],
  ['a priority class', { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }] } }, ['created', 'created', 'created', full('high')]],
  ['pods without a priority class', { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'DoesNotExist' }] } }, [full('plain'), full('busy'), full('timed'), 'created']],
  ['CrossNamespacePodAffinity', { scopes: ['CrossNamespacePodAffinity'] }, ['created', 'created', 'created', 'created']],
] as const)('a quota for %s counts no other pods', ([, scoped, answers]) => {
  const create = world({ pods: '0' }, scoped);
  create('priorityclasses.scheduling.k8s.io', { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high', namespace: '' }, value: 10 });
  const pods: Manifest[] = [pod('plain'), pod('busy', busy), pod('timed'), pod('high')];
  pods[2].spec.activeDeadlineSeconds = 60;
  pods[3].spec.priorityClassName = 'high';
  expect(pods.map((one) => create('pods', one))).toEqual(answers);
});

test.for([
  [['Best'], { pods: '1' }, 'unsupported scope'],
  [['BestEffort'], { 'limits.cpu': '1' }, 'unsupported scope applied to resource'],
  [['Terminating', 'NotTerminating'], { pods: '1' }, 'conflicting scopes'],
] as const)('scopes %j with %j: %s', ([scopes, hard, why]) => {
  expect(() => world(hard, { scopes })).toThrow(`ResourceQuota "q" is invalid: spec.scopes: Invalid value: ${JSON.stringify(scopes)}: ${why}`);
});

test('an Ingress without a class gets the default one', () => {
  const registry = new Registry({ store: new Store(), clock: new EventClock(Date.UTC(2026, 0, 1)), rng: seededRng(1) });
  registry.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  registry.create('ingressclasses.networking.k8s.io', { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'main', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } }, spec: { controller: 'example.com/c' } } as KubeObject);
  const made = registry.create('ingresses.networking.k8s.io', { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'i' }, spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } } } as KubeObject) as Manifest;
  expect(made.spec.ingressClassName).toBe('main');
});
