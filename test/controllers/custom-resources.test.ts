/** CustomResourceDefinitions: names are accepted, kinds are served, and go with what defined them. */
import { beforeEach, expect, test } from 'vitest';
import { EventClock } from '../../src/base/clock.ts';
import { seededRng } from '../../src/base/rng.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { ApiError } from '../../src/api/status.ts';
import { Store } from '../../src/api/store.ts';
import { controllers } from '../../src/controllers/index.ts';
import { ControllerRunner } from '../../src/controllers/runner.ts';
import { Registry } from '../../src/kinds/registry.ts';
import { toTable } from '../../src/kinds/printer.ts';
import { schema } from '../kinds/world.ts';

type Anything = Record<string, unknown>;
const manifest = (value: Anything) => value as unknown as KubeObject;

const SCHEMA = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      required: ['schedule'],
      properties: {
        schedule: { type: 'string', minLength: 3, pattern: '^[a-z]+$' },
        replicas: { type: 'integer', minimum: 1, maximum: 5, default: 2 },
        mode: { type: 'string', enum: ['fast', 'slow'] },
        ports: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'], items: { type: 'object', properties: { name: { type: 'string' }, port: { type: 'integer' } } } },
        anything: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
    status: { type: 'object', properties: { replicas: { type: 'integer' } } },
  },
};

