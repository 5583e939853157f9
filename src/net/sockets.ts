/**
 * Who waits for what: the sockets of one namespace, and the demultiplexing of what arrives.
 * Knows no route. See net/ipv4/inet_hashtables.c, udp.c, ping.c. Connections themselves are in `tcp.ts`.
 * Above 250 lines because a port is one name space: whoever takes one must see who has it.
 */
import { ANY, type Ipv4, LOCALHOST } from '../base/address.ts';
import { REFUSALS } from './egress.ts';
import { NetError } from './errors.ts';
import { errnoOf, isFatal } from './icmp.ts';
import type { SocketOwner } from './in-flight.ts';
import type { NetNamespace } from './namespace.ts';
import type { Icmp, IcmpKind, Ipv4Packet, Tcp, Udp } from './packet.ts';
import type { ConnectOptions, EchoError, EchoReply, EchoSocket, ListenOptions, SocketInfo, UdpOptions, UdpSocket } from './socket-options.ts';
import { TcpSocket } from './tcp.ts';
import type { TcpConnection } from './tcp-connection.ts';

export type { SocketOwner } from './in-flight.ts';
export type * from './socket-options.ts';
export type { TcpConnection } from './tcp-connection.ts';

interface Listener extends ListenOptions {
  readonly address: Ipv4;
  readonly port: number;
}

interface UdpEntry extends UdpOptions {
  readonly address: Ipv4;
  readonly port: number;
}

interface EchoEntry {
  readonly id: number;
  readonly owner?: SocketOwner | undefined;
  readonly onReply: (reply: EchoReply) => void;
  readonly onError?: ((error: EchoError) => void) | undefined;
}

/** What the sixteen bits of a packet's length leave for a datagram. */
const LARGEST_DATAGRAM = 65_507;

const connectionKey = (localAddress: Ipv4, localPort: number, address: Ipv4, port: number) => `${localAddress}:${localPort} ${address}:${port}`;

/** The sockets of one namespace. */
export class Sockets {
  readonly #listeners: Listener[] = [];
  readonly #connections = new Map<string, TcpSocket>();
  readonly #udp: UdpEntry[] = [];
  readonly #echo = new Map<number, EchoEntry>();

  constructor(private readonly namespace: NetNamespace) {}

