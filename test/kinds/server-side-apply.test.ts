/** Who owns which field, and what server-side apply does with it. One object per row, written by one manager after the other. */
import { expect, test } from 'vitest';
import type { KubeObject, ManagedFieldsEntry } from '../../src/api/object.ts';
import { ApiError } from '../../src/api/status.ts';
import type { Registry } from '../../src/kinds/registry.ts';
import { world } from './world.ts';

type Data = Readonly<Record<string, string | null>>;
type Containers = readonly Readonly<Record<string, unknown>>[];

/** Somebody applies (`by`), or writes plainly (`update`); what the object holds then, and who owns what. */
interface Step {
  readonly by?: string;
  readonly update?: string;
  readonly force?: boolean;
  readonly data: Data;
}

const configMap = (data: Data) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cm' }, data }) as unknown as KubeObject;

const deployment = (containers: Containers, more: object = {}) => ({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' },
  spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers } }, ...more },
}) as unknown as KubeObject;

function run({ registry }: { registry: Registry }, { by, update, force, data }: Step): string {
  try {
    if (by !== undefined) registry.patch('configmaps', 'cm', 'default', { type: 'apply', body: configMap(data) }, { fieldManager: by, ...(force && { force }) });
    else registry.patch('configmaps', 'cm', 'default', { type: 'merge', body: { data } }, { fieldManager: update! });
    return 'done';
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}

const owners = (object: { metadata: { managedFields?: readonly unknown[] } }) =>
  ((object.metadata.managedFields ?? []) as ManagedFieldsEntry[]).map(({ manager, operation, fieldsV1 }) => `${manager} ${operation} ${Object.keys((fieldsV1?.['f:data'] ?? {}) as object).join(' ')}`);

test.each<[behaviour: string, steps: readonly Step[], answer: string, data: Data, owned: readonly string[]]>([
  ['an apply makes what is not there', [{ by: 'a', data: { x: '1' } }], 'done', { x: '1' }, ['a Apply f:x']],
  ['what is no longer applied goes', [{ by: 'a', data: { x: '1', y: '2' } }, { by: 'a', data: { x: '1' } }], 'done', { x: '1' }, ['a Apply f:x']],
  ['what another applies too stays', [{ by: 'a', data: { x: '1', y: '2' } }, { by: 'b', data: { y: '2' } }, { by: 'a', data: { x: '1' } }], 'done', { x: '1', y: '2' }, ['a Apply f:x', 'b Apply f:y']],
  ['two may own the same value', [{ by: 'a', data: { x: '1' } }, { by: 'b', data: { x: '1' } }], 'done', { x: '1' }, ['a Apply f:x', 'b Apply f:x']],
  ['another value is a conflict', [{ by: 'a', data: { x: '1' } }, { by: 'b', data: { x: '2' } }], 'Apply failed with 1 conflict: conflict with "a": .data.x', { x: '1' }, ['a Apply f:x']],
  ['several are listed by owner', [{ by: 'a', data: { x: '1', y: '1' } }, { update: 'edit', data: { z: '1' } }, { by: 'b', data: { x: '2', y: '2', z: '2' } }],
    'Apply failed with 3 conflicts: conflicts with "a":\n- .data.x\n- .data.y\nconflicts with "edit" using v1:\n- .data.z', { x: '1', y: '1', z: '1' }, ['a Apply f:x f:y', 'edit Update f:z']],
  ['force takes it over', [{ by: 'a', data: { x: '1', y: '1' } }, { by: 'b', force: true, data: { x: '2' } }], 'done', { x: '2', y: '1' }, ['a Apply f:y', 'b Apply f:x']],
  ['an update takes over what it changes', [{ by: 'a', data: { x: '1', y: '1' } }, { update: 'edit', data: { x: '3' } }], 'done', { x: '3', y: '1' }, ['a Apply f:y', 'edit Update f:x']],
  ['what an update removes is nobody\'s', [{ by: 'a', data: { x: '1', y: '1' } }, { update: 'edit', data: { x: null } }], 'done', { y: '1' }, ['a Apply f:y']],
  ['an update that changes nothing owns nothing', [{ by: 'a', data: { x: '1' } }, { update: 'edit', data: { x: '1' } }], 'done', { x: '1' }, ['a Apply f:x']],
])('%s', (_behaviour, steps, answer, data, owned) => {
  const here = world();
  expect(steps.map((step) => run(here, step)).at(-1)).toBe(answer);
  const object = here.registry.get('configmaps', 'cm', 'default');
  expect((object as unknown as { data: Data }).data).toEqual(data);
  expect(owners(object)).toEqual(owned);
});

test.each<[behaviour: string, first: Containers, second: Containers, by: string, left: Containers]>([
  ['a container that is no longer applied goes with its defaults', [{ name: 'a', image: 'nginx' }, { name: 'b', image: 'nginx' }], [{ name: 'b', image: 'nginx' }], 'one', [{ name: 'b', image: 'nginx' }]],
  ['others\' containers stay before one\'s own', [{ name: 'a', image: 'nginx' }], [{ name: 'b', image: 'busybox' }], 'two', [{ name: 'a', image: 'nginx' }, { name: 'b', image: 'busybox' }]],
  ['elements have the names that their keys and defaults give', [{ name: 'a', image: 'nginx', ports: [{ containerPort: 80 }] }], [{ name: 'a', image: 'nginx', ports: [{ containerPort: 80, protocol: 'UDP' }] }], 'one', [{ name: 'a', image: 'nginx', ports: [{ containerPort: 80, protocol: 'UDP' }] }]],
])('%s', (_behaviour, first, second, by, left) => {
  const { registry } = world();
  const apply = (containers: Containers, manager: string) => registry.patch('deployments.apps', 'web', 'default', { type: 'apply', body: deployment(containers) }, { fieldManager: manager });
  apply(first, 'one');
  const spec = (apply(second, by) as unknown as { spec: { template: { spec: { containers: Containers } } } }).spec.template.spec;
  expect(spec.containers.map(({ name, image, ports }) => ({ name, image, ...(ports !== undefined && { ports }) }))).toEqual(left);
});

test('the account is written as the real server writes it', () => {
  const { registry } = world();
  const made = registry.create('deployments.apps', deployment([{ name: 'web', image: 'nginx', ports: [{ containerPort: 80 }] }]), { fieldManager: 'kubectl-create', namespace: 'default' });
  expect(made.metadata.managedFields).toEqual([{
    time: expect.stringMatching(/Z$/) as unknown, manager: 'kubectl-create', operation: 'Update', apiVersion: 'apps/v1', fieldsType: 'FieldsV1',
    fieldsV1: { 'f:spec': {
      'f:progressDeadlineSeconds': {}, 'f:replicas': {}, 'f:revisionHistoryLimit': {}, 'f:selector': {},
      'f:strategy': { 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {}, 'f:maxUnavailable': {} }, 'f:type': {} },
      'f:template': {
        'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
        'f:spec': {
          'f:containers': { 'k:{"name":"web"}': {
            '.': {}, 'f:image': {}, 'f:imagePullPolicy': {}, 'f:name': {}, 'f:resources': {}, 'f:terminationMessagePath': {}, 'f:terminationMessagePolicy': {},
            'f:ports': { '.': {}, 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {}, 'f:protocol': {} } },
          } },
          'f:dnsPolicy': {}, 'f:restartPolicy': {}, 'f:schedulerName': {}, 'f:securityContext': {}, 'f:terminationGracePeriodSeconds': {},
        },
      },
    } },
  }]);
});