const version = (name: string, more: Anything = {}): Anything => ({
  name, served: true, storage: name === 'v1', schema: { openAPIV3Schema: SCHEMA }, subresources: { status: {} },
  additionalPrinterColumns: [{ name: 'Schedule', type: 'string', jsonPath: '.spec.schedule' }, { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' }], ...more,
});

const definition = (names: Anything = {}, more: Anything = {}) => manifest({
  apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'tabs.example.com' },
  spec: { group: 'example.com', scope: 'Namespaced', names: { plural: 'tabs', kind: 'Tab', shortNames: ['tb'], ...names }, versions: [version('v1'), version('v1beta1')], ...more },
});

const tab = (spec: Anything, more: Anything = {}) => manifest({ apiVersion: 'example.com/v1', kind: 'Tab', metadata: { name: 'one', ...more }, spec });

let registry: Registry;
let clock: EventClock;

beforeEach(() => {
  clock = new EventClock(Date.UTC(2026, 0, 1));
  registry = new Registry({ store: new Store(), clock, rng: seededRng(7), schema });
  registry.create('namespaces', manifest({ metadata: { name: 'default' } }));
  new ControllerRunner(registry, clock, seededRng(7), controllers).start();
  settle();
});

const settle = (seconds = 1) => clock.advanceTo(clock.now() + seconds * 1000);
const establish = (of = definition()) => {
  registry.create('customresourcedefinitions.apiextensions.k8s.io', of);
  settle();
};
const conditions = (name: string) => ((registry.get('customresourcedefinitions.apiextensions.k8s.io', name) as unknown as { status: { conditions: { type: string; status: string; reason: string; message: string }[] } }).status.conditions).map(({ type, status, reason, message }) => `${type} ${status} ${reason}: ${message}`);

function attempt(action: () => unknown): string {
  try {
    action();
    return 'accepted';
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}

test('names are accepted, then the kind is served', () => {
  expect(registry.kindOf('example.com', 'tabs')).toBeUndefined();
  establish();
  expect(conditions('tabs.example.com')).toEqual(['NamesAccepted True NoConflicts: no conflicts found', 'Established True InitialNamesAccepted: the initial names have been accepted']);
  expect(registry.kinds.filter((kind) => kind.custom).map((kind) => `${kind.version} ${kind.kind} ${kind.singular} ${kind.shortNames.join()}`)).toEqual(['v1 Tab tab tb', 'v1beta1 Tab tab tb']);
});

test('a name that another definition of the group holds is not given twice', () => {
  establish();
  establish(manifest({ ...definition({ plural: 'taps', singular: 'tap', kind: 'Tap' }), metadata: { name: 'taps.example.com' } } as unknown as Anything));
  expect(conditions('taps.example.com')).toEqual(['NamesAccepted False ShortNamesConflict: "tb" is already in use', 'Established False NotAccepted: not all names are accepted']);
  expect(registry.kindOf('example.com', 'taps')).toBeUndefined();
});

test.each<[what: string, spec: Anything, answer: string]>([
  ['what fits', { schedule: 'daily' }, 'accepted'],
  ['a pattern', { schedule: 'DAILY' }, 'Tab.example.com "one" is invalid: spec.schedule: Invalid value: "DAILY": spec.schedule in body should match \'^[a-z]+$\''],
  ['a length', { schedule: 'ab' }, 'Tab.example.com "one" is invalid: spec.schedule: Invalid value: "ab": spec.schedule in body should be at least 3 chars long'],
  ['what is required', {}, 'Tab.example.com "one" is invalid: spec.schedule: Required value'],
  ['a type', { schedule: 'daily', replicas: 'two' }, 'Tab.example.com "one" is invalid: spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string"'],
  ['a maximum', { schedule: 'daily', replicas: 9 }, 'Tab.example.com "one" is invalid: spec.replicas: Invalid value: 9: spec.replicas in body should be less than or equal to 5'],
  ['a minimum', { schedule: 'daily', replicas: 0 }, 'Tab.example.com "one" is invalid: spec.replicas: Invalid value: 0: spec.replicas in body should be greater than or equal to 1'],
  ['an enum', { schedule: 'daily', mode: 'odd' }, 'Tab.example.com "one" is invalid: spec.mode: Unsupported value: "odd": supported values: "fast", "slow"'],
  ['two elements of one name', { schedule: 'daily', ports: [{ name: 'a' }, { name: 'a' }] }, 'Tab.example.com "one" is invalid: spec.ports[1]: Duplicate value: {"name":"a"}'],
  ['a field that it does not know', { schedule: 'daily', other: 1 }, 'Tab in version "v1" cannot be handled as a Tab: strict decoding error: unknown field "spec.other"'],
  ['what may be anything', { schedule: 'daily', anything: { really: [1] } }, 'accepted'],
])('an object against its schema: %s', (_what, spec, answer) => {
  establish();
  expect(attempt(() => registry.create('tabs.example.com', tab(spec), { namespace: 'default', fieldValidation: 'Strict' }))).toBe(answer);
});

test('what is not said is filled in, what is not known is dropped, what is wanted is counted', () => {
  establish();
  const warnings: string[] = [];
  const made = registry.create('tabs.example.com', tab({ schedule: 'daily', other: 1 }), { namespace: 'default', fieldValidation: 'Warn', onWarning: (text) => warnings.push(text) });
  expect((made as unknown as Anything)['spec']).toEqual({ schedule: 'daily', replicas: 2 });
  expect(warnings).toEqual(['unknown field "spec.other"']);
  const patch = (body: Anything, subresource?: 'status') => registry.patch('tabs.example.com', 'one', 'default', { type: 'merge', body }, { ...(subresource && { subresource }) });
  expect([patch({ spec: { replicas: 3 }, status: { replicas: 1 } }), patch({ spec: { replicas: 5 }, status: { replicas: 3 } }, 'status')].map((one) => {
    const { metadata, spec, status } = one as unknown as { metadata: { generation: number }; spec: { replicas: number }; status?: unknown };
    return [metadata.generation, spec.replicas, status];
  })).toEqual([[2, 3, undefined], [2, 3, { replicas: 3 }]]);
});

test('columns are those of the definition', () => {
  establish();
  const made = registry.create('tabs.example.com', tab({ schedule: 'daily' }), { namespace: 'default' });
  const table = toTable(registry.kindOf('example.com', 'tabs')!, [{ ...made, status: { conditions: [{ type: 'Ready', status: 'True' }] } } as never], clock.unixMs());
  expect([table.columnDefinitions.map(({ name }) => name), table.rows[0]?.cells]).toEqual([['Name', 'Schedule', 'Ready'], ['one', 'daily', 'True']]);
});

test('every version shows the same object', () => {
  establish();
  registry.create(registry.kindOf('example.com', 'tabs', 'v1beta1')!, manifest({ ...tab({ schedule: 'daily' }), apiVersion: 'example.com/v1beta1' } as unknown as Anything), { namespace: 'default' });
  expect(['v1', 'v1beta1'].map((name) => registry.get(registry.kindOf('example.com', 'tabs', name)!, 'one', 'default').apiVersion)).toEqual(['example.com/v1', 'example.com/v1beta1']);
});

test('a definition takes its objects along, and waits for those that somebody holds', () => {
  establish();
  registry.create('tabs.example.com', tab({ schedule: 'daily' }, { finalizers: ['example.com/held'] }), { namespace: 'default' });
  registry.delete('customresourcedefinitions.apiextensions.k8s.io', 'tabs.example.com', undefined);
  settle(2);
  expect(conditions('tabs.example.com').at(-1)).toBe('Terminating True InstanceDeletionInProgress: CustomResource deletion is in progress');
  registry.patch('tabs.example.com', 'one', 'default', { type: 'merge', body: { metadata: { finalizers: null } } });
  settle(2);
  expect([registry.find('customresourcedefinitions.apiextensions.k8s.io', 'tabs.example.com'), registry.kindOf('example.com', 'tabs')]).toEqual([undefined, undefined]);
});

test('what a custom object owns goes with it', () => {
  establish();
  const owner = registry.create('tabs.example.com', tab({ schedule: 'daily' }), { namespace: 'default' });
  registry.create('configmaps', manifest({ metadata: { name: 'owned', ownerReferences: [{ apiVersion: 'example.com/v1', kind: 'Tab', name: 'one', uid: owner.metadata.uid }] } }), { namespace: 'default' });
  settle();
  expect(registry.find('configmaps', 'owned', 'default')).toBeDefined();
  registry.delete('tabs.example.com', 'one', 'default');
  settle();
  expect(registry.find('configmaps', 'owned', 'default')).toBeUndefined();
});

test('a namespace that goes takes custom objects along', () => {
  establish();
  registry.create('namespaces', manifest({ metadata: { name: 'gone' } }));
  registry.create('tabs.example.com', tab({ schedule: 'daily' }), { namespace: 'gone' });
  registry.delete('namespaces', 'gone', undefined);
  settle(20);
  expect([registry.find('namespaces', 'gone'), registry.find('tabs.example.com', 'one', 'gone')]).toEqual([undefined, undefined]);
});

test.each<[what: string, of: KubeObject, answer: string]>([
  ['a name that is not made of its names', manifest({ ...definition(), metadata: { name: 'tab.example.com' } } as unknown as Anything), 'metadata.name: Invalid value: "tab.example.com": must be spec.names.plural+"."+spec.group'],
  ['no storage version', definition({}, { versions: [version('v1', { storage: false })] }), 'must have exactly one version marked as storage version'],
  ['no schema', definition({}, { versions: [version('v1', { schema: undefined })] }), 'spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required'],
  ['a field without a type', definition({}, { versions: [version('v1', { schema: { openAPIV3Schema: { type: 'object', properties: { spec: {} } } } })] }), 'spec.versions[0].schema.openAPIV3Schema.properties[spec].type: Required value: must not be empty for specified object fields'],
  ['a scope that does not exist', definition({}, { scope: 'Global' }), 'spec.scope: Unsupported value: "Global": supported values: "Cluster", "Namespaced"'],
])('a definition is refused: %s', (_what, of, answer) => {
  expect(attempt(() => registry.create('customresourcedefinitions.apiextensions.k8s.io', of))).toContain(answer);
});
