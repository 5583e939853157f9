/**
 * Addresses of devices and the routes that come with them. See net/ipv4/devinet.c, fib_frontend.c (fib_add_ifaddr).
 */
import { broadcastOf, type Cidr, contains, type Ipv4, networkOf } from '../base/address.ts';
import type { Device } from './device/device.ts';
import { NetError } from './errors.ts';
import type { Route, Routes } from './routes.ts';

/** How far an address or a route is valid. */
export type Scope = 'global' | 'link' | 'host';

/** A line `inet …` of `ip addr`. */
export interface InterfaceAddress {
  readonly device: string;
  readonly address: Cidr;
  readonly scope: Scope;
  readonly label?: string;
  readonly broadcast?: Ipv4;
  /** The other end of a point-to-point link; the connected route leads there. */
  readonly peer?: Cidr;
  /** Not the first of its network on this device: never chosen as a source by itself. */
  readonly secondary?: boolean;
}

/** What `ip addr add` may be told besides. */
export interface AddressOptions {
  readonly scope?: Scope;
  readonly label?: string;
  readonly broadcast?: Ipv4;
  readonly peer?: Cidr;
}

const SCOPE_RANK: Readonly<Record<Scope, number>> = { global: 0, link: 253, host: 254 };

/** The addresses of one namespace, in the order they were added. */
export class Addresses {
  #list: InterfaceAddress[] = [];
  readonly #byDevice = new Map<string, InterfaceAddress[]>();
  /** `eth0 10.0.0.1/24`, and `eth0 10.0.0.0/24` with how often: kube-ipvs0 may have thousands. */
  readonly #known = new Set<string>();
  readonly #networks = new Map<string, number>();
  readonly #local = new Set<Ipv4>();

  constructor(private readonly routes: Routes) {}

  list(device?: string): readonly InterfaceAddress[] {
    return device === undefined ? this.#list : (this.#byDevice.get(device) ?? []);
  }

