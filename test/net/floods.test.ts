/**
 * What goes round in circles, and what comes in by thousands: it ends, it is counted, and the rest of the world goes on.
 */
import { describe, expect, test } from 'vitest';
import { SimulatedRig } from './simulated-rig.ts';
import { ping, udp } from './support.ts';

const CLOSED = 'net.bridge.bridge-nf-call-iptables=0';

/** `count` switches, every one joined to every other one, and a host on the first and on the last. */
function meshed(count: number, cables: number): string {
  const switches = Array.from({ length: count }, (_, index) => `s${index}`);
  const lines = [`ns p q bystander other ${switches.join(' ')}`];
  const port = (at: string, name: string) => `${at}: ip link set ${name} master br0; ip link set ${name} up`;
  for (const one of switches) lines.push(`${one}: sysctl -qw ${CLOSED}; ip link add br0 type bridge; ip link set br0 up`);
  switches.forEach((a, i) => switches.slice(i + 1).forEach((b) => {
    for (let n = 0; n < cables; n++) lines.push(`veth ${a}:${b}n${n} ${b}:${a}n${n}`, port(a, `${b}n${n}`), port(b, `${a}n${n}`));
  }));
  for (const [host, at, address] of [['p', 's0', '10.5.0.1'], ['q', `s${count - 1}`, '10.5.0.2']] as const) {
    lines.push(`veth ${host}:eth0 ${at}:${host}`, port(at, host), `${host}: ip link set eth0 up; ip addr add ${address}/24 dev eth0`);
  }
  lines.push('veth bystander:eth0 other:eth0', 'bystander: ip link set eth0 up; ip addr add 10.6.0.1/24 dev eth0', 'other: ip link set eth0 up; ip addr add 10.6.0.2/24 dev eth0');
  return lines.join('\n');
}

async function built(script: string): Promise<SimulatedRig> {
  const rig = new SimulatedRig();
  await rig.build(script);
  return rig;
}

describe('a storm of broadcasts', () => {
  test.each([
    ['two bridges joined by two cables', 2, 2],
    ['three bridges, each joined to both others', 3, 1],
    ['four bridges, each joined to all others twice', 4, 2],
  ])('%s: it dies down', async (_, count, cables) => {
    const { lab } = await built(meshed(count, cables));
    const namespace = (label: string) => lab.world.namespaces.find((one) => one.label === label)!;
    lab.trace.length = 0;
    const p = namespace('p').sockets.echo({ onReply: () => undefined });
    p.send({ destination: '10.5.0.2' as never, sequence: 1 });
    await lab.run(3000);
    const drops = lab.world.namespaces.reduce((sum, one) => sum + (one.drops.get('bridge-loop') ?? 0), 0);
    expect(drops).toBeGreaterThan(0);
    expect(await ping(lab, namespace('bystander'), '10.6.0.2')).toBe('reply from 10.6.0.2 ttl 64');
    await lab.run(60_000);
    lab.trace.length = 0;
    await lab.run(60_000);
    expect(lab.trace).toEqual([]);
  });

  test('pull one of the two cables, and the network works', async () => {
    const rig = await built(meshed(2, 2));
    await rig.probe('p ping 10.5.0.2');
    await rig.probe('s0 says ip link set s1n1 down');
    await rig.lab.run(5000);
    expect(await rig.probe('p ping 10.5.0.2')).toBe('reply from 10.5.0.2 ttl 64');
  });
});

test('a bridge over a VXLAN beside the cable that carries it: the loop is cut', async () => {
  const rig = await built(`
    ns a b p
    veth a:wire b:wire
    veth p:eth0 a:p0
    a: sysctl -qw ${CLOSED}; ip link set wire up; ip addr add 10.0.0.1/24 dev wire
    b: sysctl -qw ${CLOSED}; ip link set wire up; ip addr add 10.0.0.2/24 dev wire
    a: ip link add vx0 type vxlan id 1 remote 10.0.0.2 dstport 4789 dev wire; ip link add vx1 type vxlan id 2 remote 10.0.0.2 dstport 4789 dev wire
    b: ip link add vx0 type vxlan id 1 remote 10.0.0.1 dstport 4789 dev wire; ip link add vx1 type vxlan id 2 remote 10.0.0.1 dstport 4789 dev wire
    a: ip link add br0 type bridge; for port in vx0 vx1 p0; do ip link set $port master br0; ip link set $port up; done; ip link set br0 up
    b: ip link add br0 type bridge; for port in vx0 vx1; do ip link set $port master br0; ip link set $port up; done; ip link set br0 up
    p: ip link set eth0 up; ip addr add 10.7.0.1/24 dev eth0`);
  expect(await rig.probe('p ping 10.7.0.9')).toBe('host-unreachable from 10.7.0.1');
  await rig.lab.run(60_000);
  rig.lab.trace.length = 0;
  await rig.lab.run(60_000);
  expect(rig.lab.trace).toEqual([]);
  expect(await rig.probe('a ping 10.0.0.2')).toBe('reply from 10.0.0.2 ttl 64');
});

