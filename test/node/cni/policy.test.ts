/** NetworkPolicies against an independent judge: a grid of three pods in three namespaces, every pair probed under every policy. */
import { beforeAll, describe, expect, it } from 'vitest';
import { ipv4 } from '../../../src/base/address.ts';
import type { KubeObject } from '../../../src/api/object.ts';
import type { NetNamespace } from '../../../src/net/namespace.ts';
import type { Ipv4Packet } from '../../../src/net/packet.ts';
import { printTraceEvent } from '../../../src/net/trace.ts';
import type { Simulation } from '../../../src/sim/simulation.ts';
import { apply, bootForTest, podOf } from '../../support/simulation.ts';
import { isAllowed, type Pod, type Policy, type Probe } from './policy-oracle.ts';
import { randomRows, writtenRows, type Row } from './policy-rows.ts';

const NAMES = ['a', 'b', 'c'];
const NAMESPACES = ['x', 'y', 'z'];
const PORTS = [['TCP', 80], ['TCP', 81], ['UDP', 53]] as const;

interface Grid {
  readonly sim: Simulation;
  readonly pods: readonly Pod[];
  readonly netns: ReadonlyMap<Pod, NetNamespace>;
}

async function makeGrid(cni: 'calico' | 'flannel'): Promise<Grid> {
  const sim = await bootForTest({ cni });
  for (const namespace of NAMESPACES) {
    apply(sim, `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${namespace}, labels: {ns: ${namespace}}}\n`);
    await sim.settle(100);
    for (const name of NAMES) {
      apply(sim, `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}, labels: {pod: ${name}}}\nspec: {containers: [{name: main, image: busybox, command: [sleep, infinity], ports: [{name: http, containerPort: 80}, {name: alt, containerPort: 81}, {name: dns, containerPort: 53, protocol: UDP}]}]}\n`);
    }
  }
  const address = (namespace: string, name: string) => podOf(sim, name, namespace)?.status?.podIP;
  await sim.settleUntil(() => NAMESPACES.every((namespace) => NAMES.every((name) => address(namespace, name) !== undefined && podOf(sim, name, namespace)?.status?.phase === 'Running')), 60_000);
  const pods = NAMESPACES.flatMap((namespace) => NAMES.map((name): Pod => ({ namespace, name, labels: { pod: name }, ip: address(namespace, name)! })));
  const netns = new Map(pods.map((pod) => [pod, sim.world.namespaces.find((one) => one.addresses('eth0').some((address) => address.address.address === pod.ip))!] as const));
  const grid = { sim, pods, netns };
  // Everyone asks for everyone's hardware address once; proxies take their time to answer.
  await probeAll(grid);
  await sim.settle(2000);
  return grid;
}

let sourcePort = 20_000;

/** One packet per pair and port; which arrived, and which answers (a reset, or "port unreachable") came back. */
async function probeAll({ sim, pods, netns }: Grid): Promise<readonly { readonly probe: Probe; readonly arrived: boolean; readonly answered: boolean; readonly port: number }[]> {
  const arrived = new Set<number>();
  const answered = new Set<number>();
  const stops = [...netns.values()].map((one) => one.capture('eth0', ({ direction, frame }) => {
    if (direction !== 'in' || frame.payload.type !== 'ipv4') return;
    const { payload } = frame.payload;
    if (payload.protocol === 'icmp') {
      const quoted = payload.quoted?.payload;
      if (quoted?.protocol === 'udp') answered.add(quoted.sourcePort);
    } else if (payload.protocol === 'tcp' && payload.flags === 'R.') answered.add(payload.destinationPort);
    else if (payload.protocol === 'tcp' || payload.protocol === 'udp') arrived.add(payload.sourcePort);
  }));
  const probes = pods.flatMap((from) => pods.filter((to) => to !== from).flatMap((to) => PORTS.map(([protocol, port]): Probe => ({ from, to, protocol, port }))));
  const sent = probes.map((probe) => ({ probe, port: nextPort() }));
  for (const { probe, port } of sent) netns.get(probe.from)!.send(packetOf(probe, port));
  await sim.settle(60);
  for (const stop of stops) stop();
  return sent.map(({ probe, port }) => ({ probe, port, arrived: arrived.has(port), answered: answered.has(port) }));
}

