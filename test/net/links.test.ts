/** Bridges, their tables, neighbours and devices: what `bridge fdb`, `ip neigh` and `ip link` would show. */
import { expect, test } from 'vitest';
import { cidr, ipv4, type Mac } from '../../src/base/address.ts';
import type { Bridge } from '../../src/net/device/bridge.ts';
import { createBridge } from '../../src/net/device/bridge.ts';
import { createDummy } from '../../src/net/device/dummy.ts';
import { createVeth } from '../../src/net/device/veth.ts';
import { createVxlan } from '../../src/net/device/vxlan.ts';
import { NetError } from '../../src/net/errors.ts';
import { makeLab, ping } from './support.ts';

const learned = (bridge: Bridge) => bridge.fdb.list().filter(({ kind }) => kind === 'learned').map(({ mac, port }) => `${mac} ${port.name}`);

/** Three hosts on a bridge with MACs one can read. */
function bridged() {
  const lab = makeLab();
  const node = lab.host('node');
  const bridge = createBridge(node, 'br0');
  node.devices.setUp('br0', true);
  const hosts = ['a', 'b', 'c'].map((name, index) => {
    const host = lab.host(name);
    createVeth({ ns: host, name: 'eth0', mac: `02:00:00:00:00:0${index + 1}` as Mac }, { ns: node, name: `port-${name}`, mac: `02:00:00:00:0${index + 1}:00` as Mac });
    host.devices.setUp('eth0', true);
    host.addAddress('eth0', cidr(`10.0.0.${index + 1}/24`));
    node.devices.setUp(`port-${name}`, true);
    node.devices.setMaster(`port-${name}`, 'br0');
    return host;
  });
  return { lab, node, bridge, a: hosts[0]!, b: hosts[1]!, c: hosts[2]! };
}

test('a bridge learns who is where, floods what it does not know, and forgets after five minutes', async () => {
  const { lab, bridge, a, b, c } = bridged();
  const heard: string[] = [];
  c.capture('eth0', ({ direction, frame }) => direction === 'in' && heard.push(frame.payload.type));
  await ping(lab, a, '10.0.0.2');
  expect(learned(bridge)).toEqual(['02:00:00:00:00:01 port-a', '02:00:00:00:00:02 port-b']);
  // The question was for all, and nothing else: the probe of a after five seconds goes to b alone.
  await lab.run(10_000);
  expect(heard).toEqual(['arp']);
  await lab.run(301_000);
  expect(learned(bridge)).toEqual([]);
  void b;
});

test('the bridge takes its MAC from its lowest port, unless one was chosen', () => {
  const { node, bridge } = bridged();
  expect(bridge.mac).toBe('02:00:00:00:01:00');
  node.devices.setMaster('port-a', undefined);
  expect(bridge.mac).toBe('02:00:00:00:02:00');
  node.devices.setMac('br0', '02:aa:aa:aa:aa:aa' as Mac);
  node.devices.setMaster('port-a', 'br0');
  expect(bridge.mac).toBe('02:aa:aa:aa:aa:aa');
});

test('a port that loses its carrier is forgotten; a port out of the bridge is nobody', async () => {
  const { lab, node, bridge, a, b } = bridged();
  await ping(lab, a, '10.0.0.2');
  b.devices.setUp('eth0', false);
  expect(learned(bridge)).toEqual(['02:00:00:00:00:01 port-a']);
  node.devices.setMaster('port-a', undefined);
  expect(learned(bridge)).toEqual([]);
  expect(bridge.fdb.list().map(({ mac, port }) => `${mac} ${port.name}`)).not.toContain('02:00:00:00:01:00 port-a');
});

test('hairpin: a frame leaves by the port it came in only where that is allowed', async () => {
  const { lab, node, bridge, a, b } = bridged();
  // Two stations behind one port.
  b.devices.setUp('eth0', false);
  const back = async () => {
    let count = 0;
    const stop = a.capture('eth0', ({ direction }) => direction === 'in' && count++);
    a.devices.get('eth0')!.transmit({ from: '02:00:00:00:00:01' as Mac, to: '02:00:00:00:00:99' as Mac, payload: { type: 'arp', op: 'request', sender: ipv4('10.0.0.1'), target: ipv4('10.0.0.9'), senderMac: '02:00:00:00:00:01' as Mac } });
    await lab.run(1);
    stop();
    return count;
  };
  expect(await back()).toBe(0);
  bridge.port(node.devices.get('port-a')!)!.hairpin = true;
  expect(await back()).toBe(1);
});

