/** traceroute and mtr along a chain of machines; layouts are those of the real ones, times are the simulated wire's. */
import { beforeAll, expect, test } from 'vitest';
import { cidr, ipv4 } from '../../src/base/address.ts';
import { createVeth } from '../../src/net/device/veth.ts';
import { TwoMachines } from './two-machines.ts';

/** alpha (10.0.0.1) and beta (10.0.0.2), which forwards to gamma (10.0.9.2); 10.9, 10.8 and 10.7 end at beta, each in its own way. */
let two: TwoMachines;
beforeAll(() => {
  two = new TwoMachines({ beta: 'nicolaka/netshoot' });
  const gamma = two.world.createNamespace('gamma');
  createVeth({ ns: two.beta.netns, name: 'eth1' }, { ns: gamma, name: 'eth0' });
  two.beta.netns.addAddress('eth1', cidr('10.0.9.1/24'));
  gamma.addAddress('eth0', cidr('10.0.9.2/24'));
  two.beta.netns.devices.setUp('eth1', true);
  gamma.devices.setUp('eth0', true);
  gamma.routes.add({ destination: cidr('0.0.0.0/0'), via: ipv4('10.0.9.1'), device: 'eth0' });
});

/** Times differ from wire to wire. */
const timeless = (text: string) => text.replaceAll(/\d+\.\d{3} ms/g, 'T ms').replaceAll(/(?<=Start: )\S+/g, 'NOW').replaceAll(/(?<=^  \d\..*%.*)\d\.\d(?=\s|$)/gm, 'T.T');

async function check(command: string): Promise<string> {
  const { code, out, err } = await two.run(two.alpha, command);
  return `${timeless(out)}${err}[${code}]`;
}

test('the table of ways', async () => {
  await two.run(two.beta, 'sysctl -w net.ipv4.ip_forward=1');
  await two.run(two.alpha, 'ip route add default via 10.0.0.2');
  for (const kind of ['blackhole 10.9.0.0/16', 'unreachable 10.8.0.0/16', 'prohibit 10.7.0.0/16']) expect((await two.run(two.beta, `ip route add ${kind}`)).code).toBe(0);
});

test.each([
  ['traceroute -n 10.0.9.2', 'traceroute to 10.0.9.2 (10.0.9.2), 30 hops max, 60 byte packets\n 1  10.0.0.2  T ms  T ms  T ms\n 2  10.0.9.2  T ms  T ms  T ms\n[0]'],
  ['traceroute -nI 10.0.9.2', 'traceroute to 10.0.9.2 (10.0.9.2), 30 hops max, 60 byte packets\n 1  10.0.0.2  T ms  T ms  T ms\n 2  10.0.9.2  T ms  T ms  T ms\n[0]'],
  ['traceroute -n -q1 10.8.0.1', 'traceroute to 10.8.0.1 (10.8.0.1), 30 hops max, 60 byte packets\n 1  10.0.0.2  T ms !H\n[0]'],
  ['traceroute -n -q1 10.7.0.1', 'traceroute to 10.7.0.1 (10.7.0.1), 30 hops max, 60 byte packets\n 1  10.0.0.2  T ms !X\n[0]'],
  ['traceroute -n -q1 -m 3 -w 0.5 10.9.0.1', 'traceroute to 10.9.0.1 (10.9.0.1), 3 hops max, 60 byte packets\n 1  *\n 2  *\n 3  *\n[0]'],
  ['traceroute -Z', "Bad option `-Z' (argc 1)\n[2]"],
  ['traceroute -m 0 10.0.2.2', 'first hop out of range\n[2]'],
  ['traceroute -q 11 10.0.2.2', 'no more than 10 probes per hop\n[2]'],
  ['traceroute -m x 10.0.2.2', "Cannot handle `-m' option with arg `x' (argc 2)\n[2]"],
  ['mtr -r -c 1 -n 10.0.9.2', 'Start: NOW\nHOST: alpha                       Loss%   Snt   Last   Avg  Best  Wrst StDev\n  1.|-- 10.0.0.2                   0.0%     1    T.T   T.T   T.T   T.T   T.T\n  2.|-- 10.0.9.2                   0.0%     1    T.T   T.T   T.T   T.T   T.T\n[0]'],
  ['mtr -rwn -c 1 10.0.9.2', 'Start: NOW\nHOST: alpha    Loss%   Snt   Last   Avg  Best  Wrst StDev\n  1.|-- 10.0.0.2  0.0%     1    T.T   T.T   T.T   T.T   T.T\n  2.|-- 10.0.9.2  0.0%     1    T.T   T.T   T.T   T.T   T.T\n[0]'],
  ['mtr -r -c 1 -n -m 3 10.9.0.1', 'Start: NOW\nHOST: alpha                       Loss%   Snt   Last   Avg  Best  Wrst StDev\n[0]'],
  ['mtr --report --report-cycles 1 --no-dns 10.8.0.1', 'Start: NOW\nHOST: alpha                       Loss%   Snt   Last   Avg  Best  Wrst StDev\n  1.|-- 10.0.0.2                   0.0%     1    T.T   T.T   T.T   T.T   T.T\n[0]'],
  ['mtr 10.0.9.2', 'Error opening terminal: unknown.\n[1]'],
  ['mtr --version', 'mtr 0.95\n[0]'],
])('%s', async (command, expected) => {
  expect(await check(command)).toBe(expected);
});

test('a rule that drops UDP hides the end of the way from traceroute, and -I finds it', async () => {
  await two.run(two.beta, 'iptables -A FORWARD -p udp -j DROP');
  expect(await check('traceroute -n -q1 -m 2 -w 1 10.0.9.2')).toBe('traceroute to 10.0.9.2 (10.0.9.2), 2 hops max, 60 byte packets\n 1  10.0.0.2  T ms\n 2  *\n[0]');
  expect(await check('traceroute -n -q1 -I 10.0.9.2')).toBe('traceroute to 10.0.9.2 (10.0.9.2), 30 hops max, 60 byte packets\n 1  10.0.0.2  T ms\n 2  10.0.9.2  T ms\n[0]');
});
