/** What we serve, told as a real v1.36 server tells it (recorded with `kubectl get --raw`): the same words for the same kinds. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { kinds } from '../../src/kinds/index.ts';
import { Discovery } from '../../src/server/discovery.ts';

interface Resource {
  readonly resource: string;
  readonly subresources?: readonly { readonly subresource: string }[];
}
interface Aggregated {
  readonly items: readonly { readonly metadata: { readonly name?: string }; readonly versions: readonly { readonly version: string; readonly resources: readonly Resource[] }[] }[];
}

const discovery = new Discovery(() => kinds);
const recorded = (file: string) => JSON.parse(readFileSync(new URL(`./recorded/${file}.json`, import.meta.url), 'utf8')) as Aggregated;
const resources = (document: Aggregated) =>
  new Map(document.items.flatMap(({ metadata, versions }) => versions.flatMap(({ version, resources: list }) => list.map((each) => [`${metadata.name ?? ''}/${version}/${each.resource}`, each] as const))));

/** Parts of a resource that we do not serve. Reason: proxying HTTP through the API server needs a kubelet's or pod's real port. */
const NOT_SERVED = new Set(['proxy']);
const served = (resource: Resource): Resource => {
  const { subresources, ...rest } = resource;
  const kept = subresources?.filter(({ subresource }) => !NOT_SERVED.has(subresource)) ?? [];
  return kept.length > 0 ? { ...rest, subresources: kept } : rest;
};

describe.each([['core', 'api-aggregated'], ['groups', 'apis-aggregated']] as const)('aggregated discovery of %s', (which, file) => {
  const real = resources(recorded(file));
  const ours = [...resources(discovery.aggregated(which, 'v2') as Aggregated)];
  test.each(ours)('%s', (name, resource) => expect(served(resource)).toEqual(served(real.get(name)!)));
});

test('groups come in the order of a real server', () => {
  const order = recorded('apis-aggregated').items.map((item) => item.metadata.name);
  const ours = (discovery.aggregated('groups', 'v2') as Aggregated).items.map((item) => item.metadata.name);
  expect(ours).toEqual(order.filter((name) => ours.includes(name)));
});

test('the plain documents name the same resources', () => {
  expect(discovery.versions('127.0.0.1:6443')).toEqual({ kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1:6443' }] });
  expect(discovery.group('apps')).toEqual({ kind: 'APIGroup', apiVersion: 'v1', name: 'apps', versions: [{ groupVersion: 'apps/v1', version: 'v1' }], preferredVersion: { groupVersion: 'apps/v1', version: 'v1' } });
  const list = discovery.resourceList('', 'v1') as { kind: string; groupVersion: string; resources: { name: string; group?: string; version?: string; kind: string }[] };
  expect([list.kind, list.groupVersion, list.resources.find(({ name }) => name === 'pods/eviction')]).toEqual([
    'APIResourceList', 'v1', { name: 'pods/eviction', singularName: '', namespaced: true, group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] },
  ]);
});