test.each<[behaviour: string, body: unknown, answer: string]>([
  ['a field that no schema declares', deployment([{ name: 'a', image: 'x', imagee: 'y' }]), 'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.template.spec.containers[name="a"].imagee: field not declared in schema'],
  ['an element without a name', deployment([{ image: 'x' }]), 'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.template.spec.containers: element 0: associative list with keys has an element that omits key field "name" (and doesn\'t have default value)'],
  ['two elements of one name', deployment([{ name: 'a', image: 'x' }, { name: 'a', image: 'y' }]), 'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.template.spec.containers: duplicate entries for key [name="a"]'],
  ['owners in the configuration', { ...deployment([]), metadata: { name: 'web', managedFields: [] } }, 'metadata.managedFields must be nil'],
  ['another version', { ...deployment([]), apiVersion: 'apps/v2' }, 'Incorrect version specified in apply patch. Specified patch version: apps/v2, expected: apps/v1'],
])('refused: %s', (_behaviour, body, answer) => {
  const { registry } = world();
  expect(() => registry.patch('deployments.apps', 'web', 'default', { type: 'apply', body }, { fieldManager: 'a' })).toThrow(answer);
});

test('a pod with tolerations of its own can be applied again: the two that every pod has are put back', () => {
  const { registry } = world();
  const manifest = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { tolerations: [{ key: 'disk', operator: 'Exists' }], containers: [{ name: 'c', image: 'nginx' }] } } as unknown as KubeObject;
  registry.create('pods', structuredClone(manifest), { namespace: 'default' });
  const before = registry.get('pods', 'p', 'default');
  for (const type of ['strategic', 'merge'] as const) registry.patch('pods', 'p', 'default', { type, body: { spec: { tolerations: manifest['spec' as never]['tolerations'] } } });
  expect(registry.get('pods', 'p', 'default').metadata.generation).toBe(1);
  registry.patch('pods', 'p', 'default', { type: 'apply', body: manifest }, { fieldManager: 'kubectl', force: true });
  expect((registry.get('pods', 'p', 'default') as unknown as { spec: object }).spec).toEqual((before as unknown as { spec: object }).spec);
});
