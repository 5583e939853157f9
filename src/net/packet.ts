/**
 * Packets are values: typed, immutable, and as long as their real counterparts. There are no bytes on this wire, except
 * in what programs send to each other. Knows no device and no namespace.
 * See RFC 791 (IPv4), 826 (ARP), 792 (ICMP), 9293 (TCP), 768 (UDP), 7348 (VXLAN), 2003 (IP in IP).
 */
import type { Ipv4, Mac } from '../base/address.ts';

/** What a device hands to the wire. */
export interface Frame {
  readonly from: Mac;
  readonly to: Mac;
  readonly payload: Arp | Ipv4Packet;
}

/** Who has an address, and who says so. */
export interface Arp {
  readonly type: 'arp';
  readonly op: 'request' | 'reply';
  readonly sender: Ipv4;
  readonly target: Ipv4;
  readonly senderMac: Mac;
  readonly targetMac?: Mac;
}

/** An IPv4 packet. */
export interface Ipv4Packet {
  readonly type: 'ipv4';
  readonly source: Ipv4;
  readonly destination: Ipv4;
  readonly ttl: number;
  /** The identification field; also what ties the lines of a trace together. */
  readonly id?: number;
  readonly dontFragment?: boolean;
  /** Which part of its payload this is, in bytes; the payload named is that of the whole. */
  readonly fragment?: { readonly offset: number; readonly length: number; readonly more: boolean };
  readonly payload: Transport;
}

/** What an IPv4 packet may carry here. */
export type Transport = Icmp | Tcp | Udp | Ipip;
/** By the name that iptables and tcpdump use, but for `ipip`. */
export type Protocol = Transport['protocol'];

/** An echo, or an error about another packet. */
export interface Icmp {
  readonly protocol: 'icmp';
  readonly kind: IcmpKind;
  /** Meaningful for echo only; zero otherwise. */
  readonly id: number;
  readonly sequence: number;
  /** Echo payload, in bytes: 56 as ping sends it. */
  readonly dataSize?: number;
  /** The packet that an error complains about: its header and first bytes. */
  readonly quoted?: Ipv4Packet;
  /** With fragmentation-needed: what would fit. */
  readonly mtu?: number;
}

/** A TCP segment. */
export interface Tcp {
  readonly protocol: 'tcp';
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly flags: TcpFlags;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly window: number;
  /** The maximum segment size option, on SYN segments. */
  readonly mss?: number;
  readonly data: string;
}

/** A UDP datagram; a VXLAN one carries a frame instead of bytes. */
export interface Udp {
  readonly protocol: 'udp';
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly data: string | VxlanPayload;
}

/** A packet in a packet. */
export interface Ipip {
  readonly protocol: 'ipip';
  readonly inner: Ipv4Packet;
}

/** A frame in a datagram. */
export interface VxlanPayload {
  readonly vni: number;
  readonly frame: Frame;
  /** How many bridges the frame has come through; no real header has it. */
  readonly bridged?: number | undefined;
}

/** As tcpdump prints them: S syn, `.` ack, P push, F fin, R reset. */
export type TcpFlags = 'S' | 'S.' | '.' | 'P.' | 'F.' | 'FP.' | 'R' | 'R.';

/** The messages we model, by the names of iptables. */
export type IcmpKind = keyof typeof ICMP_TYPES;

/** Type and code of each message, as on the wire and as iptables' `--icmp-type` may write them. */
export const ICMP_TYPES = {
  'echo-reply': [0, 0],
  'network-unreachable': [3, 0],
  'host-unreachable': [3, 1],
  'protocol-unreachable': [3, 2],
  'port-unreachable': [3, 3],
  'fragmentation-needed': [3, 4],
  'network-prohibited': [3, 9],
  'host-prohibited': [3, 10],
  'communication-prohibited': [3, 13],
  'echo-request': [8, 0],
  'ttl-zero-during-transit': [11, 0],
  'ttl-zero-during-reassembly': [11, 1],
} as const satisfies Record<string, readonly [number, number]>;

/** IANA protocol numbers of what we model. */
export const PROTOCOL_NUMBERS: Readonly<Record<Protocol, number>> = { icmp: 1, ipip: 4, tcp: 6, udp: 17 };

