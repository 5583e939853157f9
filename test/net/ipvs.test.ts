/** The balancer by itself: a director with two real servers behind it, as `ipvsadm` would set it up. */
import { describe, expect, it } from 'vitest';
import { cidr, ipv4 } from '../../src/base/address.ts';
import { createDummy } from '../../src/net/device/dummy.ts';
import { NetError } from '../../src/net/errors.ts';
import type { IpvsDestinationOptions, IpvsServiceOptions } from '../../src/net/ipvs/services.ts';
import type { NetNamespace } from '../../src/net/namespace.ts';
import { iptables, makeLab, serveTcp, tcp, type Lab } from './support.ts';

const VIP = '10.96.0.5';
const KEY = { protocol: 'tcp', address: ipv4(VIP), port: 80 } as const;

interface Setup {
  readonly lab: Lab;
  readonly director: NetNamespace;
  readonly clients: readonly NetNamespace[];
}

/** Clients on one wire, servers on another, the director between them with the service's address on a dummy device. */
function setUp(service: IpvsServiceOptions, servers: Readonly<Record<string, IpvsDestinationOptions>>, clients = 1): Setup {
  const lab = makeLab();
  const front = lab.lan('front', { director: '192.168.0.1/24', ...Object.fromEntries(Array.from({ length: clients }, (_, index) => [`client${index}`, `192.168.0.${10 + index}/24`])) });
  const director = front.hosts['director']!;
  const back = lab.lan('back', Object.fromEntries(Object.keys(servers).map((name, index) => [name, `10.0.0.${11 + index}/24`])));
  back.lan.attach(director, 'eth1');
  director.devices.setUp('eth1', true);
  director.addAddress('eth1', cidr('10.0.0.1/24'));
  director.sysctl.set('net.ipv4.ip_forward', '1');
  director.sysctl.loadIpvs();
  createDummy(director, 'kube-ipvs0');
  director.addAddress('kube-ipvs0', cidr(`${VIP}/32`));
  director.ipvs.addService(KEY, service);
  for (const [index, [name, options]] of Object.entries(servers).entries()) {
    const host = back.hosts[name]!;
    host.routes.add({ destination: cidr('0.0.0.0/0'), via: ipv4('10.0.0.1') });
    serveTcp(host, 80, name);
    director.ipvs.addDestination(KEY, ipv4(`10.0.0.${11 + index}`), 80, { forwarding: 'masq', ...options });
  }
  const hosts = Array.from({ length: clients }, (_, index) => front.hosts[`client${index}`]!);
  for (const host of hosts) host.routes.add({ destination: cidr('10.96.0.0/16'), via: ipv4('192.168.0.1') });
  return { lab, director, clients: hosts };
}

/** Who answered, one letter each. */
async function ask({ lab, clients }: Setup, times: number, client = 0): Promise<string> {
  const answers: string[] = [];
  for (let i = 0; i < times; i++) answers.push((await tcp(lab, clients[client]!, VIP, 80, 500)).replace(/: hello.*/, ''));
  return answers.join(' ');
}

describe('schedulers', () => {
  const even = { a: {}, b: {} };
  it.each([
    ['rr', even, 6, /^(a b a b a b|b a b a b a)$/],
    ['wrr', { a: { weight: 3 }, b: { weight: 1 } }, 8, /^(?=(.*a){6})(?=(.*b){2})/],
    ['rr', { a: { weight: 0 }, b: {} }, 3, /^b b b$/],
    ['sh', even, 5, /^(a a a a a|b b b b b)$/],
    ['dh', even, 5, /^(a a a a a|b b b b b)$/],
    // Connections that ended weigh one each: the two stay level.
    ['lc', even, 6, /^(?=(.*a){3})(?=(.*b){3})/],
    ['wlc', { a: { weight: 2 }, b: { weight: 1 } }, 6, /^(?=(.*a){4})(?=(.*b){2})/],
  ] as const)('%s over %j', async (scheduler, servers, times, answers) => {
    expect(await ask(setUp({ scheduler }, servers), times)).toMatch(answers);
  });

  it('persistence keeps a client with its server, until its time is over', async () => {
    const setup = setUp({ scheduler: 'rr', persistentSeconds: 60 }, even, 2);
    expect([await ask(setup, 3), await ask(setup, 3, 1)].sort()).toEqual(['a a a', 'b b b']);
    expect(setup.director.ipvs.list()[0]!.destinations.map((server) => server.persistentConnections)).toEqual([1, 1]);
    // A template lives while one of its connections does: two minutes for TIME_WAIT, and its own minute.
    await setup.lab.run(200_000);
    expect(setup.director.ipvs.connections.list()).toEqual([]);
  });
});

