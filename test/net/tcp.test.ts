/** TCP over the simulated clock: how long things take, what breaks them, and what each side is told. */
import { describe, expect, test } from 'vitest';
import { cidr, ipv4 } from '../../src/base/address.ts';
import { NetError } from '../../src/net/errors.ts';
import type { NetNamespace } from '../../src/net/namespace.ts';
import { frameSize } from '../../src/net/packet.ts';
import type { TcpConnection } from '../../src/net/sockets.ts';
import { iptables, type Lab, makeLab } from './support.ts';

interface Pair {
  readonly lab: Lab;
  readonly a: NetNamespace;
  readonly b: NetNamespace;
  readonly client: TcpConnection;
  readonly server: TcpConnection;
}

async function connected(): Promise<Pair> {
  const lab = makeLab();
  const { hosts } = lab.lan('lan0', { a: '10.0.0.1/24', b: '10.0.0.2/24' });
  const [a, b] = [hosts['a']!, hosts['b']!];
  const accepted: TcpConnection[] = [];
  b.sockets.listenTcp({ port: 80, onConnection: (connection) => accepted.push(connection) });
  const connecting = a.sockets.connectTcp({ destination: ipv4('10.0.0.2'), port: 80 });
  await lab.run(100);
  return { lab, a, b, client: await connecting, server: accepted[0]! };
}

/** What a promise came to, as one word. */
function fate(promise: Promise<unknown>): { value: string } {
  const result = { value: 'pending' };
  promise.then(
    (value) => (result.value = value === undefined ? 'end' : JSON.stringify(value)),
    (error: unknown) => (result.value = error instanceof NetError ? error.code : String(error)),
  );
  return result;
}

const flags = (lab: Lab) => lab.trace.flatMap((line) => /eth0 +(?:Out) .*Flags \[(.+?)\], length (\d+)/.exec(line)?.slice(1, 3).join(' ') ?? []);

test('a conversation, segment by segment', async () => {
  const lab = makeLab();
  const { hosts } = lab.lan('lan0', { a: '10.0.0.1/24', b: '10.0.0.2/24' });
  hosts['b']!.sockets.listenTcp({
    port: 80,
    onConnection: (connection) => {
      void (async () => {
        connection.write(`you said ${await connection.read()}`);
        await connection.read();
        connection.end();
      })();
    },
  });
  const connecting = hosts['a']!.sockets.connectTcp({ destination: ipv4('10.0.0.2'), port: 80 });
  await lab.run(10);
  const client = await connecting;
  client.write('hi');
  await lab.run(10);
  expect(await client.read()).toBe('you said hi');
  client.end();
  await lab.run(10);
  expect(await client.read()).toBeUndefined();
  expect(flags(lab)).toEqual(['S 0', 'S. 0', '. 0', 'P. 2', '. 0', 'P. 11', '. 0', 'F. 0', '. 0', 'F. 0', '. 0']);
  expect(client.state).toBe('TIME-WAIT');
  await lab.run(60_000);
  expect(hosts['a']!.sockets.list()).toEqual([]);
});

