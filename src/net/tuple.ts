/** What identifies a connection in one direction. See include/net/netfilter/nf_conntrack_tuple.h. */
import type { Ipv4 } from '../base/address.ts';
import { type Ipv4Packet, ICMP_TYPES, isIcmpError, type Protocol } from './packet.ts';

/** Protocol and both ends, as one direction of a connection has them. */
export interface Tuple {
  readonly protocol: Protocol;
  readonly source: Ipv4;
  readonly destination: Ipv4;
  /** For ICMP the echo identifier; zero for protocols without ports. */
  readonly sourcePort: number;
  /** For ICMP the message type: 8 for a request, 0 for its answer. */
  readonly destinationPort: number;
}

/** Undefined for ICMP errors, which belong to the connection of the packet they quote. */
export function tupleOf(packet: Ipv4Packet): Tuple | undefined {
  const { source, destination, payload } = packet;
  switch (payload.protocol) {
    case 'tcp':
    case 'udp':
      return { protocol: payload.protocol, source, destination, sourcePort: payload.sourcePort, destinationPort: payload.destinationPort };
    case 'icmp':
      return isIcmpError(payload) ? undefined : { protocol: 'icmp', source, destination, sourcePort: payload.id, destinationPort: ICMP_TYPES[payload.kind][0] };
    case 'ipip':
      return { protocol: 'ipip', source, destination, sourcePort: 0, destinationPort: 0 };
  }
}

/** The tuple of an answer. */
export function invert(tuple: Tuple): Tuple {
  const { protocol, source, destination, sourcePort, destinationPort } = tuple;
  if (protocol === 'icmp') return { protocol, source: destination, destination: source, sourcePort, destinationPort: destinationPort === 8 ? 0 : 8 };
  return { protocol, source: destination, destination: source, sourcePort: destinationPort, destinationPort: sourcePort };
}

/** The tuple as a key of a map. */
export const keyOf = (tuple: Tuple): string => `${tuple.protocol} ${tuple.source} ${tuple.sourcePort} ${tuple.destination} ${tuple.destinationPort}`;

/** The packet with another source (or destination), and the checksum that there is not. */
export function withSource(packet: Ipv4Packet, source: Ipv4, port: number): Ipv4Packet {
  const { payload } = packet;
  if (payload.protocol === 'tcp' || payload.protocol === 'udp') return { ...packet, source, payload: { ...payload, sourcePort: port } };
  if (payload.protocol === 'icmp' && !isIcmpError(payload)) return { ...packet, source, payload: { ...payload, id: port } };
  return { ...packet, source };
}

/** The same for the other end; of an echo, whose identifier both ends share, it is that (icmp_manip_pkt). */
export function withDestination(packet: Ipv4Packet, destination: Ipv4, port: number): Ipv4Packet {
  const { payload } = packet;
  if (payload.protocol === 'icmp' && !isIcmpError(payload)) return { ...packet, destination, payload: { ...payload, id: port } };
  if (payload.protocol === 'tcp' || payload.protocol === 'udp') return { ...packet, destination, payload: { ...payload, destinationPort: port } };
  return { ...packet, destination };
}