test('two tunnels whose outer packets enter each other', async () => {
  const rig = await built(`
    ns a b
    veth a:eth0 b:eth0
    a: ip link set eth0 up; ip addr add 10.0.0.1/24 dev eth0
    a: ip link add t1 type ipip local 10.0.0.1 remote 10.8.0.2; ip link add t2 type ipip local 10.0.0.1 remote 10.9.0.2
    a: ip link set t1 up; ip link set t2 up; ip route add 10.9.0.0/24 dev t1; ip route add 10.8.0.0/24 dev t2`);
  expect(await rig.probe('a ping 10.9.0.7')).toBe('timeout');
  expect(rig.lab.trace.filter((line) => line.includes('DROPPED tunnel-loop'))).toHaveLength(1);
});

test('a loop of three routers: hop limits end a thousand packets, and each is answered for', async () => {
  const rig = await built(`
    ns a r s t
    veth a:eth0 r:host
    veth r:s s:r
    veth s:t t:s
    veth t:r r:t
    a: ip link set eth0 up; ip addr add 10.0.0.2/24 dev eth0; ip route add default via 10.0.0.1
    r: sysctl -qw net.ipv4.ip_forward=1; ip link set host up; ip link set s up; ip link set t up; ip addr add 10.0.0.1/24 dev host; ip addr add 10.0.1.1/24 dev s; ip addr add 10.0.3.2/24 dev t; ip route add default via 10.0.1.2
    s: sysctl -qw net.ipv4.ip_forward=1; ip link set r up; ip link set t up; ip addr add 10.0.1.2/24 dev r; ip addr add 10.0.2.1/24 dev t; ip route add default via 10.0.2.2
    t: sysctl -qw net.ipv4.ip_forward=1; ip link set s up; ip link set r up; ip addr add 10.0.2.2/24 dev s; ip addr add 10.0.3.1/24 dev r; ip route add default via 10.0.3.2`);
  // After 21 rounds it is the first router's turn again.
  expect(await rig.probe('a ping 192.0.2.1')).toBe('ttl-zero-during-transit from 10.0.0.1');
  const { lab } = rig;
  const from = lab.world.namespaces.find(({ label }) => label === 'a')!;
  const errors: string[] = [];
  const echo = from.sockets.echo({ onReply: () => undefined, onError: ({ kind }) => errors.push(kind) });
  for (let sequence = 0; sequence < 1000; sequence++) echo.send({ destination: '192.0.2.1' as never, sequence });
  await lab.run(1000);
  expect(errors).toHaveLength(1000);
  expect(new Set(errors)).toEqual(new Set(['ttl-zero-during-transit']));
});

test('thousands of packets for a neighbour that does not answer: a hundred wait, and those are answered for', async () => {
  const rig = await built('ns a b\nveth a:eth0 b:eth0\na: ip link set eth0 up; ip addr add 10.0.0.1/24 dev eth0\nb: ip link set eth0 up');
  const { lab } = rig;
  const from = lab.world.namespaces.find(({ label }) => label === 'a')!;
  const errors: string[] = [];
  const echo = from.sockets.echo({ onReply: () => undefined, onError: ({ kind }) => errors.push(kind) });
  for (let sequence = 0; sequence < 5000; sequence++) echo.send({ destination: '10.0.0.2' as never, sequence });
  await lab.run(10_000);
  expect(errors).toEqual(Array.from({ length: 100 }, () => 'host-unreachable'));
});

test('a full table of connections: those that nobody answered make room, and answered ones do not', async () => {
  const rig = await built(`
    ns a b
    veth a:eth0 b:eth0
    a: ip link set eth0 up; ip addr add 10.0.0.1/24 dev eth0
    b: ip link set eth0 up; ip addr add 10.0.0.2/24 dev eth0; iptables -A INPUT -m conntrack --ctstate NEW; sysctl -qw net.netfilter.nf_conntrack_max=100
    serveudp b 53
    serve b 80`);
  const { lab } = rig;
  const [a, b] = ['a', 'b'].map((name) => lab.world.namespaces.find(({ label }) => label === name)!) as [typeof lab.world.namespaces[0], typeof lab.world.namespaces[0]];
  for (let count = 0; count < 5000; count++) {
    a.send({ type: 'ipv4', source: '10.0.0.1' as never, destination: '10.0.0.2' as never, ttl: 64, payload: { protocol: 'udp', sourcePort: 1000 + count, destinationPort: 9, data: '' } });
    if (count % 100 === 0) await lab.run(1);
  }
  await lab.run(10);
  expect(b.conntrack.entries().length).toBeLessThanOrEqual(100);
  expect(await udp(lab, a, '10.0.0.2', 53)).toBe('b: hello from 10.0.0.1');
  // A hundred conversations that both sides know of leave no room, and nobody is thrown out of them.
  for (let port = 0; port < 100; port++) void a.sockets.connectTcp({ destination: '10.0.0.2' as never, port: 80, sourcePort: 20_000 + port });
  await lab.run(100);
  expect(await rig.probe('b says conntrack -C')).toBe('100');
  expect(await udp(lab, a, '10.0.0.2', 53)).toBe('timeout');
  expect(b.drops.get('conntrack-full')).toBe(1);
});