  /** @throws NetError EADDRINUSE, EADDRNOTAVAIL */
  listenTcp(options: ListenOptions): { readonly port: number; close(): void } {
    const address = this.#bindable(options.address);
    const port = options.port === 0 ? this.#freePort((candidate) => !this.#listening(address, candidate)) : options.port;
    if (this.#listening(address, port)) throw new NetError('EADDRINUSE');
    const listener: Listener = { ...options, address, port };
    this.#listeners.push(listener);
    return {
      port,
      close: () => {
        const index = this.#listeners.indexOf(listener);
        if (index >= 0) this.#listeners.splice(index, 1);
      },
    };
  }

  /** Rejects with NetError ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL, or with the signal's reason. */
  async connectTcp(options: ConnectOptions, signal?: AbortSignal): Promise<TcpConnection> {
    signal?.throwIfAborted();
    // 0.0.0.0 means this host, as connect(2) has it.
    const destination = options.destination === ANY ? LOCALHOST : options.destination;
    const answer = this.namespace.routes.lookup(destination, { source: options.source, mark: options.mark });
    if (answer.kind === 'unreachable') throw new NetError(REFUSALS[answer.reason]);
    const address = options.source ? this.#bindable(options.source) : answer.source;
    const isFree = (port: number) => !this.#connections.has(connectionKey(address, port, destination, options.port)) && !this.#listening(address, port);
    const port = options.sourcePort ?? this.#freePort(isFree);
    const socket = new TcpSocket(this.namespace, {
      local: { address, port },
      remote: { address: destination, port: options.port },
      owner: options.owner,
      mark: options.mark ?? 0,
      onClosed: () => this.#connections.delete(key),
    });
    const key = connectionKey(address, port, destination, options.port);
    this.#connections.set(key, socket);
    const onAbort = () => socket.abandon();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      await socket.connect();
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
    return socket;
  }

  /** @throws NetError EADDRINUSE, EADDRNOTAVAIL */
  bindUdp(options: UdpOptions): UdpSocket {
    const address = this.#bindable(options.address);
    const taken = (port: number) => this.#udp.some((other) => other.port === port && (other.address === address || other.address === ANY || address === ANY));
    const port = options.port ? options.port : this.#freePort((candidate) => !taken(candidate));
    if (taken(port)) throw new NetError('EADDRINUSE');
    const entry: UdpEntry = { ...options, address, port };
    this.#udp.push(entry);
    return {
      local: { address, port },
      send: (data, to, { source = address, device, ttl = 64, dontFragment } = {}) => {
        if (data.length > LARGEST_DATAGRAM) throw new NetError('EMSGSIZE');
        const packet = { type: 'ipv4', source, destination: to.address, ttl, dontFragment: dontFragment ?? false, payload: { protocol: 'udp', sourcePort: port, destinationPort: to.port, data } } as const;
        const error = this.namespace.send(packet, { discover: dontFragment === undefined, ...(device === undefined ? {} : { device }), ...(options.owner ? { owner: options.owner } : {}) });
        if (error) throw error;
      },
      close: () => {
        const index = this.#udp.indexOf(entry);
        if (index >= 0) this.#udp.splice(index, 1);
      },
    };
  }

  /** What `ping` opens. */
  echo(options: { readonly onReply: (reply: EchoReply) => void; readonly onError?: (error: EchoError) => void; readonly owner?: SocketOwner; readonly id?: number }): EchoSocket {
    let id = options.id ?? this.namespace.world.rng.below(65535) + 1;
    while (this.#echo.has(id)) id = (id % 65535) + 1;
    this.#echo.set(id, { id, onReply: options.onReply, onError: options.onError, owner: options.owner });
    return {
      id,
      send: ({ destination, sequence, ttl = 64, size = 56, source = ANY, device, dontFragment }) => {
        const payload: Icmp = { protocol: 'icmp', kind: 'echo-request', id, sequence, dataSize: size };
        const error = this.namespace.send(
          { type: 'ipv4', source, destination, ttl, dontFragment: dontFragment ?? false, payload },
          { discover: dontFragment === undefined, ...(device === undefined ? {} : { device }), ...(options.owner ? { owner: options.owner } : {}) },
        );
        if (error) throw error;
      },
      close: () => void this.#echo.delete(id),
    };
  }

  /** For ss and netstat: listeners first, then connections, each in the order they came. */
  list(): readonly SocketInfo[] {
    const owned = (owner: SocketOwner | undefined) => (owner ? { owner } : {});
    return [
      ...this.#udp.map((entry): SocketInfo => ({ protocol: 'udp', state: 'UNCONN', local: { address: entry.address, port: entry.port }, ...owned(entry.owner), recvQueue: 0, sendQueue: 0 })),
      ...[...this.#echo.values()].map((entry): SocketInfo => ({ protocol: 'icmp', state: 'UNCONN', local: { address: ANY, port: entry.id }, ...owned(entry.owner), recvQueue: 0, sendQueue: 0 })),
      ...this.#listeners.map((entry): SocketInfo => ({ protocol: 'tcp', state: 'LISTEN', local: { address: entry.address, port: entry.port }, ...owned(entry.owner), recvQueue: 0, sendQueue: 4096 })),
      ...[...this.#connections.values()].map((socket): SocketInfo => ({
        protocol: 'tcp',
        state: socket.state,
        local: socket.local,
        remote: socket.remote,
        ...owned(socket.owner),
        recvQueue: socket.receivedBytes,
        sendQueue: socket.pendingBytes,
      })),
    ];
  }

  receiveTcp(packet: Ipv4Packet, segment: Tcp): void {
    const socket = this.#connections.get(connectionKey(packet.destination, segment.destinationPort, packet.source, segment.sourcePort));
    if (socket) {
      this.namespace.trace({ kind: 'delivered', packet, to: socket.owner?.program ?? 'tcp' });
      // A new SYN for a connection that only waits for stragglers begins the next one.
      if (!(socket.state === 'TIME-WAIT' && segment.flags === 'S')) return socket.receive(segment);
      socket.abandon();
    }
    const listener = this.#listenerFor(packet.destination, segment.destinationPort);
    if (listener && segment.flags === 'S') {
      this.namespace.trace({ kind: 'delivered', packet, to: listener.owner?.program ?? 'tcp' });
      return this.#accept(listener, packet, segment);
    }
    this.namespace.dropped(packet, 'no-listener');
    if (!segment.flags.startsWith('R')) this.#refuse(packet, segment);
  }

  /** @returns whether a socket took it */
  receiveUdp(packet: Ipv4Packet, datagram: Udp, data: string, toMany: boolean): boolean {
    const from = { address: packet.source, port: datagram.sourcePort };
    const to = { address: packet.destination, port: datagram.destinationPort };
    const onPort = this.#udp.filter((entry) => entry.port === to.port && (entry.address === to.address || entry.address === ANY));
    // The one bound to the very address wins; a broadcast is for all.
    const takers = toMany ? onPort : [onPort.find((entry) => entry.address === to.address) ?? onPort[0]];
    for (const entry of takers) {
      if (!entry) continue;
      this.namespace.trace({ kind: 'delivered', packet, to: entry.owner?.program ?? 'udp' });
      entry.onMessage(data, from, to);
    }
    return takers[0] !== undefined;
  }

  receiveEchoReply(packet: Ipv4Packet, icmp: Icmp): void {
    this.#echo.get(icmp.id)?.onReply({ from: packet.source, sequence: icmp.sequence, ttl: packet.ttl, size: icmp.dataSize ?? 56 });
  }

  /** An ICMP error about a packet of ours. */
  receiveError(kind: IcmpKind, quoted: Ipv4Packet, from: Ipv4, mtu?: number): void {
    const { payload } = quoted;
    const code = errnoOf(kind);
    if (payload.protocol === 'icmp') {
      this.#echo.get(payload.id)?.onError?.({ kind, from, sequence: payload.sequence, ...(mtu === undefined ? {} : { mtu }) });
    } else if (payload.protocol === 'tcp') {
      this.#connections.get(connectionKey(quoted.source, payload.sourcePort, quoted.destination, payload.destinationPort))?.receiveError(kind);
    } else if (payload.protocol === 'udp') {
      const entry = this.#udp.find(({ address, port }) => port === payload.sourcePort && (address === quoted.source || address === ANY));
      const to = { address: quoted.destination, port: payload.destinationPort };
      entry?.onIcmpError?.({ kind, from, to });
      if (code && isFatal(kind)) entry?.onError?.(new NetError(code), to);
    }
  }

  /** The namespace is gone: nobody is told, nothing waits any more. */
  abandon(): void {
    for (const socket of [...this.#connections.values()]) socket.abandon();
    this.#listeners.length = 0;
    this.#udp.length = 0;
    this.#echo.clear();
  }

  /** Called when the last process with the namespace's sockets dies: close what it had open, as exit(2) does. */
  closeOwnedBy(pid: number): void {
    const isTheirs = ({ owner }: { readonly owner?: SocketOwner | undefined }) => owner?.pid === pid;
    for (const list of [this.#listeners, this.#udp]) for (let i = list.length - 1; i >= 0; i--) if (isTheirs(list[i]!)) list.splice(i, 1);
    for (const entry of this.#echo.values()) if (isTheirs(entry)) this.#echo.delete(entry.id);
    for (const socket of this.#connections.values()) if (isTheirs(socket)) socket.close();
  }

  #accept(listener: Listener, packet: Ipv4Packet, syn: Tcp): void {
    const local = { address: packet.destination, port: syn.destinationPort };
    const remote = { address: packet.source, port: syn.sourcePort };
    const key = connectionKey(local.address, local.port, remote.address, remote.port);
    const socket = new TcpSocket(this.namespace, {
      local,
      remote,
      owner: listener.owner,
      mark: 0,
      onClosed: () => this.#connections.get(key) === socket && this.#connections.delete(key),
    });
    this.#connections.set(key, socket);
    socket.accept(syn, () => {
      // Closed while the handshake was under way: nobody is there to accept.
      if (this.#listeners.includes(listener)) listener.onConnection(socket);
      else socket.reset();
    });
  }

  /** RFC 9293, 3.5.2: a reset that the sender of `segment` will believe. */
  #refuse(packet: Ipv4Packet, segment: Tcp): void {
    const acknowledges = segment.flags.includes('.');
    const length = segment.data.length + (/[SF]/.test(segment.flags) ? 1 : 0);
    const reset: Tcp = {
      protocol: 'tcp',
      sourcePort: segment.destinationPort,
      destinationPort: segment.sourcePort,
      flags: acknowledges ? 'R' : 'R.',
      sequence: acknowledges ? segment.acknowledgement : 0,
      acknowledgement: acknowledges ? 0 : (segment.sequence + length) >>> 0,
      window: 0,
      data: '',
    };
    this.namespace.send({ type: 'ipv4', source: packet.destination, destination: packet.source, ttl: 64, dontFragment: true, payload: reset });
  }

  #bindable(address: Ipv4 = ANY): Ipv4 {
    if (address !== ANY && !this.namespace.isLocal(address) && this.namespace.sysctl.get('net.ipv4.ip_nonlocal_bind') !== '1') throw new NetError('EADDRNOTAVAIL');
    return address;
  }

  #listening(address: Ipv4, port: number): boolean {
    return this.#listeners.some((other) => other.port === port && (other.address === address || other.address === ANY || address === ANY));
  }

  #listenerFor(address: Ipv4, port: number): Listener | undefined {
    const onPort = this.#listeners.filter((listener) => listener.port === port);
    return onPort.find((listener) => listener.address === address) ?? onPort.find((listener) => listener.address === ANY);
  }

  #freePort(isFree: (port: number) => boolean): number {
    const [low, high] = this.namespace.sysctl.get('net.ipv4.ip_local_port_range')!.split('\t').map(Number) as [number, number];
    const count = high - low + 1;
    const start = this.namespace.world.rng.below(count);
    for (let i = 0; i < count; i++) {
      const port = low + ((start + i) % count);
      if (isFree(port)) return port;
    }
    throw new NetError('EADDRNOTAVAIL');
  }
}