  /** @throws NetError EEXIST the device has this address already */
  add(device: Device, address: Cidr, options: AddressOptions = {}): void {
    if (this.#known.has(keyOf(device.name, address))) throw new NetError('EEXIST');
    const secondary = this.#networks.has(networkKeyOf(device.name, address));
    const entry: InterfaceAddress = { device: device.name, address, scope: options.scope ?? 'global', ...options, ...(secondary ? { secondary } : {}) };
    this.#list.push(entry);
    this.#index(entry);
    this.#addRoutes(device, entry);
  }

  /** Deleting the first address of a network deletes those that came after it too (promote_secondaries is off). @throws NetError EADDRNOTAVAIL */
  delete(device: Device, address: Cidr): void {
    const found = this.list(device.name).find((entry) => entry.address.address === address.address && entry.address.prefix === address.prefix);
    if (!found) throw new NetError('EADDRNOTAVAIL', 'ipv4: Address not found.');
    const goes = (entry: InterfaceAddress) =>
      entry === found || (!found.secondary && entry.device === device.name && entry.secondary === true && contains(found.address, entry.address.address));
    for (const entry of this.#list.filter(goes)) this.#removeRoutes(entry);
    this.#keep((entry) => !goes(entry));
  }

  has(address: Ipv4): boolean {
    return this.#local.has(address);
  }

  renamed(device: string, newName: string): void {
    this.#list = this.#list.map((entry) => (entry.device === device ? { ...entry, device: newName } : entry));
    this.#keep(() => true);
  }

  /** The device left; what it had goes. */
  removed(device: string): void {
    for (const entry of this.list(device)) this.#removeRoutes(entry);
    this.#keep((entry) => entry.device !== device);
  }

  /** The device came up: its connected routes come back. */
  cameUp(device: Device): void {
    for (const entry of this.list(device.name)) this.#addRoutes(device, entry);
  }

  /**
   * The address a packet gets that leaves through `device` (inet_select_addr): the first primary one of sufficient
   * scope, one of the next hop's network before others, another device's as a last resort.
   */
  select(device: string, nextHop: Ipv4, scope: Scope): Ipv4 | undefined {
    const fits = (entry: InterfaceAddress) => !entry.secondary && SCOPE_RANK[entry.scope] <= SCOPE_RANK[scope];
    const own = this.list(device).filter(fits);
    const near = own.find((entry) => contains(entry.peer ?? entry.address, nextHop)) ?? own[0];
    if (near) return near.address.address;
    return this.#list.find((entry) => fits(entry) && entry.scope !== 'link' && entry.scope !== 'host')?.address.address;
  }

  #keep(stays: (entry: InterfaceAddress) => boolean): void {
    this.#list = this.#list.filter(stays);
    for (const index of [this.#local, this.#known, this.#networks, this.#byDevice]) index.clear();
    for (const entry of this.#list) this.#index(entry);
  }

  #index(entry: InterfaceAddress): void {
    const { device, address } = entry;
    this.#local.add(address.address);
    this.#known.add(keyOf(device, address));
    const network = networkKeyOf(device, address);
    this.#networks.set(network, (this.#networks.get(network) ?? 0) + 1);
    const mine = this.#byDevice.get(device);
    if (mine) mine.push(entry);
    else this.#byDevice.set(device, [entry]);
  }

  #addRoutes(device: Device, entry: InterfaceAddress): void {
    for (const route of connectedRoutes(device, entry, this.#sourceOf(entry))) if (!this.routes.has(route)) this.routes.insert(route);
  }

  #removeRoutes(entry: InterfaceAddress): void {
    const { device, address, peer, broadcast } = entry;
    const network = peer ?? address;
    const hosts = [address.address, broadcastOf(network), ...(broadcast ? [broadcast] : [])].map((one): Cidr => ({ address: one, prefix: 32 }));
    this.routes.removeConnected(device, this.#sourceOf(entry), [network, ...hosts]);
  }

  /** Of a secondary address: the first of its network, by which its routes go (fib_add_ifaddr). */
  #sourceOf({ device, address, secondary }: InterfaceAddress): Ipv4 {
    if (!secondary) return address.address;
    const primary = this.list(device).find((other) => !other.secondary && other.address.prefix === address.prefix && contains(other.address, address.address));
    return primary?.address.address ?? address.address;
  }
}

const keyOf = (device: string, { address, prefix }: Cidr) => `${device} ${address}/${prefix}`;
const networkKeyOf = (device: string, network: Cidr) => `${device} ${networkOf(network)}/${network.prefix}`;

function connectedRoutes(device: Device, { address, broadcast, peer, secondary }: InterfaceAddress, source: Ipv4): readonly Route[] {
  const own = address.address;
  const common = { device: device.name, source, metric: 0, protocol: 'kernel' } as const;
  const host = (destination: Ipv4): Cidr => ({ address: destination, prefix: 32 });
  const local: Route = { ...common, destination: host(own), type: 'local', scope: 'host', table: 'local' };
  if (!device.up) return [local];
  const routes: Route[] = [local];
  const toBroadcast = (destination: Ipv4): Route => ({ ...common, destination: host(destination), type: 'broadcast', scope: 'link', table: 'local' });
  if (broadcast && broadcast !== broadcastOf(address)) routes.push(toBroadcast(broadcast));
  const network = peer ?? address;
  const destination: Cidr = { address: networkOf(network), prefix: network.prefix };
  if (secondary || destination.address.startsWith('0.') || (network.prefix === 32 && destination.address === own)) return routes;
  if (device.kind === 'loopback') routes.push({ ...common, destination, type: 'local', scope: 'host', table: 'local' });
  else routes.push({ ...common, destination, type: 'unicast', scope: 'link', table: 'main' });
  if (network.prefix < 31) routes.push(toBroadcast(broadcastOf(network)));
  return routes;
}
