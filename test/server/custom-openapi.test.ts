/** The document of a custom group version: what `kubectl explain` reads, and what tells a client that it may validate on the server. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/object.ts';
import { Store } from '../../src/api/store.ts';
import { seededRng } from '../../src/base/rng.ts';
import { kindsOf } from '../../src/kinds/custom/custom-kind.ts';
import type { Definition } from '../../src/kinds/custom/definition.ts';
import { Registry } from '../../src/kinds/registry.ts';
import { customDocument } from '../../src/server/custom-openapi.ts';
import { Discovery } from '../../src/server/discovery.ts';
import { bootstrapRoles } from '../../src/sim/system/roles.ts';
import { startTestServer } from './api-server.ts';

const definition = {
  metadata: { name: 'tabs.example.com' },
  spec: {
    group: 'example.com', scope: 'Namespaced', names: { plural: 'tabs', kind: 'Tab', listKind: 'TabList', shortNames: ['tb'], categories: ['all'] },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'string', description: 'Why.' } } } }, subresources: { status: {} } }],
  },
  status: { conditions: [{ type: 'Established', status: 'True' }] },
} as unknown as Definition;

const kinds = kindsOf(definition);
const builtIn = readFileSync(new URL('../../src/data/openapi-v3/apis__coordination.k8s.io__v1.json', import.meta.url), 'utf8');
const document = JSON.parse(customDocument(kinds, builtIn)) as { paths: Record<string, Record<string, unknown>>; components: { schemas: Record<string, { properties?: Record<string, { description?: string }> }> } };

test('the document holds the schema, and the types that it points to', () => {
  const { schemas } = document.components;
  expect(Object.keys(schemas['com.example.v1.Tab']?.properties ?? {}).toSorted()).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
  expect(schemas['com.example.v1.Tab']?.properties?.['spec']?.description).toBe('Why.');
  for (const [, name] of JSON.stringify(schemas).matchAll(/#\/components\/schemas\/([\w.-]+)/g)) expect(Object.hasOwn(schemas, name!), name).toBe(true);
});

test('its paths say what a client may do', () => {
  expect(Object.entries(document.paths).map(([path, operations]) => `${path} ${Object.keys(operations).join(' ')}`)).toEqual([
    '/apis/example.com/v1/namespaces/{namespace}/tabs get post',
    '/apis/example.com/v1/namespaces/{namespace}/tabs/{name} get put patch delete',
  ]);
});

test('discovery follows what is served', () => {
  let served = kinds;
  const discovery = new Discovery(() => served);
  const names = () => (discovery.resourceList('example.com', 'v1') as { resources: { name: string; shortNames?: string[] }[] } | undefined)?.resources.map(({ name, shortNames }) => [name, shortNames]);
  expect(names()).toEqual([['tabs', ['tb']], ['tabs/status', undefined]]);
  served = [];
  expect(names()).toBeUndefined();
});

test('a watch ends with the definition of its kind', async () => {
  const server = await startTestServer();
  const { registry } = server;
  const CRDS = 'customresourcedefinitions.apiextensions.k8s.io';
  const created = registry.create(CRDS, { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'tabs.example.com' }, spec: definition.spec } as unknown as KubeObject);
  registry.updateStatus(CRDS, { ...structuredClone(created), status: definition.status } as unknown as KubeObject);
  registry.create('tabs.example.com', { apiVersion: 'example.com/v1', kind: 'Tab', metadata: { name: 'one' } });
  let isSeen: () => void;
  const seen = new Promise<void>((resolve) => (isSeen = resolve));
  const watching = server.request('GET', '/apis/example.com/v1/tabs?watch=true', { until: (text) => (text.includes('"one"') && isSeen(), false) });
  await seen;
  registry.delete(CRDS, 'tabs.example.com', undefined);
  registry.patch(CRDS, 'tabs.example.com', undefined, { type: 'json', body: [{ op: 'remove', path: '/metadata/finalizers' }] });
  expect((await watching).text.trim().split('\n').map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(['ADDED']);
  await server.end();
});

test('after a reset the groups of the new world are told, and those of the old one are not', async () => {
  const server = await startTestServer();
  const groups = async () => ((await server.request('GET', '/apis')).body as { readonly groups: readonly { readonly name: string }[] }).groups.map(({ name }) => name).filter((name) => name.endsWith('example.com'));
  const define = (registry: Registry, group: string) => {
    const created = registry.create('customresourcedefinitions.apiextensions.k8s.io', { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `tabs.${group}` }, spec: { ...definition.spec, group } } as unknown as KubeObject);
    registry.updateStatus('customresourcedefinitions.apiextensions.k8s.io', { ...structuredClone(created), status: definition.status } as unknown as KubeObject);
  };
  const { clock, containers } = server;
  const fresh = new Registry({ store: new Store(), clock, rng: seededRng(2) });
  for (const object of bootstrapRoles()) fresh.create(`${object.kind.toLowerCase()}s.rbac.authorization.k8s.io`, object);
  define(server.registry, 'old.example.com');
  expect(await groups()).toEqual(['old.example.com']);
  server.replace({ registry: fresh, containers, clock });
  expect(await groups()).toEqual([]);
  define(fresh, 'new.example.com');
  expect(await groups()).toEqual(['new.example.com']);
  expect((await server.request('GET', '/apis/new.example.com/v1/tabs')).status).toBe(200);
  await server.end();
});