describe('connections', () => {
  it('the server sees the client, and the client the service', async () => {
    const setup = setUp({ scheduler: 'rr' }, { a: {} });
    expect(await tcp(setup.lab, setup.clients[0]!, VIP, 80, 500)).toBe('a: hello from 192.168.0.10');
  });

  it('masquerade needs vs.conntrack: without it netfilter does not know the connection', async () => {
    for (const [conntrack, outcome] of [['1', 'a: hello from 10.0.0.1'], ['0', 'a: hello from 192.168.0.10']] as const) {
      const setup = setUp({ scheduler: 'rr' }, { a: {} });
      iptables(setup.director, '-t nat -A POSTROUTING -o eth1 -j MASQUERADE');
      setup.director.sysctl.set('net.ipv4.vs.conntrack', conntrack);
      expect(await tcp(setup.lab, setup.clients[0]!, VIP, 80, 500)).toBe(outcome);
    }
  });

  it('counts what ipvsadm shows', async () => {
    const setup = setUp({ scheduler: 'rr' }, { a: {} });
    await ask(setup, 2);
    const [service] = setup.director.ipvs.list();
    const [server] = service!.destinations;
    expect([service!.counters.connections, server!.counters.connections, server!.activeConnections, server!.inactiveConnections]).toEqual([2, 2, 0, 2]);
    expect(service!.counters.inPackets).toBeGreaterThan(6);
    expect(service!.counters.outBytes).toBeGreaterThan(200);
    expect(setup.director.ipvs.connections.list().map(({ protocol, client, virtual, virtualPort, state, serverPort }) => [protocol, client, virtual, virtualPort, state, serverPort])).toEqual(
      Array.from({ length: 2 }, () => ['tcp', '192.168.0.10', VIP, 80, 'TIME_WAIT', 80]),
    );
    setup.director.ipvs.zero();
    expect(service!.counters).toEqual({ connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 });
    await setup.lab.run(121_000);
    expect(setup.director.ipvs.connections.list()).toEqual([]);
    expect([server!.activeConnections, server!.inactiveConnections]).toEqual([0, 0]);
  });

  it('without servers the client is refused; another port of the address is not the service\'s', async () => {
    const setup = setUp({ scheduler: 'rr' }, {});
    expect(await tcp(setup.lab, setup.clients[0]!, VIP, 80, 500)).toBe('ECONNREFUSED');
    const other = setUp({ scheduler: 'rr' }, { a: {} });
    expect(await tcp(other.lab, other.clients[0]!, VIP, 81, 500)).toBe('ECONNREFUSED');
  });

  it('a server that leaves takes its connections along when expire_nodest_conn says so', async () => {
    const setup = setUp({ scheduler: 'rr' }, { a: {} });
    setup.director.sysctl.set('net.ipv4.vs.expire_nodest_conn', '1');
    const connection = setup.clients[0]!.sockets.connectTcp({ destination: ipv4(VIP), port: 80 });
    await setup.lab.run(500);
    const open = await connection;
    setup.director.ipvs.deleteDestination(KEY, ipv4('10.0.0.11'), 80);
    open.write('anybody?');
    await setup.lab.run(3000);
    expect(setup.director.drops.get('no-server')).toBe(1);
    expect(setup.director.ipvs.connections.list()).toEqual([]);
  });

  it('the machine\'s own clients are balanced on their way out', async () => {
    const setup = setUp({ scheduler: 'rr' }, { a: {} });
    setup.director.sysctl.set('net.ipv4.vs.conntrack', '1');
    iptables(setup.director, '-t nat -A POSTROUTING -o eth1 -j MASQUERADE');
    expect(await tcp(setup.lab, setup.director, VIP, 80, 500)).toBe('a: hello from 10.0.0.1');
  });
});

describe('what the kernel refuses', () => {
  const { ipvs } = makeLab().host('director');
  const refusal = (run: () => unknown) => {
    try {
      run();
      return 'accepted';
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      return error.code;
    }
  };
  it.each([
    ['a service', () => ipvs.addService(KEY, { scheduler: 'rr' }), 'accepted'],
    ['the same again', () => ipvs.addService(KEY, { scheduler: 'rr' }), 'EEXIST'],
    ['a scheduler that there is not', () => ipvs.addService({ ...KEY, port: 81 }, { scheduler: 'best' }), 'ENOENT'],
    ['every port without persistence', () => ipvs.addService({ ...KEY, port: 0 }, { scheduler: 'rr' }), 'EINVAL'],
    ['a server', () => ipvs.addDestination(KEY, ipv4('10.0.0.11'), 80, { forwarding: 'masq' }), 'accepted'],
    ['the same server again', () => ipvs.addDestination(KEY, ipv4('10.0.0.11'), 80, {}), 'EEXIST'],
    ['a server of no service', () => ipvs.addDestination({ ...KEY, port: 82 }, ipv4('10.0.0.11'), 80, {}), 'ESRCH'],
    ['to change a server that is not there', () => ipvs.editDestination(KEY, ipv4('10.0.0.12'), 80, {}), 'ENOENT'],
    ['to delete a server that is not there', () => ipvs.deleteDestination(KEY, ipv4('10.0.0.12'), 80), 'ENOENT'],
    ['to delete a service that is not there', () => ipvs.deleteService({ ...KEY, port: 82 }), 'ESRCH'],
    ['a mark as a service', () => ipvs.addService({ mark: 7 }, { scheduler: 'wlc' }), 'accepted'],
  ])('%s', (_, run, outcome) => expect(refusal(run)).toBe(outcome));
});
