/**
 * The way in: a frame for this host becomes a packet that is delivered here, forwarded, or dropped for a reason.
 * See net/ipv4/ip_input.c, ip_forward.c, route.c
 * (ip_route_input_slow).
 * Differs from Linux: a router that sends a packet back the way it came says nothing of it (no ICMP redirects).
 */
import { BROADCAST, type Ipv4, isLoopback, isMulticast, toNumber } from '../base/address.ts';
import type { Device } from './device/device.ts';
import { receiveIpip } from './device/ipip.ts';
import { receiveVxlan } from './device/vxlan.ts';
import { finishOutput } from './egress.ts';
import { receiveIcmp, sendIcmpError } from './icmp.ts';
import type { Carried, PacketInFlight } from './in-flight.ts';
import type { NetNamespace } from './namespace.ts';
import { type Frame, sizeOf } from './packet.ts';
import { isFromRightSide } from './reverse-path.ts';
import { describeRoute, type RouteAnswer } from './routes.ts';

const isGroupMac = (frame: Frame) => (Number.parseInt(frame.to.slice(0, 2), 16) & 1) === 1;

/** A frame that no bridge took. */
export function arrive(namespace: NetNamespace, device: Device, frame: Frame, carried: Carried): void {
  if (frame.to !== device.mac && !isGroupMac(frame) && device.linkType === 'ether') return namespace.dropped(frame, 'other-host', device);
  if (frame.payload.type === 'arp') {
    if (device.arp) namespace.neighbors.receive(device, frame.payload);
    return;
  }
  const flight: PacketInFlight = {
    packet: frame.payload,
    mark: carried.mark ?? 0,
    tracking: carried.tracking,
    inDevice: device,
    physIn: carried.physIn,
    ...(carried.balanced ? { balanced: true } : {}),
  };
  // Connections are known by ports, which only the whole has (nf_defrag_ipv4).
  if (namespace.conntrack.enabled && !reassembled(namespace, flight)) return;
  if (!carried.prerouted && !namespace.netfilter.accepts('prerouting', flight)) return;
  routeInput(namespace, device, flight);
}

/** Our own words to many: they need no route, as they had one on the way out. */
export function hearOwn(namespace: NetNamespace, flight: PacketInFlight): void {
  if (namespace.netfilter.accepts('prerouting', flight)) deliver(namespace, flight, true);
}

function routeInput(namespace: NetNamespace, device: Device, flight: PacketInFlight): void {
  const { source, destination } = flight.packet;
  if (isMulticast(destination)) {
    if (!namespace.inGroup(destination, device)) return namespace.dropped(flight.packet, 'not-joined', device);
    return deliver(namespace, flight, true);
  }
  if (destination === BROADCAST) return deliver(namespace, flight, true);
  if (isMartian(namespace, device, source, destination)) return namespace.dropped(flight.packet, 'martian', device);
  const answer = namespace.routes.lookup(destination, { source, mark: flight.mark, inDevice: device.name });
  if (answer.kind === 'unreachable') return refuse(namespace, device, flight, answer.reason);
  namespace.trace({ kind: 'routed', packet: flight.packet, route: describeRoute(answer.route) });
  if (!isFromRightSide(namespace, device, source, destination)) return namespace.dropped(flight.packet, 'reverse-path', device);
  if (answer.route.type === 'local') return deliver(namespace, flight, false);
  if (answer.route.type === 'broadcast') return deliver(namespace, flight, true);
  if (!namespace.sysctl.flag(device.name, 'forwarding')) return namespace.dropped(flight.packet, 'forwarding-disabled', device);
  forward(namespace, flight, answer);
}

function isMartian(namespace: NetNamespace, device: Device, source: Ipv4, destination: Ipv4): boolean {
  if (isMulticast(source) || source === BROADCAST) return true;
  if (toNumber(destination) >>> 24 === 0) return true;
  if (device.kind === 'loopback' || namespace.sysctl.max(device.name, 'route_localnet') > 0) return false;
  return isLoopback(source) || isLoopback(destination);
}

