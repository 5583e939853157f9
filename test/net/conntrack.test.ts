/** Connections and translation: what the table holds, what each hook sees, and what happens when two look alike. */
import { expect, test } from 'vitest';
import { cidr, ipv4 } from '../../src/base/address.ts';
import type { NetNamespace } from '../../src/net/namespace.ts';
import type { ConntrackEntry } from '../../src/net/conntrack.ts';
import type { Tuple } from '../../src/net/tuple.ts';
import { iptables, type Lab, makeLab, ping, serveTcp, serveUdp, tcp, udp } from './support.ts';

/** client (10.1.0.2) – router – server (10.2.0.2) */
function routed(): { lab: Lab; client: NetNamespace; router: NetNamespace; server: NetNamespace } {
  const lab = makeLab();
  const left = lab.lan('left', { client: '10.1.0.2/24', router: '10.1.0.1/24' });
  const right = lab.lan('right', { server: '10.2.0.2/24' });
  const { client, router } = left.hosts as { client: NetNamespace; router: NetNamespace };
  const server = right.hosts['server']!;
  right.lan.attach(router, 'eth1');
  router.devices.setUp('eth1', true);
  router.addAddress('eth1', cidr('10.2.0.1/24'));
  router.sysctl.set('net.ipv4.ip_forward', '1');
  client.routes.add({ destination: cidr('0.0.0.0/0'), via: ipv4('10.1.0.1') });
  server.routes.add({ destination: cidr('0.0.0.0/0'), via: ipv4('10.2.0.1') });
  return { lab, client, router, server };
}

const printTuple = (tuple: Tuple) => (tuple.protocol === 'icmp' ? `${tuple.source}>${tuple.destination} type ${tuple.destinationPort}` : `${tuple.source}:P>${tuple.destination}:${tuple.destinationPort > 32767 || tuple.sourcePort < 1024 ? 'P' : tuple.destinationPort}`);

/** As `conntrack -L` would, with the client's chance port as P. */
function print({ original, reply, state, status }: ConntrackEntry): string {
  const flags = [status.snat && 'SNAT', status.dnat && 'DNAT', status.seenReply ? '' : 'UNREPLIED', status.assured && 'ASSURED'].filter(Boolean);
  return [original.protocol, state ?? '', printTuple(original), '|', printTuple(reply).replace(/:P>/, reply.sourcePort < 32768 ? `:${reply.sourcePort}>` : ':P>'), ...flags].filter((word) => word !== '').join(' ');
}

const table = (namespace: NetNamespace) => namespace.conntrack.entries().map(print);

test('nothing is tracked until a rule needs it', async () => {
  const { lab, client, router, server } = routed();
  serveTcp(server, 80);
  await tcp(lab, client, '10.2.0.2', 80, 1000);
  expect(table(router)).toEqual([]);
  iptables(router, '-A FORWARD -m conntrack --ctstate NEW');
  await tcp(lab, client, '10.2.0.2', 80, 1000);
  expect(table(router)).toEqual(['tcp TIME_WAIT 10.1.0.2:P>10.2.0.2:80 | 10.2.0.2:80>10.1.0.2:P ASSURED']);
});

test('what the table says of each kind of traffic', async () => {
  const { lab, client, router, server } = routed();
  serveUdp(server, 53);
  iptables(router, '-t nat -A PREROUTING -d 10.96.0.10/32 -p udp -m udp --dport 53 -j DNAT --to-destination 10.2.0.2:53', '-t nat -A POSTROUTING -o eth1 -p icmp -j MASQUERADE');
  expect(await udp(lab, client, '10.96.0.10', 53)).toBe('server: hello from 10.1.0.2');
  await ping(lab, client, '10.2.0.2');
  await udp(lab, client, '10.2.0.2', 99);
  expect(table(router)).toEqual([
    'udp 10.1.0.2:P>10.96.0.10:53 | 10.2.0.2:53>10.1.0.2:P DNAT',
    'icmp 10.1.0.2>10.2.0.2 type 8 | 10.2.0.2>10.2.0.1 type 0 SNAT',
    'udp 10.1.0.2:P>10.2.0.2:99 | 10.2.0.2:99>10.1.0.2:P UNREPLIED',
  ]);
});

