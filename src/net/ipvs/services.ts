/**
 * The virtual services of one namespace and their real servers: what `ipvsadm` edits and kube-proxy writes. Refuses what
 * the kernel refuses. What becomes of packets is in `balance.ts`, the connections are in `connections.ts`.
 * See net/netfilter/ipvs/ip_vs_ctl.c.
 * Differs from Linux: no rates per second (the estimator), no synchronisation daemon, no IPv6.
 */
import type { Ipv4 } from '../../base/address.ts';
import { NetError } from '../errors.ts';
import type { NetNamespace } from '../namespace.ts';
import { IpvsConnections } from './connections.ts';
import { type Schedule, SCHEDULERS } from './schedulers.ts';

/** What the balancer takes apart. */
export type IpvsProtocol = 'tcp' | 'udp' | 'sctp';

/** What makes a service the one it is: an address and port, or a firewall mark. */
export type IpvsServiceKey = { readonly protocol: IpvsProtocol; readonly address: Ipv4; readonly port: number } | { readonly mark: number };

/** How a packet reaches its server: rewritten (`-m`), as it is (`-g`), or in another packet (`-i`). */
export type Forwarding = 'masq' | 'route' | 'tunnel';

/** `ipvsadm --stats`. */
export interface IpvsCounters {
  connections: number;
  inPackets: number;
  outPackets: number;
  inBytes: number;
  outBytes: number;
}

/** What `ipvsadm -A` and `-E` say about a service. */
export interface IpvsServiceOptions {
  /** `wlc` unless given, as ipvsadm has it. */
  readonly scheduler?: string;
  /** A client keeps its server for so long after its last connection. */
  readonly persistentSeconds?: number;
  /** Clients of one network share a server: prefix length, 32 unless given. */
  readonly persistentPrefix?: number;
  /** `-o`: every datagram is a connection of its own. */
  readonly onePacket?: boolean;
}

/** What `ipvsadm -a` and `-e` say about a server. */
export interface IpvsDestinationOptions {
  readonly forwarding?: Forwarding;
  readonly weight?: number;
  readonly upperThreshold?: number;
  readonly lowerThreshold?: number;
}

/** A real server. */
export interface IpvsDestination {
  readonly address: Ipv4;
  readonly port: number;
  forwarding: Forwarding;
  weight: number;
  upperThreshold: number;
  lowerThreshold: number;
  activeConnections: number;
  inactiveConnections: number;
  persistentConnections: number;
  overloaded: boolean;
  /** False once it was taken away; its connections may outlive it. */
  available: boolean;
  readonly counters: IpvsCounters;
}

/** A virtual service. */
export interface IpvsService {
  readonly key: IpvsServiceKey;
  scheduler: string;
  persistentSeconds: number | undefined;
  persistentPrefix: number;
  onePacket: boolean;
  /** In the kernel's order, the latest first; ipvsadm sorts them. */
  readonly destinations: readonly IpvsDestination[];
  readonly counters: IpvsCounters;
  choose: Schedule;
}

const noCounters = (): IpvsCounters => ({ connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 });
const keyOf = (key: IpvsServiceKey): string => ('mark' in key ? `fwm ${key.mark}` : `${key.protocol} ${key.address}:${key.port}`);

/** The balancer of one namespace. */
export class Ipvs {
  readonly connections: IpvsConnections;
  readonly #services = new Map<string, IpvsService & { readonly destinations: IpvsDestination[] }>();

  readonly #departed = new Map<string, IpvsDestination>();

  constructor(namespace: NetNamespace) {
    this.connections = new IpvsConnections(namespace);
  }

  /** Nothing that a packet could meet. */
  get idle(): boolean {
    return this.#services.size === 0 && this.connections.empty;
  }

