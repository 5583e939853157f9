/**
 * A packet on its way through one namespace, with what the kernel writes on it there: mark, connection, devices.
 * It is Linux's sk_buff; the packet itself stays a value and is replaced when something rewrites it.
 */
import type { Ipv4 } from '../base/address.ts';
import type { ConntrackEntry } from './conntrack.ts';
import type { Device } from './device/device.ts';
import type { Ipv4Packet } from './packet.ts';

/** The process behind a socket, as ss shows it and `-m owner` asks for it. */
export interface SocketOwner {
  readonly pid: number;
  readonly program: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** How conntrack sees this packet. `entry` is missing exactly when the state is INVALID or UNTRACKED. */
export type Tracking =
  | { readonly state: 'NEW' | 'ESTABLISHED' | 'RELATED'; readonly entry: ConntrackEntry; readonly direction: 'original' | 'reply' }
  | { readonly state: 'INVALID' | 'UNTRACKED'; readonly entry?: undefined };

/** The packet and what hooks may read and change; one object per namespace that the packet passes. */
export interface PacketInFlight {
  packet: Ipv4Packet;
  mark: number;
  tracking?: Tracking | undefined;
  inDevice?: Device | undefined;
  outDevice?: Device | undefined;
  /** Ports of the bridge, when a bridge shows the packet to netfilter. */
  physIn?: Device | undefined;
  physOut?: Device | undefined;
  /** It came in pieces, of which this was the size of the largest. */
  largestFragment?: number | undefined;
  /** The balancer (IPVS) has dealt with it, and looks at it no more. */
  balanced?: boolean;
  /** The balancer took it and sent it on its own way: neither accepted here nor lost. */
  stolen?: boolean;
  /** Who sent it, when a socket of this namespace did. */
  readonly owner?: SocketOwner | undefined;
}

/** What stays on a packet when it goes through a device of the same namespace (loopback, bridge, tunnel). */
export interface Carried {
  readonly mark?: number;
  readonly tracking?: Tracking | undefined;
  /** Where the route wants it: a tunnel without a fixed remote end sends there. */
  readonly nextHop?: Ipv4;
  /** The bridge has shown it to PREROUTING already; see br_netfilter_hooks.c, ip_sabotage_in. */
  readonly prerouted?: boolean;
  readonly physIn?: Device | undefined;
  readonly balanced?: boolean | undefined;
  /** How many bridges the frame has come through; see `device/storm.ts`. */
  readonly bridged?: number;
}