test('an entry lives as long as its protocol allows', async () => {
  const { lab, client, router, server } = routed();
  serveUdp(server, 53);
  iptables(router, '-A FORWARD -m conntrack --ctstate NEW');
  client.sockets.bindUdp({ port: 4000, onMessage: () => undefined }).send('x', { address: ipv4('10.2.0.2'), port: 53 });
  await lab.run(29_900);
  expect(table(router)).toHaveLength(1);
  await lab.run(200);
  expect(table(router)).toEqual([]);
});

test('a stale UDP entry keeps sending to the old endpoint until it is deleted', async () => {
  const { lab, client, router, server } = routed();
  serveUdp(server, 53);
  const rule = (port: number) => `-t nat -A PREROUTING -d 10.96.0.10/32 -p udp -m udp --dport 53 -j DNAT --to-destination 10.2.0.2:${port}`;
  iptables(router, rule(5353));
  let answers = 0;
  const socket = client.sockets.bindUdp({ port: 4000, onMessage: () => answers++ });
  const ask = async () => {
    socket.send('q', { address: ipv4('10.96.0.10'), port: 53 });
    await lab.run(1000);
    return answers;
  };
  expect(await ask()).toBe(0);
  router.netfilter.table('nat')!.flush('PREROUTING');
  iptables(router, rule(53));
  expect(await ask()).toBe(0);
  expect(router.conntrack.delete({ protocol: 'udp', destination: ipv4('10.96.0.10'), destinationPort: 53 })).toBe(1);
  expect(await ask()).toBe(1);
});

test('two clients with the same port behind one address get different ones', async () => {
  const { lab, client, router, server } = routed();
  router.addAddress('eth0', cidr('10.1.0.254/24'));
  const seen: number[] = [];
  server.sockets.bindUdp({ port: 53, onMessage: (_data, from) => seen.push(from.port) });
  client.addAddress('eth0', cidr('10.1.0.3/24'));
  iptables(router, '-t nat -A POSTROUTING -o eth1 -j MASQUERADE');
  for (const source of ['10.1.0.2', '10.1.0.3']) {
    const socket = client.sockets.bindUdp({ address: ipv4(source), port: 4000, onMessage: () => undefined });
    socket.send('x', { address: ipv4('10.2.0.2'), port: 53 });
    await lab.run(100);
  }
  expect(seen[0]).toBe(4000);
  expect(seen[1]).not.toBe(4000);
  expect(seen).toHaveLength(2);
});

test('a privileged port stays privileged, random-fully does not keep the port', async () => {
  const { lab, client, router, server } = routed();
  const seen: number[] = [];
  server.sockets.bindUdp({ port: 53, onMessage: (_data, from) => seen.push(from.port) });
  iptables(router, '-t nat -A POSTROUTING -o eth1 -j MASQUERADE --random-fully');
  for (const port of [500, 900, 4000]) client.sockets.bindUdp({ port, onMessage: () => undefined }).send('x', { address: ipv4('10.2.0.2'), port: 53 });
  await lab.run(100);
  expect(seen.map((port) => (port < 512 ? 'below 512' : port < 1024 ? 'below 1024' : 'above'))).toEqual(['below 512', 'below 1024', 'above']);
  expect(seen).not.toContain(4000);
});

test('connections spread over endpoints as the probabilities say, and each stays with its own', async () => {
  const { lab, client, router, server } = routed();
  for (const address of ['10.2.0.3/24', '10.2.0.4/24']) server.addAddress('eth0', cidr(address));
  server.sockets.listenTcp({
    port: 80,
    onConnection: (connection) => {
      void (async () => {
        while ((await connection.read()) !== undefined);
        connection.write(connection.local.address);
        connection.end();
      })();
    },
  });
  iptables(
    router,
    '-t nat -N SVC',
    '-t nat -A PREROUTING -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j SVC',
    '-t nat -A SVC -m statistic --mode random --probability 0.33333333349 -p tcp -j DNAT --to-destination 10.2.0.2:80',
    '-t nat -A SVC -m statistic --mode random --probability 0.50000000000 -p tcp -j DNAT --to-destination 10.2.0.3:80',
    '-t nat -A SVC -p tcp -j DNAT --to-destination 10.2.0.4:80',
  );
  const counts: Record<string, number> = {};
  for (let i = 0; i < 90; i++) {
    const answer = await tcp(lab, client, '10.96.0.10', 80, 20);
    counts[answer] = (counts[answer] ?? 0) + 1;
  }
  expect(Object.keys(counts).sort()).toEqual(['10.2.0.2', '10.2.0.3', '10.2.0.4']);
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(15);
});