  /** Every service, in the order they came. */
  list(): readonly IpvsService[] {
    return [...this.#services.values()];
  }

  get(key: IpvsServiceKey): IpvsService | undefined {
    return this.#services.get(keyOf(key));
  }

  /** Which service a packet is for: by its mark first, then by address and port, then by address alone (port 0). */
  serviceFor(protocol: IpvsProtocol, address: Ipv4, port: number, mark: number): IpvsService | undefined {
    if (this.#services.size === 0) return undefined;
    const marked = mark === 0 ? undefined : this.#services.get(`fwm ${mark}`);
    return marked ?? this.#services.get(keyOf({ protocol, address, port })) ?? this.#services.get(keyOf({ protocol, address, port: 0 }));
  }

  /** @throws NetError EEXIST; ENOENT no such scheduler; EINVAL port 0 without persistence */
  addService(key: IpvsServiceKey, options: IpvsServiceOptions = {}): IpvsService {
    if (this.#services.has(keyOf(key))) throw new NetError('EEXIST');
    const service = { key, ...completed(key, options), destinations: [] as IpvsDestination[], counters: noCounters() };
    this.#services.set(keyOf(key), service);
    return service;
  }

  /** @throws NetError ESRCH no such service; ENOENT no such scheduler */
  editService(key: IpvsServiceKey, options: IpvsServiceOptions): void {
    const service = this.#require(key);
    const { choose, ...rest } = completed(key, options);
    // Only another scheduler begins anew.
    Object.assign(service, rest, service.scheduler === rest.scheduler ? {} : { choose });
  }

  /** Its connections live on without it, until they end. @throws NetError ESRCH */
  deleteService(key: IpvsServiceKey): void {
    const service = this.#require(key);
    for (const server of service.destinations) this.#depart(key, server);
    this.#services.delete(keyOf(key));
  }

  /** `ipvsadm -C`. */
  flush(): void {
    for (const { key } of this.list()) this.deleteService(key);
  }

  /** @throws NetError ESRCH no such service; EEXIST */
  addDestination(key: IpvsServiceKey, address: Ipv4, port: number, options: IpvsDestinationOptions = {}): void {
    const service = this.#require(key);
    if (find(service, address, port)) throw new NetError('EEXIST');
    const name = `${keyOf(key)} ${address}:${port}`;
    // A server that was taken away and comes back finds the connections that it still has.
    const returning = this.#departed.get(name);
    this.#departed.delete(name);
    const server: IpvsDestination = returning ?? {
      address, port, forwarding: 'route', weight: 1, upperThreshold: 0, lowerThreshold: 0,
      activeConnections: 0, inactiveConnections: 0, persistentConnections: 0, overloaded: false, available: true, counters: noCounters(),
    };
    apply(server, options);
    server.available = true;
    service.destinations.unshift(server);
  }

  /** @throws NetError ESRCH no such service; ENOENT no such server */
  editDestination(key: IpvsServiceKey, address: Ipv4, port: number, options: IpvsDestinationOptions): void {
    const server = find(this.#require(key), address, port);
    if (!server) throw new NetError('ENOENT');
    apply(server, options);
  }

  /** @throws NetError ESRCH no such service; ENOENT no such server */
  deleteDestination(key: IpvsServiceKey, address: Ipv4, port: number): void {
    const { destinations } = this.#require(key);
    const index = destinations.findIndex((server) => server.address === address && server.port === port);
    if (index < 0) throw new NetError('ENOENT');
    for (const server of destinations.splice(index, 1)) this.#depart(key, server);
  }

  /** `ipvsadm -Z`, of one service or of all. @throws NetError ESRCH */
  zero(key?: IpvsServiceKey): void {
    for (const service of key ? [this.#require(key)] : this.list()) {
      for (const { counters } of [service, ...service.destinations]) Object.assign(counters, noCounters());
    }
  }

  #depart(key: IpvsServiceKey, server: IpvsDestination): void {
    server.available = false;
    if (server.activeConnections + server.inactiveConnections > 0) this.#departed.set(`${keyOf(key)} ${server.address}:${server.port}`, server);
  }

  #require(key: IpvsServiceKey): IpvsService & { readonly destinations: IpvsDestination[] } {
    const service = this.#services.get(keyOf(key));
    if (!service) throw new NetError('ESRCH');
    return service;
  }
}

const find = (service: IpvsService, address: Ipv4, port: number) => service.destinations.find((server) => server.address === address && server.port === port);

function completed(key: IpvsServiceKey, options: IpvsServiceOptions) {
  const scheduler = options.scheduler ?? 'wlc';
  const make = Object.hasOwn(SCHEDULERS, scheduler) ? SCHEDULERS[scheduler] : undefined;
  if (!make) throw new NetError('ENOENT');
  // A service for every port makes sense only when a client's connections stay together.
  if ('port' in key && key.port === 0 && options.persistentSeconds === undefined) throw new NetError('EINVAL');
  return { scheduler, choose: make(), persistentSeconds: options.persistentSeconds, persistentPrefix: options.persistentPrefix ?? 32, onePacket: options.onePacket ?? false };
}

function apply(server: IpvsDestination, options: IpvsDestinationOptions): void {
  if ((options.weight ?? 1) < 0 || (options.lowerThreshold ?? 0) > (options.upperThreshold ?? 0)) throw new NetError('EINVAL');
  server.forwarding = options.forwarding ?? 'route';
  server.weight = options.weight ?? 1;
  server.upperThreshold = options.upperThreshold ?? 0;
  server.lowerThreshold = options.lowerThreshold ?? 0;
}
