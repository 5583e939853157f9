/**
 * Errors a host sends about packets, and what it does with those it gets. See RFC 792, RFC 1122 3.2.2,
 * net/ipv4/icmp.c.
 */
import { ANY, BROADCAST, isMulticast } from '../base/address.ts';
import { reversed } from './conntrack.ts';
import type { Errno } from './errors.ts';
import type { PacketInFlight } from './in-flight.ts';
import type { NetNamespace } from './namespace.ts';
import { type Icmp, type IcmpKind, type Ipv4Packet, isIcmpError } from './packet.ts';

/** What a system call fails with after such an error (icmp_err_convert). */
export function errnoOf(kind: IcmpKind): Errno | undefined {
  switch (kind) {
    case 'network-unreachable':
    case 'network-prohibited':
      return 'ENETUNREACH';
    case 'host-unreachable':
    case 'host-prohibited':
    case 'communication-prohibited':
    case 'ttl-zero-during-transit':
    case 'ttl-zero-during-reassembly':
      return 'EHOSTUNREACH';
    case 'protocol-unreachable':
      return 'ENOPROTOOPT';
    case 'port-unreachable':
      return 'ECONNREFUSED';
    case 'fragmentation-needed':
      return 'EMSGSIZE';
    case 'echo-reply':
    case 'echo-request':
      return undefined;
  }
}

/** What an error may carry with it. */
export interface IcmpErrorOptions {
  readonly mtu?: number;
  /** The packet on its way here, so that the error travels with its connection and is translated like it. */
  readonly flight?: PacketInFlight;
}

/** Errors that end a UDP exchange; the others may pass, and a connected socket is not told of them. */
export function isFatal(kind: IcmpKind): boolean {
  return ['port-unreachable', 'protocol-unreachable', 'network-prohibited', 'host-prohibited', 'communication-prohibited'].includes(kind);
}

/**
 * Tell the sender of `about` what became of it; nobody is told about errors, broadcasts and senders without an address.
 */
export function sendIcmpError(namespace: NetNamespace, about: Ipv4Packet, kind: IcmpKind, options: IcmpErrorOptions = {}): void {
  const { source, destination, payload } = about;
  if (payload.protocol === 'icmp' && isIcmpError(payload)) return;
  if (source === ANY || source === BROADCAST || isMulticast(source) || isMulticast(destination) || destination === BROADCAST) return;
  const error: Icmp = { protocol: 'icmp', kind, id: 0, sequence: 0, quoted: about, ...(options.mtu === undefined ? {} : { mtu: options.mtu }) };
  // A host complains from the address that was meant; a router from its own.
  const from = namespace.isLocal(destination) ? destination : ANY;
  namespace.send({ type: 'ipv4', source: from, destination: source, ttl: 64, payload: error }, options.flight ? { tracking: reversed(options.flight) } : {});
}

/** An ICMP message for this host. */
export function receiveIcmp(namespace: NetNamespace, packet: Ipv4Packet, icmp: Icmp, toMany: boolean): void {
  if (icmp.kind === 'echo-request') {
    if (namespace.sysctl.number('net.ipv4.icmp_echo_ignore_all') !== 0) return;
    if (toMany && namespace.sysctl.number('net.ipv4.icmp_echo_ignore_broadcasts') !== 0) return;
    const reply: Icmp = { ...icmp, kind: 'echo-reply' };
    // Nobody is a group: who answers for himself does it under his own address.
    namespace.send({ type: 'ipv4', source: toMany ? ANY : packet.destination, destination: packet.source, ttl: 64, payload: reply });
  } else if (icmp.kind === 'echo-reply') {
    namespace.sockets.receiveEchoReply(packet, icmp);
  } else if (icmp.quoted) {
    if (icmp.kind === 'fragmentation-needed' && icmp.mtu !== undefined) namespace.learnPathMtu(icmp.quoted.destination, icmp.mtu);
    namespace.sockets.receiveError(icmp.kind, icmp.quoted, packet.source, icmp.mtu);
  }
}