test('session affinity: recent keeps a client with its endpoint, until it has been away', async () => {
  const { lab, client, router, server } = routed();
  server.addAddress('eth0', cidr('10.2.0.3/24'));
  server.sockets.listenTcp({
    port: 80,
    onConnection: (connection) => {
      void (async () => {
        while ((await connection.read()) !== undefined);
        connection.write(connection.local.address);
        connection.end();
      })();
    },
  });
  const endpoint = (name: string, address: string) => [`-t nat -N ${name}`, `-t nat -A ${name} -p tcp -m recent --set --name ${name} --mask 255.255.255.255 --rsource -m tcp -j DNAT --to-destination ${address}:80`];
  const sticky = (name: string) => `-t nat -A SVC -m recent --rcheck --seconds 10800 --reap --name ${name} --mask 255.255.255.255 --rsource -j ${name}`;
  iptables(
    router,
    '-t nat -N SVC',
    ...endpoint('SEP-A', '10.2.0.2'),
    ...endpoint('SEP-B', '10.2.0.3'),
    '-t nat -A PREROUTING -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j SVC',
    sticky('SEP-A'),
    sticky('SEP-B'),
    '-t nat -A SVC -m statistic --mode random --probability 0.50000000000 -j SEP-A',
    '-t nat -A SVC -j SEP-B',
  );
  const seen = new Set<string>();
  for (let i = 0; i < 12; i++) seen.add(await tcp(lab, client, '10.96.0.10', 80, 20));
  expect(seen.size).toBe(1);
  for (let i = 0; i < 12; i++) {
    await lab.run(10_801_000);
    seen.add(await tcp(lab, client, '10.96.0.10', 80, 20));
  }
  expect(seen.size).toBe(2);
});

test('a node reaches itself through a Service: translated out and in again over lo', async () => {
  const { lab, router } = routed();
  serveTcp(router, 8080);
  // Without any route the packet would be refused before OUTPUT could translate it.
  router.routes.add({ destination: cidr('0.0.0.0/0'), via: ipv4('10.2.0.2') });
  iptables(router, '-t nat -A OUTPUT -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.1.0.1:8080');
  expect(await tcp(lab, router, '10.96.0.10', 80, 1000), lab.trace.join('\n')).toBe('router: hello from 10.2.0.1');
});

test('an untracked packet is not translated', async () => {
  const { lab, client, router, server } = routed();
  serveUdp(server, 53);
  iptables(router, '-t nat -A POSTROUTING -o eth1 -j MASQUERADE', '-t raw -A PREROUTING -p udp --dport 53 -j CT --notrack');
  expect(await udp(lab, client, '10.2.0.2', 53)).toBe('server: hello from 10.1.0.2');
  expect(table(router).filter((line) => line.includes(':53'))).toHaveLength(1);
});

test('an answer to nothing is INVALID', async () => {
  const { lab, client, router, server } = routed();
  iptables(router, '-A FORWARD -m conntrack --ctstate INVALID -j DROP');
  client.send({
    type: 'ipv4',
    source: ipv4('10.1.0.2'),
    destination: ipv4('10.2.0.2'),
    ttl: 64,
    payload: { protocol: 'tcp', sourcePort: 1, destinationPort: 2, flags: 'S.', sequence: 1, acknowledgement: 1, window: 1, data: '' },
  });
  let arrived = 0;
  server.capture('eth0', ({ frame }) => frame.payload.type === 'ipv4' && arrived++);
  await lab.run(100);
  expect([arrived, router.drops.get('filtered')]).toEqual([0, 1]);
});

test('whoever watches hears of a connection as it begins, changes and ends', async () => {
  const { lab, client, router, server } = routed();
  serveTcp(server, 80);
  iptables(router, '-A FORWARD -m conntrack --ctstate NEW');
  const heard: string[] = [];
  const stop = router.conntrack.watch((event, entry) => heard.push(`${event} ${entry.state}${entry.status.assured ? ' ASSURED' : ''}`));
  await tcp(lab, client, '10.2.0.2', 80, 1000);
  router.conntrack.delete({});
  expect(heard[0]).toBe('NEW SYN_SENT');
  expect(heard.slice(1, 3)).toEqual(['UPDATE SYN_RECV', 'UPDATE ESTABLISHED ASSURED']);
  expect(heard.at(-1)).toMatch(/^DESTROY /);
  stop();
  await tcp(lab, client, '10.2.0.2', 80, 1000);
  expect(heard.at(-1)).toMatch(/^DESTROY /);
});
