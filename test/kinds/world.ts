/** A registry with a namespace, as the tests of this folder begin; the clock stands at 2026-01-01. */
import { readFileSync } from 'node:fs';
import { EventClock } from '../../src/base/clock.ts';
import { seededRng } from '../../src/base/rng.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { ApiError } from '../../src/api/status.ts';
import { Store } from '../../src/api/store.ts';
import { Registry } from '../../src/kinds/registry.ts';
import { Schema, type SchemaTable } from '../../src/kinds/schema.ts';

export const schema = new Schema(JSON.parse(readFileSync(new URL('../../src/data/schema.json', import.meta.url), 'utf8')) as SchemaTable);

export type Anything = Record<string, unknown>;

export function world(namespaces: readonly string[] = ['default']): { registry: Registry; clock: EventClock; store: Store } {
  const store = new Store();
  const clock = new EventClock(Date.UTC(2026, 0, 1));
  const registry = new Registry({ store, clock, rng: seededRng(7), schema });
  for (const name of namespaces) {
    registry.create('namespaces', object({ metadata: { name } }));
    registry.create('serviceaccounts', object({ metadata: { name: 'default' } }), { namespace: name });
  }
  return { registry, clock, store };
}

/** A manifest that says only what matters to the test. */
export const object = (manifest: Anything): KubeObject => manifest as unknown as KubeObject;

/** The message of a refusal; what was made when it was not refused. */
export function refusal(action: () => unknown): string {
  try {
    const result = action() as Anything | undefined;
    return `accepted ${JSON.stringify(result)}`;
  } catch (error) {
    if (error instanceof ApiError) return `${error.code} ${error.reason}: ${error.message}`;
    throw error;
  }
}
