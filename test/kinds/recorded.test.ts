/**
 * What a real API server answered (kubectl's requests of the recorded scenarios), asked of the registry.
 * The recordings hold placeholders for what differs from run to run.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ApiError } from '../../src/api/status.ts';
import type { KubeObject } from '../../src/api/object.ts';
import type { Registry } from '../../src/kinds/registry.ts';
import { object, world, type Anything } from './world.ts';

interface Write {
  scenario: string;
  command: string;
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  query?: { fieldValidation?: 'Strict'; dryRun?: string };
  contentType?: string;
  /** The object as it was. */
  before?: Anything;
  /** A Service that holds what this one asks for. */
  taken?: Anything;
  body: Anything;
  status: number;
  response: Anything;
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`recorded/${name}.json`, import.meta.url), 'utf8')) as unknown;
const PATCHES = { 'application/json-patch+json': 'json', 'application/merge-patch+json': 'merge', 'application/strategic-merge-patch+json': 'strategic' } as const;

test.each((read('writes') as Write[]).map((write) => [`${write.scenario}: ${write.command.replace(/\s+/g, ' ')} [${write.method} ${write.status}]`, write] as const))('%s', (_, write) => {
  const [, group = '', version = '', namespace, plural = '', name, subresource] = /^\/(?:api|apis\/([^/]+))\/([^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(write.path)!;
  const { registry } = world(namespace ? [namespace] : []);
  const kind = registry.kindOf(group, plural, version)!;
  if (write.taken) registry.create('services', object(write.taken), { namespace: namespace! });
  if (write.before) seed(registry, kind.plural, write.before, namespace);
  const warnings: string[] = [];
  const options = { fieldValidation: 'Strict' as const, onWarning: (text: string) => warnings.push(text), dryRun: write.query?.dryRun === 'All' };
  const answer = () => {
    if (write.method === 'POST') return registry.create(kind, object(write.body), { ...options, ...(namespace && { namespace }) });
    return registry.patch(kind, name!, namespace, { type: PATCHES[write.contentType as keyof typeof PATCHES], body: write.body }, { ...options, ...(subresource && { subresource: subresource as 'resize' }) });
  };
  expect(normal(attempt(answer))).toEqual(normal(write.response));
});

function attempt(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    if (error instanceof ApiError) return error.status;
    throw error;
  }
}

/** Put what the recording shows into the store, past all admission. */
function seed(registry: Registry, plural: string, before: Anything, namespace: string | undefined): void {
  const copy = structuredClone(before) as unknown as KubeObject;
  const root = copy.apiVersion.includes('/') ? copy.apiVersion.split('/')[0] : 'core';
  registry.store.create(`${root}/${plural}/${namespace ? `${namespace}/` : ''}${copy.metadata.name}`, copy);
}

/** Times, identities and chosen addresses are different every time. */
function normal(answer: unknown): unknown {
  const text = JSON.stringify(answer)
    .replace(/"(uid|resourceVersion|creationTimestamp|lastTransitionTime)":"[^"]*"/g, '"$1":"*"')
    .replace(/kube-api-access-[a-z0-9]{5}|<kube-api-access>|kube-api-access-<rand>/g, 'kube-api-access-*')
    .replace(/,?"generation":\d+/g, '');
  const value = JSON.parse(text) as Anything;
  // The recording client does not show who owns what.
  delete (value['metadata'] as Anything | undefined)?.['managedFields'];
  // Its controllers were at work meanwhile.
  if (value['kind'] !== 'Status') delete value['status'];
  // The diff of Go structs that follows a refused change of a pod is not printed.
  const shorten = (words: unknown) => (typeof words === 'string' ? words.replace(/\n@@[\s\S]*$/, '') : words);
  if (value['kind'] === 'Status') {
    value['message'] = shorten(value['message']);
    for (const cause of ((value['details'] as Anything | undefined)?.['causes'] ?? []) as Anything[]) cause['message'] = shorten(cause['message']);
  }
  return value;
}

test('tables have the columns of the real server', () => {
  const { registry } = world();
  const recorded = read('columns') as Record<string, { name: string; type: string; format: string; priority: number }[]>;
  const shape = (columns: readonly { name: string; type: string; format: string; priority: number }[]) => columns.map(({ name, type, format, priority }) => `${name}|${type}|${format}|${priority}`);
  for (const [path, columns] of Object.entries(recorded)) {
    const [group = '', version, plural = ''] = path.split('/');
    const kind = registry.kindOf(group, plural, version)!;
    expect(shape(kind.columns.map(({ header, type, format = '', wide = false }) => ({ name: header, type, format, priority: wide ? 1 : 0 })))).toEqual(shape(columns));
  }
});
