/** A simulation without machines: a registry, two nodes that are only names, and containers that answer like `FakeContainers`. */
import type { Json } from '../../src/api/object.ts';
import { Store } from '../../src/api/store.ts';
import { EventClock } from '../../src/base/clock.ts';
import { seededRng } from '../../src/base/rng.ts';
import type { BootSimulation } from '../../src/cluster/simulator-process.ts';
import { bootstrapRoles } from '../../src/sim/system/roles.ts';
import { planNodes } from '../../src/sim/topology.ts';
import { Registry } from '../../src/kinds/registry.ts';
import { FakeContainers } from '../server/fake-containers.ts';

export const bootFake: BootSimulation = async (options) => {
  const clock = new EventClock(options.unixMs);
  const saved = options.snapshot as { store?: unknown } | undefined;
  if (saved !== undefined && saved.store === undefined) throw new Error('this is no snapshot');
  const store = saved ? Store.restore(saved.store as Parameters<typeof Store.restore>[0]) : new Store(options.firstRevision);
  const registry = new Registry({ store, clock, rng: seededRng(options.seed) });
  const names = planNodes(options, seededRng(options.seed)).map((node) => node.name);
  if (!saved) {
    for (const object of bootstrapRoles()) registry.create(`${object.kind.toLowerCase()}s.rbac.authorization.k8s.io`, object);
    registry.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
    for (const name of names) registry.create('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name } });
  }
  return { clock, registry, nodes: new Map(names.map((name) => [name, undefined])), containers: new FakeContainers(), snapshot: () => ({ store: store.snapshot() }) as unknown as Json };
};