describe('a connection that nobody answers', () => {
  const rows = [
    ['silence', '-A INPUT -p tcp -j DROP', 'ETIMEDOUT', 127],
    ['a reset', '-A INPUT -p tcp -j REJECT --reject-with tcp-reset', 'ECONNREFUSED', 0],
    ['port unreachable', '-A INPUT -p tcp -j REJECT', 'ECONNREFUSED', 0],
    ['host unreachable', '-A INPUT -p tcp -j REJECT --reject-with icmp-host-unreachable', 'EHOSTUNREACH', 0],
    ['network unreachable', '-A INPUT -p tcp -j REJECT --reject-with icmp-net-unreachable', 'ENETUNREACH', 0],
    ['protocol unreachable', '-A INPUT -p tcp -j REJECT --reject-with icmp-proto-unreachable', 'ENOPROTOOPT', 0],
    ['administratively prohibited', '-A INPUT -p tcp -j REJECT --reject-with icmp-admin-prohibited', 'EHOSTUNREACH', 0],
  ] as const;
  test.each(rows)('%s (%s): %s after %i s', async (_what, rule, code, seconds) => {
    const lab = makeLab();
    const { hosts } = lab.lan('lan0', { a: '10.0.0.1/24', b: '10.0.0.2/24' });
    hosts['b']!.sockets.listenTcp({ port: 80, onConnection: () => undefined });
    iptables(hosts['b']!, rule);
    let endedAt = 0;
    const result = fate(hosts['a']!.sockets.connectTcp({ destination: ipv4('10.0.0.2'), port: 80 }).finally(() => (endedAt = lab.clock.now())));
    await lab.run(200_000);
    expect([result.value, Math.round(endedAt / 1000)]).toEqual([code, seconds]);
  });
});

test('SYNs are sent again after 1, 3, 7, 15, 31 and 63 seconds', async () => {
  const lab = makeLab();
  const { hosts } = lab.lan('lan0', { a: '10.0.0.1/24', b: '10.0.0.2/24' });
  iptables(hosts['b']!, '-A INPUT -p tcp -j DROP');
  const sentAt: number[] = [];
  hosts['a']!.capture('eth0', ({ direction, frame, atMs }) => direction === 'out' && frame.payload.type === 'ipv4' && sentAt.push(Math.round(atMs / 1000)));
  fate(hosts['a']!.sockets.connectTcp({ destination: ipv4('10.0.0.2'), port: 80 }));
  await lab.run(200_000);
  expect(sentAt).toEqual([0, 1, 3, 7, 15, 31, 63]);
});

test('giving up takes the SYNs with it', async () => {
  const lab = makeLab();
  const { hosts } = lab.lan('lan0', { a: '10.0.0.1/24', b: '10.0.0.2/24' });
  iptables(hosts['b']!, '-A INPUT -p tcp -j DROP');
  const abort = new AbortController();
  const result = fate(hosts['a']!.sockets.connectTcp({ destination: ipv4('10.0.0.2'), port: 80 }, abort.signal));
  await lab.run(2000);
  abort.abort(new Error('too slow'));
  await lab.run(1);
  expect(result.value).toBe('Error: too slow');
  expect(hosts['a']!.sockets.list()).toEqual([]);
});

test('a megabyte arrives whole, in segments that fit the wire', async () => {
  const { lab, a, client, server } = await connected();
  let largest = 0;
  a.capture('eth0', ({ frame }) => (largest = Math.max(largest, frameSize(frame))));
  const sent = Array.from({ length: 65_536 }, (_, index) => `line ${index.toString().padStart(9)}\n`).join('');
  client.write(sent);
  client.end();
  const parts: string[] = [];
  const reading = (async () => {
    for (let data = await server.read(); data !== undefined; data = await server.read()) parts.push(data);
  })();
  await lab.run(5000);
  await reading;
  expect(parts.join('') === sent).toBe(true);
  expect(largest).toBe(1514);
});

test('a reader who does not read stops the writer, and starts it again', async () => {
  const { lab, client, server } = await connected();
  client.write('x'.repeat(400_000));
  await lab.run(10_000);
  expect(client.pendingBytes).toBeGreaterThan(200_000);
  let count = 0;
  for (let round = 0; round < 20; round++) {
    const result = server.read();
    await lab.run(1000);
    count += (await Promise.race([result, Promise.resolve('')]))?.length ?? 0;
    if (count === 400_000) break;
  }
  expect(count).toBe(400_000);
  expect(client.pendingBytes).toBe(0);
});

