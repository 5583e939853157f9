/** The first thing to look at when everything is red: two hosts, one wire. */
import { expect, test } from 'vitest';
import { makeLab, ping, serveTcp, tcp, iptables } from './support.ts';
import { cidr, ipv4 } from '../../src/base/address.ts';

test('two hosts on one wire reach each other', async () => {
  const lab = makeLab();
  const { hosts } = lab.lan('lan0', { a: '10.0.0.1/24', b: '10.0.0.2/24' });
  expect(await ping(lab, hosts['a']!, '10.0.0.2'), lab.trace.join('\n')).toBe('reply from 10.0.0.2 ttl 64');
  expect(await ping(lab, hosts['a']!, '10.0.0.1')).toBe('reply from 10.0.0.1 ttl 64');
  expect(await ping(lab, hosts['a']!, '10.0.0.9')).toBe('host-unreachable from 10.0.0.1');
  expect(await ping(lab, hosts['a']!, '10.1.0.9')).toBe('ENETUNREACH');
  expect(await tcp(lab, hosts['a']!, '10.0.0.2', 80)).toBe('ECONNREFUSED');
  serveTcp(hosts['b']!, 80);
  lab.trace.length = 0;
  expect(await tcp(lab, hosts['a']!, '10.0.0.2', 80), lab.trace.join('\n')).toBe('b: hello from 10.0.0.1');
});

test('a destination translated on the way out', async () => {
  const lab = makeLab();
  const { hosts } = lab.lan('lan0', { a: '10.0.0.1/24', b: '10.0.0.2/24' });
  const [a, b] = [hosts['a']!, hosts['b']!];
  serveTcp(b, 8080);
  a.routes.add({ destination: cidr('0.0.0.0/0'), via: ipv4('10.0.0.254') });
  iptables(a, '-t nat -N SVC', '-t nat -A OUTPUT -d 10.96.0.10/32 -p tcp -m comment --comment "default/web" -m tcp --dport 80 -j SVC', '-t nat -A SVC -p tcp -j DNAT --to-destination 10.0.0.2:8080');
  expect(await tcp(lab, a, '10.96.0.10', 80), lab.trace.join('\n')).toBe('b: hello from 10.0.0.1');
});
