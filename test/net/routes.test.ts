/** Routing tables: what comes with an address, what is refused, who wins. */
import { expect, test } from 'vitest';
import { ANY, cidr, ipv4, printCidr } from '../../src/base/address.ts';
import { createDummy } from '../../src/net/device/dummy.ts';
import { NetError } from '../../src/net/errors.ts';
import type { NetNamespace } from '../../src/net/namespace.ts';
import type { Route } from '../../src/net/routes.ts';
import { makeLab } from './support.ts';

function host(): NetNamespace {
  const namespace = makeLab().host('a');
  for (const name of ['eth0', 'eth1']) {
    createDummy(namespace, name);
    namespace.devices.setUp(name, true);
  }
  namespace.addAddress('eth0', cidr('10.0.0.1/24'));
  namespace.addAddress('eth1', cidr('10.1.0.1/24'));
  return namespace;
}

const print = (route: Route) =>
  [route.type === 'unicast' ? '' : route.type, route.destination.prefix === 0 ? 'default' : printCidr(route.destination), route.via && `via ${route.via}`, route.device && `dev ${route.device}`, route.source && `src ${route.source}`, route.metric > 0 && `metric ${route.metric}`]
    .filter(Boolean)
    .join(' ');

test('what an address brings with it, and takes away', () => {
  const namespace = host();
  expect(namespace.routes.list().map(print)).toEqual(['10.0.0.0/24 dev eth0 src 10.0.0.1', '10.1.0.0/24 dev eth1 src 10.1.0.1']);
  expect(namespace.routes.list('local').map(print)).toEqual([
    'local 10.0.0.1/32 dev eth0 src 10.0.0.1',
    'broadcast 10.0.0.255/32 dev eth0 src 10.0.0.1',
    'local 10.1.0.1/32 dev eth1 src 10.1.0.1',
    'broadcast 10.1.0.255/32 dev eth1 src 10.1.0.1',
    'local 127.0.0.0/8 dev lo src 127.0.0.1',
    'local 127.0.0.1/32 dev lo src 127.0.0.1',
    'broadcast 127.255.255.255/32 dev lo src 127.0.0.1',
  ]);
  namespace.addAddress('eth0', cidr('10.0.0.2/24'));
  expect(namespace.addresses('eth0').map(({ address, secondary }) => [address.address, secondary ?? false])).toEqual([
    ['10.0.0.1', false],
    ['10.0.0.2', true],
  ]);
  expect(() => namespace.addAddress('eth0', cidr('10.0.0.1/24'))).toThrow(new NetError('EEXIST'));
  namespace.deleteAddress('eth0', cidr('10.0.0.1/24'));
  expect(namespace.addresses('eth0')).toEqual([]);
  expect(namespace.routes.list().map(print)).toEqual(['10.1.0.0/24 dev eth1 src 10.1.0.1']);
});

test('what the kernel refuses', () => {
  const namespace = host();
  const refused = (route: Parameters<typeof namespace.routes.add>[0]) => {
    try {
      namespace.routes.add(route);
      return 'taken';
    } catch (error) {
      return error instanceof NetError ? `${error.code} ${error.message}` : String(error);
    }
  };
  const net = cidr('10.9.0.0/16');
  expect(refused({ destination: net, via: ipv4('10.0.0.254') })).toBe('taken');
  expect(refused({ destination: net, via: ipv4('10.0.0.253') })).toBe('EEXIST File exists');
  expect(refused({ destination: net, via: ipv4('10.0.0.253'), metric: 100 })).toBe('taken');
  expect(refused({ destination: cidr('10.8.0.0/16'), via: ipv4('172.16.0.1') })).toBe('ENETUNREACH Nexthop has invalid gateway.');
  // An address of one's own is none of another device's neighbours; through its own device it means: ask for everybody on this link.
  expect(refused({ destination: cidr('10.8.0.0/16'), via: ipv4('10.0.0.1'), device: 'eth1' })).toBe('ENETUNREACH Nexthop has invalid gateway.');
  expect(refused({ destination: cidr('10.5.0.0/16'), via: ipv4('10.0.0.1') })).toBe('taken');
  expect(namespace.routes.lookup(ipv4('10.5.0.9'))).toMatchObject({ nextHop: '10.5.0.9' });
  expect(refused({ destination: cidr('10.8.0.0/16'), via: ipv4('172.16.0.1'), device: 'eth0', onlink: true })).toBe('taken');
  expect(refused({ destination: cidr('10.7.0.1/16'), device: 'eth0' })).toBe('EINVAL Invalid prefix for given prefix length.');
  expect(refused({ destination: cidr('10.7.0.0/16'), device: 'eth9' })).toBe('ENODEV No such device');
  namespace.devices.setUp('eth1', false);
  expect(refused({ destination: cidr('10.7.0.0/16'), device: 'eth1' })).toBe('ENETDOWN Device for nexthop is not up.');
  expect(() => namespace.routes.delete({ destination: cidr('10.66.0.0/16') })).toThrow(new NetError('ESRCH'));
});

