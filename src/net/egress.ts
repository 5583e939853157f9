/**
 * The way out: from a socket, or from the forwarding path, to a device. See net/ipv4/ip_output.c, route.c
 * (ip_route_output), netfilter.c (ip_route_me_harder).
 */
import { ANY, BROADCAST, BROADCAST_MAC, type Ipv4, isMulticast, type Mac, toNumber, ZERO_MAC } from '../base/address.ts';
import type { Device } from './device/device.ts';
import { type Errno, NetError } from './errors.ts';
import { fragmentsOf } from './fragments.ts';
import { sendIcmpError } from './icmp.ts';
import type { PacketInFlight, SocketOwner, Tracking } from './in-flight.ts';
import type { NetNamespace } from './namespace.ts';
import { type Ipv4Packet, sizeOf } from './packet.ts';
import { describeRoute, type RouteAnswer } from './routes.ts';

/** What a socket, or the kernel itself, says about a packet it sends. */
export interface SendOptions {
  readonly mark?: number;
  /** Bound to a device, by name. */
  readonly device?: string;
  readonly owner?: SocketOwner;
  /** A tunnel of ours sends: its packet must not enter it again. */
  readonly from?: Device;
  /** Path MTU discovery: forbid fragments as long as the packet fits (IP_PMTUDISC_WANT). */
  readonly discover?: boolean;
  /** An error or a reset belongs to the connection it is about. */
  readonly tracking?: Tracking | undefined;
}

type Found = Extract<RouteAnswer, { kind: 'found' }>;

/** What a system call fails with when the route says no. */
export const REFUSALS: Readonly<Record<Extract<RouteAnswer, { kind: 'unreachable' }>['reason'], Errno>> = {
  'no-route': 'ENETUNREACH',
  blackhole: 'EINVAL',
  prohibit: 'EACCES',
  unreachable: 'EHOSTUNREACH',
};

/** A packet of this host. @returns what the system call fails with, or undefined */
export function originate(namespace: NetNamespace, original: Ipv4Packet, options: SendOptions): NetError | undefined {
  const query = { source: original.source, mark: options.mark, outDevice: options.device };
  const answer = namespace.routes.lookup(original.destination, query);
  if (answer.kind === 'unreachable') {
    namespace.dropped(original, answer.reason === 'no-route' ? 'no-route' : answer.reason === 'blackhole' ? 'blackhole' : 'unreachable-route');
    return new NetError(REFUSALS[answer.reason]);
  }
  if (answer.device === options.from) {
    namespace.dropped(original, 'tunnel-loop', answer.device);
    return new NetError('ELOOP');
  }
  const packet: Ipv4Packet = {
    ...original,
    source: original.source === ANY ? answer.source : original.source,
    id: original.id ?? namespace.nextPacketId(),
    ...(options.discover && sizeOf(original) <= mtuOf(namespace, original, answer, true) ? { dontFragment: true } : {}),
  };
  namespace.trace({ kind: 'routed', packet, route: describeRoute(answer.route) });
  const flight: PacketInFlight = { packet, mark: options.mark ?? 0, outDevice: answer.device, owner: options.owner, tracking: options.tracking };
  if (!namespace.netfilter.accepts('output', flight)) return flight.stolen ? undefined : new NetError('EPERM');
  const rerouted = reroute(namespace, flight, { packet, answer, options });
  if (!rerouted) return new NetError('EHOSTUNREACH');
  return finishOutput(namespace, flight, rerouted, options);
}

/** Netfilter changed what the route was chosen by: choose again. */
function reroute(namespace: NetNamespace, flight: PacketInFlight, before: { readonly packet: Ipv4Packet; readonly answer: Found; readonly options: SendOptions }): Found | undefined {
  const { packet, mark } = flight;
  if (packet.destination === before.packet.destination && packet.source === before.packet.source && mark === (before.options.mark ?? 0)) return before.answer;
  const again = namespace.routes.lookup(packet.destination, { source: packet.source, mark, outDevice: before.options.device });
  if (again.kind === 'unreachable') {
    namespace.dropped(packet, 'no-route');
    return undefined;
  }
  namespace.trace({ kind: 'routed', packet, route: describeRoute(again.route) });
  flight.outDevice = again.device;
  return again;
}

/** POSTROUTING, the MTU, the neighbour, the device. @param ours what a sender of this host said; absent for what is forwarded */
export function finishOutput(namespace: NetNamespace, flight: PacketInFlight, answer: Found, ours?: SendOptions): NetError | undefined {
  if (!namespace.netfilter.accepts('postrouting', flight)) return new NetError('EPERM');
  const { device } = answer;
  const { packet } = flight;
  const mtu = mtuOf(namespace, packet, answer, ours !== undefined);
  if (packet.dontFragment && (flight.largestFragment ?? sizeOf(packet)) > mtu) {
    namespace.dropped(packet, 'mtu-exceeded', device);
    if (!ours) sendIcmpError(namespace, packet, 'fragmentation-needed', { mtu, flight });
    return new NetError('EMSGSIZE', undefined, mtu);
  }
  const carried = { mark: flight.mark, tracking: flight.tracking, nextHop: answer.nextHop, balanced: flight.balanced };
  const pieces = fragmentsOf(packet, Math.min(mtu, flight.largestFragment ?? mtu));
  const hand = (to: Mac) => pieces.forEach((payload) => device.transmit({ from: device.mac, to, payload }, carried));
  const toAll = answer.route.type === 'broadcast' || packet.destination === BROADCAST;
  // What we say to many, we hear ourselves (ip_mc_output); a tunnel does not (IP_MULTICAST_LOOP is off).
  if (ours && !ours.from && (toAll || (isMulticast(packet.destination) && namespace.inGroup(packet.destination, device)))) namespace.hearOwn(device, flight);
  if (!device.arp) hand(device.linkType === 'ether' ? device.mac : ZERO_MAC);
  else if (toAll) hand(BROADCAST_MAC);
  else if (isMulticast(packet.destination)) hand(multicastMac(packet.destination));
  else if (!device.up) namespace.dropped(packet, 'device-down', device);
  else namespace.neighbors.resolve(device, answer.nextHop, packet, hand);
  return undefined;
}

/** What a sender of this host has learned of the way counts besides what the link takes. */
function mtuOf(namespace: NetNamespace, { destination }: Ipv4Packet, { route, device }: Found, ours: boolean): number {
  return Math.min(route.mtu ?? device.mtu, (ours ? namespace.pathMtu(destination) : undefined) ?? device.mtu);
}

/** 01:00:5e and the low 23 bits of the group (RFC 1112, 6.4). */
function multicastMac(group: Ipv4): Mac {
  const low = (toNumber(group) & 0x7fffff).toString(16).padStart(6, '0');
  return `01:00:5e:${low.slice(0, 2)}:${low.slice(2, 4)}:${low.slice(4)}` as Mac;
}