const nextPort = () => (sourcePort = sourcePort >= 60_000 ? 20_000 : sourcePort + 1);

function packetOf({ from, to, protocol, port }: Probe, source: number): Ipv4Packet {
  const ports = { sourcePort: source, destinationPort: port };
  return {
    type: 'ipv4', source: ipv4(from.ip), destination: ipv4(to.ip), ttl: 64,
    payload: protocol === 'UDP' ? { protocol: 'udp', ...ports, data: 'probe' } : { protocol: 'tcp', ...ports, flags: 'S', sequence: 1, acknowledgement: 0, window: 64_240, mss: 1410, data: '' },
  };
}

const kindOf = (sim: Simulation) => sim.registry.kinds.find((one) => one.kind === 'NetworkPolicy')!;

async function withPolicies<T>({ sim }: Grid, policies: readonly Policy[], run: () => Promise<T>): Promise<T> {
  const names = policies.map((policy, index) => {
    const { namespace, ...spec } = policy;
    sim.registry.create(kindOf(sim), structuredClone({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: `p${index}`, namespace }, spec }) as unknown as KubeObject, { namespace });
    return [namespace, `p${index}`] as const;
  });
  await sim.settle(20);
  try {
    return await run();
  } finally {
    for (const [namespace, name] of names) sim.registry.delete('networkpolicies.networking.k8s.io', name, namespace);
    await sim.settle(20);
  }
}

/** The one place that asks: every pair of the grid, and for the first wrong one the path of its packet. */
async function check(grid: Grid, row: Row): Promise<void> {
  const labels = Object.fromEntries(NAMESPACES.map((name) => [name, { ns: name, 'kubernetes.io/metadata.name': name }]));
  await withPolicies(grid, row.policies, async () => {
    const wrong = (await probeAll(grid)).filter(({ probe, arrived, answered }) => arrived !== isAllowed(row.policies, probe, labels) || answered !== arrived);
    if (wrong.length === 0) return;
    const first = wrong[0]!;
    const lines: string[] = [];
    const stop = grid.sim.world.onTrace((event) => lines.push(printTraceEvent(event)));
    grid.netns.get(first.probe.from)!.send(packetOf(first.probe, nextPort()));
    await grid.sim.settle(20);
    stop();
    const name = ({ probe: { from, to, protocol, port } }: typeof first) => `${from.namespace}/${from.name} → ${to.namespace}/${to.name} ${protocol} ${port}`;
    expect.fail(`${row.title}\n${JSON.stringify(row.policies)}\n${wrong.map((one) => `${name(one)}: ${one.arrived ? 'arrived' : 'did not arrive'}, ${one.answered ? 'answered' : 'no answer'}`).slice(0, 10).join('\n')}\npath of ${name(first)}:\n${lines.slice(0, 60).join('\n')}`);
  });
}

