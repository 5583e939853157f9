/**
 * Network address translation: choose once per connection, then rewrite every packet both ways.
 * See net/netfilter/nf_nat_core.c, nf_nat_proto.c.
 */
import type { Ipv4 } from '../base/address.ts';
import { fromNumber, toNumber } from '../base/address.ts';
import type { ConntrackEntry } from './conntrack.ts';
import type { PacketInFlight } from './in-flight.ts';
import type { NetNamespace } from './namespace.ts';
import type { HookName } from './netfilter/hooks.ts';
import { describePacket, type Ipv4Packet, isIcmpError } from './packet.ts';
import { invert, keyOf, type Tuple, withDestination, withSource } from './tuple.ts';

/** Which end a hook rewrites. */
export type NatEnd = 'source' | 'destination';

/** What a NAT target may choose from; without an address the present one stays. */
export interface NatRange {
  readonly first?: Ipv4;
  readonly last?: Ipv4;
  readonly firstPort?: number;
  readonly lastPort?: number;
  /** The original port that becomes the first one; those after it follow (`--to-destination :8000-8010/9000`). */
  readonly basePort?: number;
  /** Any free port, drawn by lot (`--random-fully`, `--random`). */
  readonly random?: boolean;
  /** The same client always gets the same address of the range. */
  readonly persistent?: boolean;
}

/** Destinations are rewritten before routing, sources after. */
export const natEnd = (hook: HookName): NatEnd => (hook === 'prerouting' || hook === 'output' ? 'destination' : 'source');

/** Whether the connection has its answer for this end. */
export const natDone = (entry: ConntrackEntry, end: NatEnd): boolean => (end === 'source' ? entry.status.sourceDone : entry.status.destinationDone);

/** Decide about one end of a new connection. @returns false when no port is free */
export function setupNat(namespace: NetNamespace, entry: ConntrackEntry, end: NatEnd, range: NatRange): boolean {
  const current = invert(entry.reply);
  const chosen = choose(namespace, entry, end, current, range);
  if (!chosen) return false;
  if (keyOf(chosen) !== keyOf(current)) {
    entry.reply = invert(chosen);
    if (end === 'source') entry.status.snat = true;
    else entry.status.dnat = true;
  }
  if (end === 'source') entry.status.sourceDone = true;
  else entry.status.destinationDone = true;
  return true;
}

/** No rule spoke: keep the packet as it is, unless two connections would then look alike. */
export function setupNullNat(namespace: NetNamespace, entry: ConntrackEntry, end: NatEnd): boolean {
  return setupNat(namespace, entry, end, {});
}

/** Rewrite what the connection says for this hook. */
export function translate(namespace: NetNamespace, flight: PacketInFlight, hook: HookName): void {
  const { tracking, packet } = flight;
  if (!tracking?.entry) return;
  const { entry, direction } = tracking;
  const end = natEnd(hook);
  // What SNAT did to the source of a question is undone at the destination of its answer.
  const changed = (end === 'source') === (direction === 'original') ? entry.status.snat : entry.status.dnat;
  if (!changed) return;
  const target = invert(direction === 'original' ? entry.reply : entry.original);
  const { payload } = packet;
  const after = payload.protocol === 'icmp' && isIcmpError(payload) && payload.quoted ? translateError(packet, end, target) : rewrite(packet, end, target);
  if (namespace.world.traced && describePacket(after) !== describePacket(packet)) namespace.trace({ kind: 'translated', before: packet, after, hook });
  flight.packet = after;
}

function rewrite(packet: Ipv4Packet, end: NatEnd, target: Tuple): Ipv4Packet {
  return end === 'source' ? withSource(packet, target.source, target.sourcePort) : withDestination(packet, target.destination, inner(target, 'destination'));
}

/** The quoted packet flew the other way: its ends are swapped against those of the error. */
function translateError(packet: Ipv4Packet, end: NatEnd, target: Tuple): Ipv4Packet {
  const { payload } = packet;
  if (payload.protocol !== 'icmp' || !payload.quoted) return packet;
  const quoted =
    end === 'destination' ? withSource(payload.quoted, target.destination, inner(target, 'destination')) : withDestination(payload.quoted, target.source, inner(target, 'source'));
  const outer = end === 'destination' ? { ...packet, destination: target.destination } : { ...packet, source: target.source };
  return { ...outer, payload: { ...payload, quoted } };
}

const inner = (target: Tuple, end: NatEnd) => (target.protocol === 'icmp' || end === 'source' ? target.sourcePort : target.destinationPort);

/** A tuple within the range whose answer no other connection expects. */
function choose(namespace: NetNamespace, entry: ConntrackEntry, end: NatEnd, current: Tuple, range: NatRange): Tuple | undefined {
  const { rng } = namespace.world;
  const address = pickAddress(namespace, entry, end, current, range);
  const ported = current.protocol === 'tcp' || current.protocol === 'udp' || (current.protocol === 'icmp' && end === 'source');
  const port = end === 'source' ? current.sourcePort : current.destinationPort;
  const within = range.firstPort === undefined || (range.basePort === undefined && port >= range.firstPort && port <= (range.lastPort ?? range.firstPort));
  const kept = place(current, end, address, port);
  if (!ported) return kept;
  if (within && !range.random && !isTaken(namespace, entry, kept)) return kept;
  // A destination without a port range keeps its port whatever happens.
  if (end === 'destination' && range.firstPort === undefined) return kept;
  const [low, high] = range.firstPort === undefined ? portClass(port, current.protocol === 'icmp') : [range.firstPort, range.lastPort ?? range.firstPort];
  const count = high - low + 1;
  const start = range.basePort !== undefined ? (((port - range.basePort) % count) + count) % count : range.random || count > 1 ? rng.below(count) : 0;
  for (let i = 0; i < Math.min(count, 2048); i++) {
    const candidate = place(current, end, address, low + ((start + i) % count));
    if (end === 'destination' || !isTaken(namespace, entry, candidate)) return candidate;
  }
  return undefined;
}

function pickAddress(namespace: NetNamespace, entry: ConntrackEntry, end: NatEnd, current: Tuple, range: NatRange): Ipv4 {
  const present = end === 'source' ? current.source : current.destination;
  if (range.first === undefined) return present;
  const low = toNumber(range.first);
  const count = toNumber(range.last ?? range.first) - low + 1;
  if (count <= 1) return range.first;
  if (toNumber(present) >= low && toNumber(present) < low + count) return present;
  // The same client comes from the same address (find_best_ips_proto hashes the source).
  const salt = range.persistent ? 0 : toNumber(entry.original.destination);
  return fromNumber(low + (((Math.imul(toNumber(entry.original.source) ^ salt, 2654435761) >>> 0) + namespace.id) % count));
}

/** Privileged ports stay privileged (nf_nat_l4proto_unique_tuple). */
function portClass(port: number, icmp: boolean): readonly [number, number] {
  if (icmp) return [0, 65535];
  if (port < 512) return [1, 511];
  return port < 1024 ? [600, 1023] : [1024, 65535];
}

const place = (tuple: Tuple, end: NatEnd, address: Ipv4, port: number): Tuple =>
  end === 'source' ? { ...tuple, source: address, sourcePort: port } : { ...tuple, destination: address, destinationPort: port };

function isTaken(namespace: NetNamespace, entry: ConntrackEntry, tuple: Tuple): boolean {
  const other = namespace.conntrack.find(invert(tuple));
  return other !== undefined && other.entry !== entry;
}
