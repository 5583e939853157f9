/** Calico's objects: the pool that decides how packets travel, and the blocks of addresses that nodes have of it. */
import { expect, it } from 'vitest';
import type { KubeObject } from '../../src/api/object.ts';
import type { Simulation } from '../../src/sim/simulation.ts';
import { apply, bootForTest, ready, run } from '../support/simulation.ts';

// oxlint-disable-next-line typescript/no-explicit-any
type Loose = any;
const list = (sim: Simulation, plural: string): Loose[] => sim.registry.list(`${plural}.crd.projectcalico.org`).items as Loose[];
const pod = (name: string, node: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {nodeName: ${node}, containers: [{name: c, image: 'nginx:1.27'}]}\n---\n`;

it('the first calico-node makes the pool; what the pool says counts; blocks outlive a restart', async () => {
  const sim = await bootForTest({ workers: 1 });
  expect(list(sim, 'ippools').map(({ metadata, spec }) => [metadata.name, spec])).toEqual([['default-ipv4-ippool', {
    allowedUses: ['Workload', 'Tunnel'], assignmentMode: 'Automatic', blockSize: 26, cidr: '10.244.0.0/16', ipipMode: 'Never', natOutgoing: true, nodeSelector: 'all()', vxlanMode: 'Always',
  }]]);
  expect(list(sim, 'felixconfigurations').map(({ metadata }) => metadata.name)).toEqual(['default']);
  apply(sim, pod('here', 'cka-lab-worker') + pod('there', 'cka-lab-control-plane'));
  const [here, there] = await ready(sim, 'here', 'there');
  await sim.settle(1000);

  const affinity = list(sim, 'blockaffinities').find(({ spec }) => spec.node === 'cka-lab-worker');
  const block = list(sim, 'ipamblocks').find(({ spec }) => spec.cidr === affinity.spec.cidr).spec;
  expect(affinity.metadata.name).toBe(`cka-lab-worker-${affinity.spec.cidr.replaceAll(/[./]/g, '-')}`);
  const ordinal = Number(here!.split('.')[3]) % 64;
  expect(block.attributes[block.allocations[ordinal]].secondary).toMatchObject({ namespace: 'default', pod: 'here', node: 'cka-lab-worker' });
  expect(block.unallocated).not.toContain(ordinal);
  expect(block.allocations.filter((one: number | null) => one !== null).length + block.unallocated.length).toBe(64);

  const onWorker = async (command: string) => (await run(sim, 'node:cka-lab-worker', command)).stdout;
  const way = () => onWorker(`ip route get ${there} | grep -o "dev [a-z0-9.]*"; ipset list cali40masq-ipam-pools | grep -c ^10`);
  const patch = async (spec: object) => {
    const current = structuredClone(list(sim, 'ippools')[0]);
    sim.registry.update('ippools.crd.projectcalico.org', { ...current, spec: { ...current.spec, ...spec } } as KubeObject);
    await sim.settle(3000);
    expect((await run(sim, 'here', `curl -s -m 3 -o /dev/null -w '%{http_code}' http://${there}`)).stdout).toBe('200');
  };
  expect(await way()).toBe('dev vxlan.calico\n1\n');
  await patch({ vxlanMode: 'Never', natOutgoing: false });
  expect(await way()).toBe('dev eth0\n0\n');
  await patch({ ipipMode: 'Always', natOutgoing: true });
  expect(await way()).toBe('dev tunl0\n1\n');
  expect(await onWorker('ip -br link | grep -c vxlan')).toBe('0\n');

  const before = list(sim, 'blockaffinities').map(({ metadata }) => metadata.name);
  const again = await bootForTest({ workers: 1, snapshot: structuredClone(sim.snapshot()) });
  await again.settle(5000);
  expect(list(again, 'blockaffinities').map(({ metadata }) => metadata.name)).toEqual(before);
  expect((await run(again, 'node:cka-lab-worker', 'ip route | grep -c "dev tunl0"')).stdout).toBe('1\n');
}, 180_000);
