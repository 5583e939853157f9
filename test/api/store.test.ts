/** The store against a model of thirty lines, and what watchers may rely on. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/object.ts';
import { ApiError } from '../../src/api/status.ts';
import { Store, type StoreEvent } from '../../src/api/store.ts';

const thing = (name: string, value: number): KubeObject => ({ apiVersion: 'v1', kind: 'Thing', metadata: { name }, value }) as KubeObject;

type Step = { do: 'create' | 'update' | 'delete'; key: string; value: number; stale: boolean };

const steps = fc.array(
  fc.record<Step>({ do: fc.constantFrom('create', 'update', 'delete'), key: fc.constantFrom('a/1', 'a/2', 'a/3', 'b/1'), value: fc.nat(9), stale: fc.boolean() }),
  { maxLength: 60 },
);

/** What etcd is: a map, and the revision of each key. */
class Model {
  revision = 0;
  readonly objects = new Map<string, { value: number; revision: number }>();
  readonly history: string[] = [];

  apply(step: Step): string {
    const current = this.objects.get(step.key);
    if (step.do === 'create' ? current : !current) return step.do === 'create' ? 'AlreadyExists' : 'NotFound';
    if (step.stale && step.do !== 'create') return 'Conflict';
    this.revision++;
    if (step.do === 'delete') this.objects.delete(step.key);
    else this.objects.set(step.key, { value: step.value, revision: this.revision });
    this.history.push(`${{ create: 'ADDED', update: 'MODIFIED', delete: 'DELETED' }[step.do]} ${step.key} ${this.revision}`);
    return 'ok';
  }
}

function apply(store: Store, step: Step): string {
  try {
    const ifRevision = step.stale ? 1_000_000 : undefined;
    if (step.do === 'create') store.create(step.key, thing(step.key, step.value));
    else if (step.do === 'update') store.update(step.key, thing(step.key, step.value), ifRevision);
    else store.delete(step.key, ifRevision);
    return 'ok';
  } catch (error) {
    if (error instanceof ApiError) return error.reason;
    throw error;
  }
}

test('any run of writes leaves store, lists and watches as the model says', () => {
  fc.assert(
    fc.property(steps, (run) => {
      const [store, model] = [new Store(), new Model()];
      const seen: string[] = [];
      store.watch('', 0, (event) => seen.push(`${event.type} ${event.key} ${event.revision}`));
      const past: { revision: number; keys: string[] }[] = [];
      for (const step of run) {
        expect(apply(store, step)).toBe(model.apply(step));
        past.push({ revision: store.revision, keys: [...model.objects.keys()].toSorted() });
      }
      expect(store.revision).toBe(model.revision);
      expect(seen).toEqual(model.history);
      expect(store.list('').keys).toEqual([...model.objects.keys()].toSorted());
      for (const { revision, keys } of past) expect(store.list('', { atRevision: revision }).keys).toEqual(keys);
      const restored = Store.restore(JSON.parse(JSON.stringify(store.snapshot())));
      expect(restored.list('')).toEqual(store.list(''));
    }),
    { numRuns: 60 },
  );
});

test('a watch that begins in the past is told of everything since, in order', () => {
  const store = new Store();
  store.create('a/1', thing('1', 1));
  store.create('a/2', thing('2', 1));
  store.update('a/1', thing('1', 2));
  const seen: string[] = [];
  store.watch('a/', 1, ({ type, key }) => seen.push(`${type} ${key}`));
  store.delete('a/2');
  expect(seen).toEqual(['ADDED a/2', 'MODIFIED a/1', 'DELETED a/2']);
});

test('what a listener writes is told after what it was told of, to every watcher', () => {
  const store = new Store();
  const first: string[] = [];
  const second: string[] = [];
  const note = (into: string[]) => ({ type, key }: StoreEvent) => into.push(`${type} ${key}`);
  store.watch('', 0, (event) => {
    note(first)(event);
    if (event.key === 'a') store.create('b', thing('b', 1));
  });
  store.watch('', 0, note(second));
  store.create('a', thing('a', 1));
  expect([first, second]).toEqual([['ADDED a', 'ADDED b'], ['ADDED a', 'ADDED b']]);
});

test('a watch from before the remembered past is refused, as etcd refuses it', () => {
  const store = new Store();
  store.create('a', thing('a', 0));
  for (let i = 0; i < 9000; i++) store.update('a', thing('a', i));
  expect(() => store.watch('', 1, () => {})).toThrow(/^too old resource version: 1 \(\d+\)$/);
});

test('what the store hands out cannot be changed', () => {
  const store = new Store();
  const stored = store.create('a', thing('a', 1));
  expect(() => Object.assign(stored.metadata, { name: 'b' })).toThrow(TypeError);
});