test('a neighbour from question to probe', async () => {
  const lab = makeLab();
  const { hosts } = lab.lan('lan0', { a: '10.0.0.1/24', b: '10.0.0.2/24' });
  const a = hosts['a']!;
  const state = () => a.neighbors.list().map(({ address, state: now, mac }) => `${address} ${mac ? 'known' : 'unknown'} ${now}`);
  const socket = a.sockets.echo({ onReply: () => undefined });
  const send = (last: number) => socket.send({ destination: ipv4(`10.0.0.${last}`), sequence: 1 });
  send(2);
  send(9);
  expect(state()).toEqual(['10.0.0.2 unknown INCOMPLETE', '10.0.0.9 unknown INCOMPLETE']);
  await lab.run(1000);
  expect(state()[0]).toBe('10.0.0.2 known REACHABLE');
  await lab.run(2100);
  expect(state()[1]).toBe('10.0.0.9 unknown FAILED');
  await lab.run(60_000);
  expect(state()[0]).toBe('10.0.0.2 known STALE');
  send(2);
  expect(state()[0]).toBe('10.0.0.2 known DELAY');
  await lab.run(5001);
  expect(state()[0]).toBe('10.0.0.2 known REACHABLE');
});

test('an address that moves to another MAC is followed when it is announced', async () => {
  const lab = makeLab();
  const { lan, hosts } = lab.lan('lan0', { a: '10.0.0.1/24', b: '10.0.0.2/24', c: '10.0.0.3/24' });
  const { announce } = await import('../../src/net/arp.ts');
  const [a, b, c] = [hosts['a']!, hosts['b']!, hosts['c']!];
  a.neighbors.replace(ipv4('10.0.0.50'), 'eth0', b.devices.get('eth0')!.mac, 'REACHABLE');
  c.addAddress('eth0', cidr('10.0.0.50/32'));
  announce(c.devices.get('eth0')!, ipv4('10.0.0.50'));
  await lab.run(10);
  expect(a.neighbors.lookup(ipv4('10.0.0.50'))).toBe(c.devices.get('eth0')!.mac);
  void lan;
});

test('devices: names, indexes, moving, and what goes with them', () => {
  const lab = makeLab();
  const [host, pod] = [lab.host('host'), lab.host('pod')];
  const { a } = createVeth({ ns: host, name: 'veth0' }, { ns: host, name: 'veth1' });
  expect(host.devices.list().map(({ index, name }) => `${index} ${name}`)).toEqual(['1 lo', '2 veth1', '3 veth0']);
  expect(() => createDummy(host, 'veth0')).toThrow(new NetError('EEXIST'));
  expect(() => createDummy(host, 'a-name-much-too-long')).toThrow(new NetError('EINVAL'));
  host.devices.move('veth0', pod, 'eth0');
  expect([a.name, a.index, a.peerIndex, a.linkNamespace?.label]).toEqual(['eth0', 3, 2, 'host']);
  pod.devices.setUp('eth0', true);
  expect([a.operState, a.flags().join()]).toEqual(['DOWN', 'NO-CARRIER,BROADCAST,MULTICAST,UP']);
  host.devices.setUp('veth1', true);
  expect([a.operState, a.flags().join()]).toEqual(['UP', 'BROADCAST,MULTICAST,UP,LOWER_UP']);
  pod.addAddress('eth0', cidr('10.0.0.2/24'));
  pod.routes.add({ destination: cidr('0.0.0.0/0'), via: ipv4('10.0.0.1') });
  lab.world.destroyNamespace(pod);
  expect(host.devices.get('veth1')).toBeUndefined();
  expect(() => host.devices.remove('lo')).toThrow(new NetError('EOPNOTSUPP'));
});

test('VXLAN devices of one VNI and port cannot be two', () => {
  const lab = makeLab();
  const host = lab.host('host');
  createDummy(host, 'eth0');
  const vxlan = createVxlan(host, 'vxlan.calico', { vni: 4096, local: ipv4('10.0.0.1'), device: 'eth0', port: 4789, learning: false });
  expect([vxlan.mtu, vxlan.details()]).toEqual([1450, 'vxlan id 4096 local 10.0.0.1 dev eth0 srcport 0 0 dstport 4789 nolearning ttl auto ageing 300 udpcsum noudp6zerocsumtx noudp6zerocsumrx']);
  expect(() => createVxlan(host, 'other', { vni: 4096, port: 4789, learning: false })).toThrow('A VXLAN device with the specified VNI already exists.');
  host.devices.remove('vxlan.calico');
  createVxlan(host, 'other', { vni: 4096, port: 4789, learning: false });
});

test('VXLAN over a multicast group needs no table', async () => {
  const lab = makeLab();
  const { hosts } = lab.lan('lan0', { a: '10.0.0.1/24', b: '10.0.0.2/24', c: '10.0.0.3/24' });
  Object.values(hosts).forEach((host, index) => {
    createVxlan(host, 'vx0', { vni: 9, group: ipv4('239.1.1.1'), device: 'eth0', port: 4789, learning: true });
    host.devices.setUp('vx0', true);
    host.addAddress('vx0', cidr(`10.9.0.${index + 1}/24`));
  });
  expect(await ping(lab, hosts['a']!, '10.9.0.3'), lab.trace.join('\n')).toBe('reply from 10.9.0.3 ttl 64');
  hosts['c']!.devices.setUp('vx0', false);
  expect(await ping(lab, hosts['a']!, '10.9.0.3')).toBe('timeout');
});