test('a path that breaks stalls the transfer, and one that heals ends the stall', async () => {
  const { lab, a, client, server } = await connected();
  a.devices.setUp('eth0', false);
  client.write('are you there?');
  await lab.run(5000);
  const heard = fate(server.read());
  await lab.run(1);
  expect([heard.value, client.pendingBytes]).toEqual(['pending', 14]);
  a.devices.setUp('eth0', true);
  await lab.run(10_000);
  expect([heard.value, client.pendingBytes]).toEqual(['"are you there?"', 0]);
});

test('a path that stays broken ends the connection after a quarter of an hour', async () => {
  const { lab, b, client } = await connected();
  iptables(b, '-A INPUT -p tcp -j DROP');
  client.write('are you there?');
  let endedAt = 0;
  const result = fate(client.read().finally(() => (endedAt = lab.clock.now())));
  await lab.run(2_000_000);
  expect([result.value, Math.round(endedAt / 1000)]).toEqual(['ETIMEDOUT', 925]);
});

test('what each side is told', async () => {
  const rows: readonly (readonly [string, (pair: Pair) => void, string, string])[] = [
    ['the server ends', ({ server }) => server.end(), 'end', 'pending'],
    ['the server resets', ({ server }) => server.reset(), 'ECONNRESET', 'ECONNRESET'],
    ['the client closes', ({ client }) => client.close(), 'pending', 'end'],
    ['the namespace of the server vanishes without a word', ({ lab, b }) => lab.world.destroyNamespace(b), 'pending', 'ECONNRESET'],
  ];
  for (const [what, act, client, server] of rows) {
    const pair = await connected();
    const [heardByClient, heardByServer] = [fate(pair.client.read()), fate(pair.server.read())];
    act(pair);
    await pair.lab.run(1000);
    expect([what, heardByClient.value, heardByServer.value]).toEqual([what, client, server]);
  }
});

test('a smaller MTU on the way is found and obeyed', async () => {
  const lab = makeLab();
  const left = lab.lan('left', { a: '10.1.0.2/24', r: '10.1.0.1/24' });
  const { a, r } = left.hosts as { a: NetNamespace; r: NetNamespace };
  const right = lab.lan('right', { b: '10.2.0.2/24' });
  const b = right.hosts['b']!;
  right.lan.attach(r, 'eth1', { mtu: 1400 });
  r.devices.setUp('eth1', true);
  r.addAddress('eth1', cidr('10.2.0.1/24'));
  r.sysctl.set('net.ipv4.ip_forward', '1');
  a.routes.add({ destination: cidr('0.0.0.0/0'), via: ipv4('10.1.0.1') });
  b.routes.add({ destination: cidr('0.0.0.0/0'), via: ipv4('10.2.0.1') });
  let got = '';
  b.sockets.listenTcp({
    port: 80,
    onConnection: (connection) => {
      void (async () => {
        for (let data = await connection.read(); data !== undefined; data = await connection.read()) got += data;
      })();
    },
  });
  const connecting = a.sockets.connectTcp({ destination: ipv4('10.2.0.2'), port: 80 });
  await lab.run(100);
  const client = await connecting;
  client.write('y'.repeat(50_000));
  client.end();
  await lab.run(5000);
  expect(got.length).toBe(50_000);
  expect(a.pathMtu(ipv4('10.2.0.2'))).toBe(1400);
});

test('ports: taken, free again, any', () => {
  const lab = makeLab();
  const host = lab.host('a');
  const listen = (port: number, address?: string) => host.sockets.listenTcp({ port, ...(address ? { address: ipv4(address) } : {}), onConnection: () => undefined });
  const first = listen(80);
  expect(() => listen(80)).toThrow(new NetError('EADDRINUSE'));
  expect(() => listen(80, '127.0.0.1')).toThrow(new NetError('EADDRINUSE'));
  first.close();
  listen(80, '127.0.0.1').close();
  expect(() => listen(80, '10.9.9.9')).toThrow(new NetError('EADDRNOTAVAIL'));
  expect(listen(0).port).toBeGreaterThanOrEqual(32768);
});
