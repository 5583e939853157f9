/** Small worlds for the tests of `net`: names instead of constructors, and the packet's path when a row fails. */
import { cidr, ipv4, type Ipv4 } from '../../src/base/address.ts';
import { EventClock } from '../../src/base/clock.ts';
import { seededRng } from '../../src/base/rng.ts';
import { createLan, type Lan } from '../../src/net/device/lan.ts';
import { NetError } from '../../src/net/errors.ts';
import type { NetNamespace } from '../../src/net/namespace.ts';
import { parseRules } from '../../src/net/netfilter/parse.ts';
import type { TableName } from '../../src/net/netfilter/hooks.ts';
import { printTraceEvent } from '../../src/net/trace.ts';
import { World } from '../../src/net/world.ts';

export interface Lab {
  readonly clock: EventClock;
  readonly world: World;
  readonly trace: string[];
  /** A namespace with `lo` up. */
  host(name: string): NetNamespace;
  /** Hosts on one wire, each with `eth0` and an address. */
  lan(name: string, hosts: Readonly<Record<string, string>>): { readonly lan: Lan; readonly hosts: Record<string, NetNamespace> };
  /** Let `ms` pass and promises settle, or less when what is waited for has come. */
  run(ms?: number, until?: () => boolean): Promise<void>;
}

export function makeLab(seed = 1): Lab {
  const clock = new EventClock(Date.UTC(2026, 0, 1));
  const world = new World({ clock, rng: seededRng(seed) });
  const trace: string[] = [];
  world.onTrace((event) => trace.push(printTraceEvent(event)));
  const host = (name: string) => {
    const namespace = world.createNamespace(name);
    namespace.devices.setUp('lo', true);
    return namespace;
  };
  return {
    clock,
    world,
    trace,
    host,
    lan(name, addresses) {
      const lan = createLan(world, name);
      const hosts: Record<string, NetNamespace> = {};
      for (const [label, address] of Object.entries(addresses)) {
        const namespace = (hosts[label] = host(label));
        lan.attach(namespace, 'eth0');
        namespace.devices.setUp('eth0', true);
        namespace.addAddress('eth0', cidr(address));
      }
      return { lan, hosts };
    },
    async run(ms = 0, until = () => false) {
      const end = clock.now() + ms;
      for (let due = clock.nextDue(); due !== undefined && due <= end; due = clock.nextDue()) {
        clock.advanceTo(due);
        await flush();
        if (until()) return;
      }
      clock.advanceTo(end);
      await flush();
    },
  };
}

/** Let what waits on resolved promises run; a few turns are enough for await chains in tests. */
export async function flush(): Promise<void> {
  for (let i = 0; i < 8; i++) await Promise.resolve();
}

/** Rules as a learner would type them: `-t nat -A PREROUTING …`. */
export function iptables(namespace: NetNamespace, ...lines: readonly string[]): void {
  for (const line of lines) {
    const words = splitWords(line);
    const at = words.indexOf('-t');
    const tableName = (at >= 0 ? words[at + 1]! : 'filter') as TableName;
    if (at >= 0) words.splice(at, 2);
    const table = namespace.netfilter.table(tableName)!;
    const [command, chain, ...rest] = words;
    if (command === '-N') table.addChain(chain!);
    else if (command === '-P') table.setPolicy(chain!, rest[0] as 'ACCEPT' | 'DROP');
    else if (command === '-A') {
      for (const rule of parseRules(rest, { table: tableName, chainExists: (name) => table.chains.get(name)?.builtin === false })) table.append(chain!, rule);
    } else throw new Error(`no such command: ${line}`);
  }
}

/** Words with double quotes, as iptables-restore splits a line. */
export function splitWords(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map((match) => (match[1] === undefined ? match[2]! : match[1].replace(/\\(.)/g, '$1')));
}

/** Who asks: root's process. */
const PROBE = { pid: 2, program: 'probe', uid: 0 };

/** `ping -c 1`: what comes back within ten seconds. */
export async function ping(lab: Lab, from: NetNamespace, to: string | Ipv4, options: { size?: number; dontFragment?: boolean; ttl?: number } = {}): Promise<string> {
  let outcome = 'timeout';
  const socket = from.sockets.echo({
    onReply: (reply) => (outcome = `reply from ${reply.from} ttl ${reply.ttl}`),
    onError: (error) => (outcome = `${error.kind} from ${error.from}${error.mtu === undefined ? '' : ` mtu ${error.mtu}`}`),
  });
  try {
    socket.send({ destination: ipv4(to), sequence: 1, ...options });
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    outcome = error.code;
  }
  await lab.run(10_000, () => outcome !== 'timeout');
  socket.close();
  return outcome;
}

/** Connect, send `hello`, return what the listener says about it: `web: hello from 10.0.0.1`. */
export async function tcp(lab: Lab, from: NetNamespace, to: string, port: number, waitMs = 140_000): Promise<string> {
  let outcome = 'pending';
  const attempt = async () => {
    const connection = await from.sockets.connectTcp({ destination: ipv4(to), port, owner: PROBE });
    connection.write('hello');
    connection.end();
    const parts: string[] = [];
    for (let data = await connection.read(); data !== undefined; data = await connection.read()) parts.push(data);
    return parts.join('');
  };
  const done = attempt().then(
    (text) => (outcome = text),
    (error: unknown) => (outcome = error instanceof NetError ? error.code : String(error)),
  );
  await lab.run(waitMs, () => outcome !== 'pending');
  // Both ends say goodbye.
  if (outcome !== 'pending') await lab.run(10);
  void done;
  return outcome;
}

/** A server that answers with its name, what it was told and by whom. */
export function serveTcp(namespace: NetNamespace, port: number, name = namespace.label): void {
  namespace.sockets.listenTcp({
    port,
    owner: { pid: 1, program: name },
    onConnection: (connection) => {
      void (async () => {
        const parts: string[] = [];
        for (let data = await connection.read(); data !== undefined; data = await connection.read()) parts.push(data);
        connection.write(`${name}: ${parts.join('')} from ${connection.remote.address}`);
        connection.end();
      })().catch(() => undefined);
    },
  });
}

/** One datagram from a connected socket, and what comes back within five seconds. */
export async function udp(lab: Lab, from: NetNamespace, to: string, port: number): Promise<string> {
  let outcome = 'timeout';
  const socket = from.sockets.bindUdp({ owner: PROBE, onMessage: (data) => (outcome = data), onError: (error) => (outcome = error.code) });
  try {
    socket.send('hello', { address: ipv4(to), port });
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    outcome = error.code;
  }
  await lab.run(5000, () => outcome !== 'timeout');
  socket.close();
  return outcome;
}

export function serveUdp(namespace: NetNamespace, port: number, name = namespace.label): void {
  const socket = namespace.sockets.bindUdp({
    port,
    owner: { pid: 1, program: name },
    onMessage: (data, from, to) => socket.send(`${name}: ${data} from ${from.address}`, from, { source: to.address }),
  });
}
