/** The OpenAPI documents fit the kinds that are served: kubectl's explain and its client-side decisions read them. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { kinds } from '../../src/kinds/index.ts';

interface Document {
  paths: Record<string, { patch?: { parameters: { name: string }[]; 'x-kubernetes-group-version-kind': object } }>;
  components: { schemas: Record<string, { description?: string; properties?: Record<string, { description?: string; allOf?: { $ref: string }[]; 'x-kubernetes-patch-merge-key'?: string }>; 'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[] }> };
}

const documents = new Map<string, Document>();
function documentOf(group: string, version: string): Document {
  const name = (group ? `apis/${group}/${version}` : `api/${version}`).replaceAll('/', '__');
  if (!documents.has(name)) documents.set(name, JSON.parse(readFileSync(new URL(`../../src/data/openapi-v3/${name}.json`, import.meta.url), 'utf8')) as Document);
  return documents.get(name)!;
}

test.each(kinds.map((kind) => [`${kind.kind}.${kind.group || 'core'}/${kind.version}`, kind] as const))('%s has a schema, and a PATCH that says what the server can do', (_, kind) => {
  const { paths, components } = documentOf(kind.group, kind.version);
  const gvk = { group: kind.group, version: kind.version, kind: kind.kind };
  expect(Object.values(components.schemas).flatMap((schema) => schema['x-kubernetes-group-version-kind'] ?? [])).toContainEqual(gvk);
  if (!kind.stored) return;
  const patch = Object.values(paths).map((path) => path.patch).find((operation) => JSON.stringify(operation?.['x-kubernetes-group-version-kind']) === JSON.stringify(gvk));
  expect(patch?.parameters.map(({ name }) => name)).toEqual(['dryRun', 'fieldManager', 'fieldValidation']);
});

test('every reference leads somewhere', () => {
  for (const kind of kinds) {
    const { components } = documentOf(kind.group, kind.version);
    const known = new Set(Object.keys(components.schemas));
    for (const [, name] of JSON.stringify(components).matchAll(/#\/components\/schemas\/([\w.-]+)/g)) expect(known.has(name!), name).toBe(true);
  }
});

test('merge keys are those of the API', () => {
  const { schemas } = documentOf('', 'v1').components;
  const key = (schema: string, field: string) => schemas[`io.k8s.api.core.v1.${schema}`]?.properties?.[field]?.['x-kubernetes-patch-merge-key'];
  expect([key('PodSpec', 'containers'), key('Container', 'ports'), key('ServiceSpec', 'ports'), key('PodSpec', 'volumes'), key('Container', 'volumeMounts'), key('Container', 'env')]).toEqual(['name', 'containerPort', 'port', 'name', 'mountPath', 'name']);
});