test.each([
  ['10.0.0.9', 'dev eth0 next 10.0.0.9 from 10.0.0.1'],
  ['10.9.9.9', 'dev eth0 next 10.0.0.254 from 10.0.0.1'],
  ['10.9.1.1', 'dev eth1 next 10.1.0.254 from 10.1.0.1'],
  ['10.9.1.2', 'blackhole'],
  ['8.8.8.8', 'dev eth1 next 10.1.0.254 from 10.0.0.1'],
  ['10.0.0.1', 'dev lo next 10.0.0.1 from 10.0.0.1'],
  ['127.5.5.5', 'dev lo next 127.5.5.5 from 127.0.0.1'],
])('%s goes %s', (destination, outcome) => {
  const { routes } = host();
  routes.add({ destination: cidr('10.9.0.0/16'), via: ipv4('10.0.0.254') });
  routes.add({ destination: cidr('10.9.1.0/24'), via: ipv4('10.1.0.254'), metric: 10 });
  routes.add({ destination: cidr('10.9.1.0/24'), via: ipv4('10.0.0.254'), metric: 20 });
  routes.add({ destination: cidr('10.9.1.2/32'), type: 'blackhole' });
  routes.add({ destination: cidr('0.0.0.0/0'), via: ipv4('10.1.0.254'), source: ipv4('10.0.0.1') });
  const answer = routes.lookup(ipv4(destination));
  expect(answer.kind === 'found' ? `dev ${answer.device.name} next ${answer.nextHop} from ${answer.source}` : answer.reason).toBe(outcome);
});

test('a device that goes down takes its routes, and brings back only those of its addresses', () => {
  const namespace = host();
  namespace.routes.add({ destination: cidr('0.0.0.0/0'), via: ipv4('10.0.0.254') });
  namespace.devices.setUp('eth0', false);
  expect(namespace.routes.list().map(print)).toEqual(['10.1.0.0/24 dev eth1 src 10.1.0.1']);
  expect(namespace.isLocal(ipv4('10.0.0.1'))).toBe(true);
  namespace.devices.setUp('eth0', true);
  expect(namespace.routes.list().map(print)).toEqual(['10.0.0.0/24 dev eth0 src 10.0.0.1', '10.1.0.0/24 dev eth1 src 10.1.0.1']);
});

test('rules: by priority, by source, by mark', () => {
  const { routes } = host();
  routes.add({ destination: cidr('0.0.0.0/0'), via: ipv4('10.0.0.254') });
  routes.add({ destination: cidr('0.0.0.0/0'), via: ipv4('10.1.0.254'), table: 100 });
  routes.rules.add({ from: cidr('10.1.0.1/32'), action: { kind: 'lookup', table: 100 } });
  routes.rules.add({ mark: { value: 0x1, mask: 0xff }, priority: 100, action: { kind: 'prohibit' } });
  expect(routes.rules.list().map(({ priority }) => priority)).toEqual([0, 100, 32765, 32766, 32767]);
  const next = (query: Parameters<typeof routes.lookup>[1]) => {
    const answer = routes.lookup(ipv4('8.8.8.8'), query);
    return answer.kind === 'found' ? answer.nextHop : answer.reason;
  };
  expect([next({}), next({ source: ipv4('10.1.0.1') }), next({ mark: 0x101 }), next({ source: ANY })]).toEqual(['10.0.0.254', '10.1.0.254', 'prohibit', '10.0.0.254']);
});

test('of several next hops a pair of addresses always takes the same, and all are taken by some, by their weight', () => {
  const namespace = host();
  namespace.routes.add({ destination: cidr('10.9.0.0/16'), nextHops: [{ via: ipv4('10.0.0.254'), weight: 1 }, { via: ipv4('10.1.0.254'), device: 'eth1', weight: 3 }] });
  const taken = (last: number) => {
    const answer = namespace.routes.lookup(ipv4(`10.9.${last >> 8}.${last & 255}`), { source: ipv4('10.0.0.1') });
    return answer.kind === 'found' ? `${answer.nextHop} dev ${answer.device.name}` : answer.reason;
  };
  const all = Array.from({ length: 1024 }, (_, index) => taken(index));
  expect(Array.from({ length: 1024 }, (_, index) => taken(index))).toEqual(all);
  expect([...new Set(all)].sort()).toEqual(['10.0.0.254 dev eth0', '10.1.0.254 dev eth1']);
  const share = all.filter((way) => way.endsWith('eth1')).length / all.length;
  expect(share).toBeGreaterThan(0.65);
  expect(share).toBeLessThan(0.85);
  namespace.devices.setUp('eth1', false);
  expect(new Set(Array.from({ length: 100 }, (_, index) => taken(index)))).toEqual(new Set(['10.0.0.254 dev eth0']));
});
