/** What programs ask of sockets, and what sockets tell them. How they work is in `sockets.ts` and `tcp.ts`. */
import type { Ipv4 } from '../base/address.ts';
import type { NetError } from './errors.ts';
import type { SocketOwner } from './in-flight.ts';
import type { Endpoint, IcmpKind } from './packet.ts';
import type { TcpConnection, TcpState } from './tcp-connection.ts';

/** A line of ss or netstat. */
export interface SocketInfo {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly state: TcpState | 'LISTEN' | 'UNCONN';
  readonly local: Endpoint;
  readonly remote?: Endpoint;
  readonly owner?: SocketOwner;
  readonly recvQueue: number;
  readonly sendQueue: number;
}

/** bind(2), listen(2) and accept(2) in one. */
export interface ListenOptions {
  readonly address?: Ipv4;
  /** 0 takes any free one. */
  readonly port: number;
  readonly owner?: SocketOwner;
  readonly onConnection: (connection: TcpConnection) => void;
}

/** socket(2), bind(2) and connect(2) in one. */
export interface ConnectOptions {
  readonly destination: Ipv4;
  readonly port: number;
  readonly source?: Ipv4;
  readonly sourcePort?: number;
  readonly owner?: SocketOwner;
  readonly mark?: number;
}

/** A UDP socket and who hears of what arrives. */
export interface UdpOptions {
  readonly address?: Ipv4;
  readonly port?: number;
  readonly owner?: SocketOwner;
  readonly onMessage: (data: string, from: Endpoint, to: Endpoint) => void;
  /** An ICMP error about what was sent, when it is one that a connected socket is told of (port unreachable, prohibited). */
  readonly onError?: (error: NetError, to: Endpoint) => void;
  /** Every ICMP error about what was sent, who complained included: the error queue (IP_RECVERR), which traceroute reads. */
  readonly onIcmpError?: (error: { readonly kind: IcmpKind; readonly from: Ipv4; readonly to: Endpoint }) => void;
}

/** A bound UDP socket. */
export interface UdpSocket {
  readonly local: Endpoint;
  /** @throws NetError ENETUNREACH, EPERM, EMSGSIZE: what sendto(2) would fail with */
  send(data: string, to: Endpoint, options?: { readonly source?: Ipv4; readonly device?: string; readonly ttl?: number; readonly dontFragment?: boolean }): void;
  close(): void;
}

/** An answer to ping. */
export interface EchoReply {
  readonly from: Ipv4;
  readonly sequence: number;
  readonly ttl: number;
  /** ICMP payload in bytes; what `ping` counts is 8 more. */
  readonly size: number;
}

/** An ICMP error about a request of ours. */
export interface EchoError {
  readonly kind: IcmpKind;
  readonly from: Ipv4;
  readonly sequence: number;
  /** With fragmentation-needed. */
  readonly mtu?: number;
}

/** What ping holds. */
export interface EchoSocket {
  readonly id: number;
  /** @throws NetError ENETUNREACH, EPERM, EMSGSIZE: what sendmsg(2) would fail with */
  send(request: {
    readonly destination: Ipv4;
    readonly sequence: number;
    readonly ttl?: number;
    readonly size?: number;
    readonly source?: Ipv4;
    readonly device?: string;
    readonly dontFragment?: boolean;
  }): void;
  close(): void;
}