/** An address with a port. */
export interface Endpoint {
  readonly address: Ipv4;
  readonly port: number;
}

/** Whether the message is about another packet. */
export const isIcmpError = (icmp: Icmp): boolean => icmp.kind !== 'echo-request' && icmp.kind !== 'echo-reply';

/** Whether the header of what it carries is in another fragment, and nobody can ask for ports. */
export const isLaterFragment = ({ fragment }: Ipv4Packet): boolean => fragment !== undefined && fragment.offset > 0;

/** Total length of an IP packet in bytes, header included: what a device's MTU limits. */
export function sizeOf(packet: Ipv4Packet): number {
  return 20 + (packet.fragment?.length ?? transportSize(packet.payload));
}

/** Length of a frame on the wire, Ethernet header included, as tcpdump and the counters of a device see it. */
export function frameSize(frame: Frame): number {
  return 14 + (frame.payload.type === 'arp' ? 28 : sizeOf(frame.payload));
}

function transportSize(transport: Transport): number {
  switch (transport.protocol) {
    case 'icmp':
      // An error quotes the offending header and as much more as fits into 576 bytes (RFC 1812, 4.3.2.3).
      return transport.quoted ? 8 + Math.min(548, sizeOf(transport.quoted)) : 8 + (transport.dataSize ?? 56);
    case 'tcp':
      // Linux sends 20 bytes of options with a SYN (MSS, SACK, timestamps, window scale) and 12 with the rest.
      return 20 + (transport.flags.startsWith('S') ? 20 : transport.flags.startsWith('R') ? 0 : 12) + transport.data.length;
    case 'udp':
      return 8 + (typeof transport.data === 'string' ? transport.data.length : 8 + frameSize(transport.data.frame));
    case 'ipip':
      return sizeOf(transport.inner);
  }
}

/** One line about a packet, close to what `tcpdump -n` prints: for traces and failing tests. */
export function describePacket(packet: Ipv4Packet): string {
  const { payload } = packet;
  if (packet.fragment) {
    const { fragment, ...whole } = packet;
    return `${fragment.offset > 0 ? `${packet.source} > ${packet.destination}: ${payload.protocol}` : describePacket(whole)} (frag ${packet.id ?? 0}:${fragment.length}@${fragment.offset}${fragment.more ? '+' : ''})`;
  }
  switch (payload.protocol) {
    case 'tcp':
      return `${packet.source}.${payload.sourcePort} > ${packet.destination}.${payload.destinationPort}: Flags [${payload.flags}], length ${payload.data.length}`;
    case 'udp':
      return typeof payload.data === 'string'
        ? `${packet.source}.${payload.sourcePort} > ${packet.destination}.${payload.destinationPort}: UDP, length ${payload.data.length}`
        : `${packet.source}.${payload.sourcePort} > ${packet.destination}.${payload.destinationPort}: VXLAN, vni ${payload.data.vni} [${describeFrame(payload.data.frame)}]`;
    case 'icmp':
      return `${packet.source} > ${packet.destination}: ICMP ${payload.kind}${payload.quoted ? ` about [${describePacket(payload.quoted)}]` : ` seq ${payload.sequence}`}`;
    case 'ipip':
      return `${packet.source} > ${packet.destination}: IP-in-IP [${describePacket(payload.inner)}]`;
  }
}

/** The same about a frame. */
export function describeFrame(frame: Frame): string {
  const { payload } = frame;
  if (payload.type === 'ipv4') return describePacket(payload);
  return payload.op === 'request'
    ? `ARP, Request who-has ${payload.target} tell ${payload.sender}`
    : `ARP, Reply ${payload.sender} is-at ${payload.senderMac}`;
}

/** A packet's ports, whatever carries them; undefined for protocols without ports, and behind the first fragment. */
export function portsOf(packet: Ipv4Packet): { readonly source: number; readonly destination: number } | undefined {
  const { payload } = packet;
  if (isLaterFragment(packet)) return undefined;
  if (payload.protocol !== 'tcp' && payload.protocol !== 'udp') return undefined;
  return { source: payload.sourcePort, destination: payload.destinationPort };
}
