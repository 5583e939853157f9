/**
 * What breaks when one thing on a node is taken away, and that nothing else breaks with it: the network of the cluster is
 * made of the routes, devices and rules that a learner sees, and of nothing beside them.
 */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Simulation } from '../../src/sim/simulation.ts';
import { apply, bootForTest, ready, run } from '../support/simulation.ts';

// Booting a cluster has its time on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const PODS = `
apiVersion: v1
kind: Pod
metadata: {name: east, labels: {app: pair, side: east}}
spec: {nodeName: cka-lab-worker, containers: [{name: nginx, image: 'nginx:1.25', ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: near, labels: {app: near}}
spec: {nodeName: cka-lab-worker, containers: [{name: nginx, image: 'nginx:1.25', ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: west, labels: {app: pair, side: west}}
spec: {nodeName: cka-lab-worker2, containers: [{name: nginx, image: 'nginx:1.25', ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: pair}
spec: {selector: {side: west}, ports: [{port: 80}]}
`;

const PROBES = { 'east → west': 'west', 'east → near (same node)': 'near', 'east → Service by address': 'service', 'east → Service by name': 'name' } as const;
type Probe = keyof typeof PROBES;
const ALL = Object.keys(PROBES) as Probe[];

describe.each(['calico', 'flannel'] as const)('with %s', (cni) => {
  let sim: Simulation;
  let addresses: Record<string, string>;

  beforeAll(async () => {
    sim = await bootForTest({ cni });
    apply(sim, PODS);
    const [east, near, west] = await ready(sim, 'east', 'near', 'west');
    const service = sim.registry.get('services', 'pair', 'default') as unknown as { spec: { clusterIP: string } };
    addresses = { east: east!, near: near!, west: west!, service: service.spec.clusterIP, name: 'pair' };
    // Past the next look of Felix at its routes, which would mend what a test has just broken.
    await sim.settle(65_000);
  });

  /** Which probes get a page. Long enough for a resolver that asks again because a DNS server is cut off too. */
  async function working(): Promise<Probe[]> {
    const good: Probe[] = [];
    for (const probe of ALL) {
      if ((await run(sim, 'east', `curl -s -m 8 -o /dev/null http://${addresses[PROBES[probe]]}`)).code === 0) good.push(probe);
    }
    return good;
  }

  const onWorker = async (command: string) => {
    const ran = await run(sim, 'node:cka-lab-worker', command);
    expect(ran, command).toMatchObject({ code: 0, stderr: '' });
    return ran.stdout;
  };

  it('everything works at first', async () => {
    expect(await working()).toEqual(ALL);
  });

  it('without the route to the other node, the other node is out of reach, and what lies behind it', async () => {
    const route = (await onWorker('ip route')).split('\n').find((line) => line.includes(cni === 'calico' ? 'vxlan.calico' : 'flannel.1') && sameNetwork(line, addresses['west']!))!.trim();
    await onWorker(`ip route del ${route.split(' ')[0]}`);
    expect(await working()).toEqual(['east → near (same node)']);
    await onWorker(`ip route add ${route}`);
    expect(await working()).toEqual(ALL);
  });

  it(`without the neighbour's ${cni === 'calico' ? 'route' : 'bridge port'}, only the neighbour is out of reach`, async () => {
    const line = cni === 'calico'
      ? (await onWorker('ip route')).split('\n').find((one) => one.startsWith(`${addresses['near']} `))!.trim()
      : await portOf(addresses['near']!);
    await onWorker(cni === 'calico' ? `ip route del ${line}` : `ip link set ${line} nomaster`);
    expect(await working()).toEqual(ALL.filter((probe) => probe !== 'east → near (same node)'));
    await onWorker(cni === 'calico' ? `ip route add ${line}` : `ip link set ${line} master cni0`);
    expect(await working()).toEqual(ALL);
  });

  it('without the Service\'s rule in KUBE-SERVICES, only the Service is out of reach', async () => {
    const rule = (await onWorker('iptables-save -t nat')).split('\n').find((line) => line.startsWith('-A KUBE-SERVICES') && line.includes('default/pair cluster IP'))!;
    await onWorker(`iptables -t nat -D ${rule.slice(3)}`);
    expect(await working()).toEqual(['east → west', 'east → near (same node)']);
    await onWorker(`iptables -t nat -I ${rule.slice(3)}`);
    expect(await working()).toEqual(ALL);
  });

  it.runIf(cni === 'calico')('without calico-node, what runs goes on, the scheduler keeps away, and a pod put there all the same is a stranger', async () => {
    const select = (label: Record<string, string | null>) => sim.registry.patch('daemonsets.apps', 'calico-node', 'kube-system', { type: 'strategic', body: { spec: { template: { spec: { nodeSelector: label } } } } });
    const condition = () => (sim.registry.get('nodes', 'cka-lab-worker2') as unknown as { status: { conditions: { type: string; status: string; reason: string }[] } }).status.conditions.find(({ type }) => type === 'NetworkUnavailable');
    const taints = () => ((sim.registry.get('nodes', 'cka-lab-worker2') as unknown as { spec: { taints?: { key: string }[] } }).spec.taints ?? []).map(({ key }) => key);
    select({ nobody: 'has-this' });
    await sim.settleUntil(() => condition()?.status === 'True' && taints().length > 0 && sim.registry.list('pods', { labelSelector: 'k8s-app=calico-node' }).items.length === 0, 120_000);
    expect([condition()?.reason, taints()]).toEqual(['CalicoIsDown', ['node.kubernetes.io/network-unavailable']]);
    expect(await working()).toEqual(ALL);
    apply(sim, `apiVersion: v1\nkind: Pod\nmetadata: {name: stranger}\nspec: {nodeName: cka-lab-worker2, containers: [{name: nginx, image: 'nginx:1.25'}]}\n`);
    const [address] = await ready(sim, 'stranger');
    expect((await run(sim, 'east', `curl -s -m 3 -o /dev/null http://${address}`)).code).toBe(28);
    expect((await run(sim, 'node:cka-lab-worker2', 'iptables -vnL cali-to-wl-dispatch | tail -1')).stdout).toMatch(/^ +[1-9]\d* .* DROP .*Unknown interface/);
    select({ nobody: null });
    await sim.settleUntil(() => condition()?.status === 'False' && taints().length === 0, 120_000);
    await sim.settle(5000);
    expect((await run(sim, 'east', `curl -s -m 3 -o /dev/null http://${address}`)).code).toBe(0);
  });

  it(`without the tunnel, the other node is out of reach${cni === 'calico' ? ', until Felix looks after it' : ''}`, async () => {
    const device = cni === 'calico' ? 'vxlan.calico' : 'flannel.1';
    const west = async () => (await run(sim, 'east', `curl -s -m 1 -o /dev/null http://${addresses['west']}`)).code === 0;
    expect(await west()).toBe(true);
    await onWorker(`ip link set ${device} down`);
    expect(await west()).toBe(false);
    await sim.settle(12_000);
    expect(await west()).toBe(cni === 'calico');
    if (cni === 'flannel') return;
    await onWorker(`ip link del ${device}`);
    expect(await west()).toBe(false);
    await sim.settle(12_000);
    expect(await working()).toEqual(ALL);
  });

  async function portOf(address: string): Promise<string> {
    const mac = (await onWorker(`ping -c1 ${address} >/dev/null; ip neigh show ${address}`)).split(' ')[4]!;
    return (await onWorker(`bridge fdb show br cni0`)).split('\n').find((line) => line.startsWith(mac) && !line.includes('permanent'))!.split(' ')[2]!;
  }
});

function sameNetwork(line: string, address: string): boolean {
  const [network, prefix] = line.trim().split(' ')[0]!.split('/') as [string, string];
  const number = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(prefix));
  return Math.floor(number(network) / size) === Math.floor(number(address) / size);
}
