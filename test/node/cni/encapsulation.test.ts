/** How packets cross from node to node, plug-in by plug-in: the route, the device's MTU, what is on the wire, and what fits. */
import { describe, expect, it } from 'vitest';
import { describeRoute } from '../../../src/net/routes.ts';
import { describeFrame } from '../../../src/net/packet.ts';
import { apply, bootForTest, ready, run } from '../../support/simulation.ts';

const ROWS = [
  ['calico', 'vxlan', 1450, 'VXLAN, vni 4096', /^via 10\.244\.[\d.]+ dev vxlan\.calico$/],
  ['calico', 'vxlan-cross-subnet', 1450, 'plain', /^via 172\.18\.0\.\d dev eth0$/],
  ['calico', 'ipip', 1480, 'IP-in-IP', /^via 172\.18\.0\.\d dev tunl0$/],
  ['calico', 'none', 1500, 'plain', /^via 172\.18\.0\.\d dev eth0$/],
  ['flannel', 'vxlan', 1450, 'VXLAN, vni 1 ', /^via 10\.244\.\d\.0 dev flannel\.1$/],
  ['flannel', 'none', 1500, 'plain', /^via 172\.18\.0\.\d dev eth0$/],
] as const;

describe('between nodes', () => {
  it.each(ROWS)('%s with encapsulation %s: MTU %i, %s', async (cni, encapsulation, mtu, wire, route) => {
    const sim = await bootForTest({ cni, encapsulation });
    apply(sim, ['one', 'two'].map((name, index) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {nodeName: cka-lab-worker${index ? 2 : ''}, containers: [{name: main, image: nicolaka/netshoot, command: [sleep, infinity]}]}\n`).join('---\n'));
    const [, two] = await ready(sim, 'one', 'two');
    await sim.settle(3000);
    const node = sim.nodes.get('cka-lab-worker')!.machine.netns;
    const seen: string[] = [];
    node.capture('eth0', ({ direction, frame }) => void (direction === 'out' && seen.push(describeFrame(frame))));
    expect((await run(sim, 'one', `ping -c 1 -W 2 ${two}`)).code).toBe(0);
    const request = seen.find((line) => line.includes('ICMP echo-request'))!;
    expect(wire === 'plain' ? request : request.replace(/^\S+ > \S+ /, '')).toMatch(wire === 'plain' ? new RegExp(`^10\\.244\\.[\\d.]+ > ${two}: ICMP`) : wire);
    const found = node.routes.lookup(two as Parameters<typeof node.routes.lookup>[0]);
    expect(found.kind === 'found' && describeRoute(found.route).replace(/^\S+ /, '')).toMatch(route);
    // The pod's own MTU, and nothing longer gets through uncut.
    const shown = (await run(sim, 'one', 'cat /sys/class/net/eth0/mtu; ip link show eth0')).stdout;
    expect(shown).toContain(`mtu ${mtu} `);
    expect((await run(sim, 'one', `ping -c 1 -W 2 -M do -s ${mtu - 28} ${two}`)).code).toBe(0);
    expect((await run(sim, 'one', `ping -c 1 -W 2 -M do -s ${mtu - 27} ${two}`)).code).toBe(1);
  });
});