function refuse(namespace: NetNamespace, device: Device, flight: PacketInFlight, reason: Extract<RouteAnswer, { kind: 'unreachable' }>['reason']): void {
  const { packet } = flight;
  if (reason === 'blackhole') return namespace.dropped(packet, 'blackhole', device);
  namespace.dropped(packet, reason === 'no-route' ? 'no-route' : reason === 'prohibit' ? 'prohibited' : 'unreachable-route', device);
  // Only a router tells (ip_error).
  if (!namespace.sysctl.flag(device.name, 'forwarding')) return;
  sendIcmpError(namespace, packet, reason === 'no-route' ? 'network-unreachable' : reason === 'prohibit' ? 'communication-prohibited' : 'host-unreachable', { flight });
}

function forward(namespace: NetNamespace, flight: PacketInFlight, answer: Extract<RouteAnswer, { kind: 'found' }>): void {
  const { packet } = flight;
  if (packet.ttl <= 1) {
    namespace.dropped(packet, 'ttl-exceeded', flight.inDevice);
    return sendIcmpError(namespace, packet, 'ttl-zero-during-transit', { flight });
  }
  const mtu = answer.route.mtu ?? answer.device.mtu;
  if ((flight.largestFragment ?? sizeOf(packet)) > mtu && packet.dontFragment) {
    namespace.dropped(packet, 'mtu-exceeded', answer.device);
    return sendIcmpError(namespace, packet, 'fragmentation-needed', { mtu, flight });
  }
  flight.packet = { ...packet, ttl: packet.ttl - 1 };
  flight.outDevice = answer.device;
  if (!namespace.netfilter.accepts('forward', flight)) return;
  flight.inDevice = undefined;
  flight.physIn = undefined;
  finishOutput(namespace, flight, answer);
}

/** @returns false while pieces are missing; the last one to come goes on as the whole */
function reassembled(namespace: NetNamespace, flight: PacketInFlight): boolean {
  if (!flight.packet.fragment) return true;
  const whole = namespace.reassembly.receive(flight.packet, (first) => {
    namespace.dropped(first, 'reassembly-timeout', flight.inDevice);
    if (namespace.isLocal(first.destination)) sendIcmpError(namespace, first, 'ttl-zero-during-reassembly');
  });
  if (!whole) return false;
  flight.packet = whole.packet;
  flight.largestFragment = whole.largest;
  return true;
}

/** For this host: INPUT, then whoever waits for it. */
function deliver(namespace: NetNamespace, flight: PacketInFlight, toMany: boolean): void {
  if (!reassembled(namespace, flight)) return;
  if (!namespace.netfilter.accepts('input', flight)) return;
  const { packet } = flight;
  const { payload } = packet;
  switch (payload.protocol) {
    case 'icmp':
      namespace.trace({ kind: 'delivered', packet, to: 'icmp' });
      return receiveIcmp(namespace, packet, payload, toMany);
    case 'ipip':
      if (!receiveIpip(namespace, packet, payload.inner, flight.mark)) unreachable(namespace, flight, 'protocol-unreachable');
      return;
    case 'tcp':
      return namespace.sockets.receiveTcp(packet, payload);
    case 'udp':
      if (typeof payload.data !== 'string') {
        if (!receiveVxlan(namespace, packet.source, payload.destinationPort, payload.data)) unreachable(namespace, flight, 'port-unreachable');
      } else if (!namespace.sockets.receiveUdp(packet, payload, payload.data, toMany) && !toMany) unreachable(namespace, flight, 'port-unreachable');
  }
}

function unreachable(namespace: NetNamespace, flight: PacketInFlight, kind: 'port-unreachable' | 'protocol-unreachable'): void {
  namespace.dropped(flight.packet, 'no-listener');
  sendIcmpError(namespace, flight.packet, kind, { flight });
}
