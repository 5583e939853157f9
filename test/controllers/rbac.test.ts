/** Roles made of roles: what carries the label is in, and what loses it is out again. */
import { beforeEach, expect, test } from 'vitest';
import { EventClock } from '../../src/base/clock.ts';
import { seededRng } from '../../src/base/rng.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { Store } from '../../src/api/store.ts';
import { clusterRoleAggregation } from '../../src/controllers/clusterrole-aggregation.ts';
import { ControllerRunner } from '../../src/controllers/runner.ts';
import { Registry } from '../../src/kinds/registry.ts';
import { bootstrapRoles } from '../../src/sim/system/roles.ts';

const ROLES = 'clusterroles.rbac.authorization.k8s.io';
const role = (name: string, labels: Record<string, string>, rules: object[], more: object = {}) => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name, labels }, rules, ...more }) as unknown as KubeObject;
const crontabs = { apiGroups: ['stable.example.com'], resources: ['crontabs'], verbs: ['get', 'list'] };

let registry: Registry;
let clock: EventClock;
const rulesOf = (name: string) => (registry.get(ROLES, name, undefined) as unknown as { rules: readonly object[] }).rules;
const settle = () => clock.advanceTo(clock.now() + 1000);

beforeEach(() => {
  clock = new EventClock(0);
  registry = new Registry({ store: new Store(), clock, rng: seededRng(1) });
  new ControllerRunner(registry, clock, seededRng(2), [clusterRoleAggregation]).start();
  for (const object of bootstrapRoles()) registry.create(`${object.kind.toLowerCase()}s.rbac.authorization.k8s.io`, object);
  settle();
});

test('admin holds what edit holds, and edit what view holds', () => {
  for (const [larger, smaller] of [['admin', 'edit'], ['edit', 'view']] as const) expect(rulesOf(larger)).toEqual(expect.arrayContaining(rulesOf(smaller) as object[]));
  expect([rulesOf('view').length, rulesOf('edit').length, rulesOf('admin').length]).toEqual([9, 20, 22]);
});

test('a role that is labelled for view is in all three, until it is deleted', () => {
  registry.create(ROLES, role('cron-viewer', { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' }, [crontabs]));
  settle();
  for (const name of ['view', 'edit', 'admin']) expect(rulesOf(name)).toContainEqual(crontabs);
  registry.delete(ROLES, 'cron-viewer', undefined);
  settle();
  for (const name of ['view', 'edit', 'admin']) expect(rulesOf(name)).not.toContainEqual(crontabs);
});

test('what is written into an aggregated role by hand does not stay', () => {
  registry.create(ROLES, role('monitoring', {}, [crontabs], { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { monitoring: 'true' } }] } }));
  registry.create(ROLES, role('endpoints', { monitoring: 'true' }, [{ apiGroups: [''], resources: ['endpoints'], verbs: ['get'] }]));
  registry.create(ROLES, role('endpoints-too', { monitoring: 'true' }, [{ apiGroups: [''], resources: ['endpoints'], verbs: ['get'] }]));
  settle();
  expect(rulesOf('monitoring')).toEqual([{ apiGroups: [''], resources: ['endpoints'], verbs: ['get'] }]);
});