describe('NetworkPolicy under Calico', () => {
  let grid: Grid;
  beforeAll(async () => {
    grid = await makeGrid('calico');
  }, 60_000);
  const cidrOf = (name: string) => `${grid.pods.find((pod) => `${pod.namespace}/${pod.name}` === name)!.ip}/32`;
  const written = writtenRows(() => '').map((row, index) => [row.title, index] as const);

  it.each(written)('%s', async (_, index) => check(grid, writtenRows(cidrOf)[index]!));

  it('seeded random policies, one to three at a time', { timeout: 60_000 }, async () => {
    const rows = randomRows(32, 4711, cidrOf);
    for (const row of rows) await check(grid, row);
    const count = [...writtenRows(cidrOf), ...rows].reduce((sum, row) => sum + row.policies.length, 0);
    expect(count).toBeGreaterThanOrEqual(100);
  });

  it('lets the node itself in, as the kubelet needs it', async () => {
    await withPolicies(grid, [{ namespace: 'x', podSelector: {}, policyTypes: ['Ingress', 'Egress'] }], async () => {
      const target = grid.pods[0]!;
      const node = grid.sim.nodes.get((podOf(grid.sim, target.name, target.namespace) as { spec?: { nodeName?: string } }).spec!.nodeName!)!;
      let code = '';
      const attempt = node.machine.netns.sockets.connectTcp({ destination: ipv4(target.ip), port: 80 }).catch((error: { code: string }) => (code = error.code));
      await grid.sim.settle(100);
      void attempt;
      // Nobody listens there: the answer came from the pod.
      expect(code).toBe('ECONNREFUSED');
    });
  });

  it('writes the chains and sets that Felix writes, and takes them away again', async () => {
    const target = grid.pods[0]!;
    const node = grid.sim.nodes.get((podOf(grid.sim, target.name, target.namespace) as { spec?: { nodeName?: string } }).spec!.nodeName!)!;
    const { netfilter } = node.machine.netns;
    const rules = (chain: string) => netfilter.table('filter')!.chains.get(chain)!.rules.map((rule) => rule.save().replace(/cali:[-\w]{16}/, 'cali:…'));
    const policy: Policy = { namespace: 'x', podSelector: { matchLabels: { pod: 'a' } }, ingress: [{ from: [{ podSelector: { matchLabels: { pod: 'b' } } }], ports: [{ port: 80 }, { port: 8080, endPort: 8090 }] }] };
    await withPolicies(grid, [policy], async () => {
      const chain = 'cali-pi-x/knp.default.p0';
      const set = /match-set (\S+)/.exec(rules(chain)[0]!)![1]!;
      expect(rules(chain)).toEqual([
        `-p tcp -m comment --comment "cali:…" -m comment --comment "Policy x/knp.default.p0 ingress" -m set --match-set ${set} src -m multiport --dports 80,8080:8090 -j MARK --set-xmark 0x10000/0x10000`,
        '-m comment --comment "cali:…" -m mark --mark 0x10000/0x10000 -j RETURN',
      ]);
      expect(netfilter.sets.get(set)!.list().map((entry) => entry.text)).toEqual([grid.pods.find((pod) => pod.namespace === 'x' && pod.name === 'b')!.ip]);
      const endpoint = netfilter.table('filter')!.chains.list().find((one) => one.name.startsWith('cali-tw-') && one.rules.some((rule) => rule.chain === chain))!;
      expect(rules(endpoint.name)).toEqual([
        '-m comment --comment "cali:…" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
        '-m comment --comment "cali:…" -m conntrack --ctstate INVALID -j DROP',
        '-m comment --comment "cali:…" -j MARK --set-xmark 0x0/0x30000',
        '-m comment --comment "cali:…" -m comment --comment "Start of tier default" -j MARK --set-xmark 0x0/0x20000',
        '-m comment --comment "cali:…" -m mark --mark 0x0/0x20000 -j cali-pi-x/knp.default.p0',
        '-m comment --comment "cali:…" -m comment --comment "Return if policy accepted" -m mark --mark 0x10000/0x10000 -j RETURN',
        '-m comment --comment "cali:…" -m comment --comment "End of tier default. Drop if no policies passed packet" -m mark --mark 0x0/0x20000 -j DROP',
        '-m comment --comment "cali:…" -j cali-pri-kns.x',
        '-m comment --comment "cali:…" -m comment --comment "Return if profile accepted" -m mark --mark 0x10000/0x10000 -j RETURN',
        '-m comment --comment "cali:…" -j cali-pri-ksa.x.default',
        '-m comment --comment "cali:…" -m comment --comment "Return if profile accepted" -m mark --mark 0x10000/0x10000 -j RETURN',
        '-m comment --comment "cali:…" -m comment --comment "Drop if no profiles matched" -j DROP',
      ]);
    });
    expect(netfilter.table('filter')!.chains.list().filter((one) => /^cali-p[io]-/.test(one.name))).toEqual([]);
    expect(netfilter.sets.list().filter((one) => /^cali40[sn]:/.test(one.name))).toEqual([]);
  });
});

describe('NetworkPolicy under Flannel', () => {
  it('is stored and enforced by nobody', { timeout: 60_000 }, async () => {
    const grid = await makeGrid('flannel');
    await withPolicies(grid, NAMESPACES.map((namespace) => ({ namespace, podSelector: {}, policyTypes: ['Ingress', 'Egress'] })), async () => {
      expect((await probeAll(grid)).filter((one) => !one.arrived)).toEqual([]);
    });
  });
});
