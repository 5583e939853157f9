/**
 * Routing tables of one namespace: what `ip route` edits and every packet asks. Longest prefix wins, then lowest metric.
 * Knows no packet. See net/ipv4/fib_trie.c, fib_semantics.c.
 * Differs from Linux: a next hop whose device went down leaves its route, instead of staying there as `dead linkdown`.
 */
import { ANY, type Cidr, type Ipv4, isMulticast, networkOf, printCidr, toNumber } from '../base/address.ts';
import type { Scope } from './addresses.ts';
import type { Device } from './device/device.ts';
import { NetError } from './errors.ts';
import type { NetNamespace } from './namespace.ts';
import { RouteTable } from './route-table.ts';
import { RoutingRules, type RuleQuery } from './rules.ts';

/** The first word of a route, left out when it is unicast. */
export type RouteType = 'unicast' | 'local' | 'broadcast' | 'blackhole' | 'unreachable' | 'prohibit' | 'throw';

/** One of several ways that a route may lead. */
export interface NextHop {
  readonly via?: Ipv4;
  readonly device: string;
  readonly weight: number;
  readonly onlink?: boolean;
}

/** A line of `ip route`. */
export interface Route {
  readonly destination: Cidr;
  readonly type: RouteType;
  readonly via?: Ipv4;
  readonly device?: string;
  readonly scope: Scope;
  /** Preferred source address, `src` in `ip route`. */
  readonly source?: Ipv4;
  readonly metric: number;
  /** kernel, boot, static, bird or a number, as /etc/iproute2/rt_protos names them. */
  readonly protocol: string;
  readonly onlink?: boolean;
  /** The gateway was an address of this machine: what goes this way is asked for on the link itself. */
  readonly viaItself?: boolean;
  readonly mtu?: number;
  /** Several ways, of which each pair of addresses always takes the same; `via` and `device` are then absent. */
  readonly nextHops?: readonly NextHop[];
  readonly table: string | number;
}

/** What `ip route add` must at least be told. */
export type RouteSpec = Partial<Omit<Route, 'nextHops'>> & { readonly destination: Cidr; readonly nextHops?: readonly (Omit<NextHop, 'device'> & { readonly device?: string })[] };

/** Where a packet goes, or why it goes nowhere. */
export type RouteAnswer =
  | { readonly kind: 'found'; readonly route: Route; readonly device: Device; readonly nextHop: Ipv4; readonly source: Ipv4 }
  | { readonly kind: 'unreachable'; readonly reason: 'no-route' | 'blackhole' | 'unreachable' | 'prohibit' };

const TABLE_NAMES: Readonly<Record<number, string>> = { 253: 'default', 254: 'main', 255: 'local' };
const WITHOUT_DEVICE: ReadonlySet<RouteType> = new Set<RouteType>(['blackhole', 'unreachable', 'prohibit', 'throw']);

/** 254 and `main` are the same table. */
const tableName = (table: string | number): string => (typeof table === 'number' ? (TABLE_NAMES[table] ?? String(table)) : table);

/** All tables of one namespace, and the rules that choose among them. */
export class Routes {
  readonly rules = new RoutingRules();
  readonly #tables = new Map<string, RouteTable>();

  constructor(private readonly namespace: NetNamespace) {}

  /** @throws NetError EEXIST, ENODEV, ENETDOWN, ENETUNREACH "Nexthop has invalid gateway.", EINVAL */
  add(spec: RouteSpec, mode: 'add' | 'append' = 'add'): void {
    const route = this.#complete(spec);
    if (mode === 'add' && this.#table(route.table).at(route.destination).some((other) => other.metric === route.metric)) throw new NetError('EEXIST');
    this.insert(route);
  }

  /** Takes the place of the one with the same destination and metric; without one it is added. @throws NetError ENOENT without one, when it is a change */
  replace(spec: RouteSpec, mode: 'replace' | 'change' = 'replace'): void {
    const route = this.#complete(spec);
    const table = this.#table(route.table);
    const present = table.at(route.destination).find((other) => other.metric === route.metric);
    if (!present && mode === 'change') throw new NetError('ENOENT');
    if (present) table.remove(present);
    this.insert(route);
  }

  /** Deletes the first route that has everything `match` names. @throws NetError ESRCH */
  delete(match: RouteSpec): void {
    const table = this.#table(match.table ?? 'main');
    const sameHops = (route: Route) => match.nextHops?.length === route.nextHops?.length && match.nextHops?.every(({ via, device }, at) => route.nextHops?.[at]?.via === via && (device === undefined || route.nextHops?.[at]?.device === device));
    const fits = (route: Route) =>
      (match.nextHops === undefined || sameHops(route)) &&
      (match.type === undefined || route.type === match.type) &&
      (['via', 'device', 'source', 'metric', 'protocol', 'scope'] as const).every((key) => match[key] === undefined || route[key] === match[key]);
    const found = table.at(match.destination).find(fits);
    if (!found) throw new NetError('ESRCH');
    table.remove(found);
  }

  /** One table, or `all`, in the order of `ip route`: by destination, the shorter network behind the longer, then by metric. */
  list(table: string | number = 'main'): readonly Route[] {
    const tables = table === 'all' ? [...this.#tables.values()] : [this.#table(table)];
    const first = (route: Route) => toNumber(route.destination.address);
    return tables.flatMap((one) => one.list().toSorted((a, b) => first(a) - first(b) || b.destination.prefix - a.destination.prefix || a.metric - b.metric));
  }

  lookup(destination: Ipv4, query: RuleQuery = {}): RouteAnswer {
    if (query.outDevice !== undefined && (isMulticast(destination) || destination === '255.255.255.255')) return this.#through(query.outDevice, destination);
    for (const action of this.rules.actions(destination, query)) {
      // A rule that says unreachable means the network, a route that says so means the host (fib4_rule_action).
      if (action.kind !== 'lookup') return { kind: 'unreachable', reason: action.kind === 'unreachable' ? 'no-route' : action.kind };
      const route = this.#table(action.table).lookup(destination, query.outDevice);
      if (!route || route.type === 'throw' || route.destination.prefix <= (action.suppressPrefixLength ?? -1)) continue;
      if (route.type === 'blackhole' || route.type === 'unreachable' || route.type === 'prohibit') return { kind: 'unreachable', reason: route.type };
      return this.#answer(route.nextHops ? throughOne(route, route.nextHops, destination, query) : route, destination);
    }
    // A packet bound to a device needs no route: everything is on that link (ip_route_output_key_hash_rcu).
    if (query.outDevice !== undefined && query.inDevice === undefined) return this.#through(query.outDevice, destination);
    return { kind: 'unreachable', reason: 'no-route' };
  }

  /** Puts a finished route in, without the checks of netlink. */
  insert(route: Route): void {
    const { destination } = route;
    const network: Cidr = { address: networkOf(destination), prefix: destination.prefix };
    this.#table(route.table).insert({ ...route, destination: network, table: tableName(route.table) });
  }

  has(route: Route): boolean {
    return this.#table(route.table).at(route.destination).some((other) => other.type === route.type && other.device === route.device && other.source === route.source);
  }

  /** What leads through a device that is no more; of several next hops the others stay. */
  removeThrough(device: string, spared: (route: Route) => boolean = () => false): void {
    for (const table of this.#tables.values()) {
      for (const route of table.list()) {
        const left = route.nextHops?.filter((hop) => hop.device !== device);
        if (left ? left.length === route.nextHops?.length : route.device !== device || spared(route)) continue;
        table.remove(route);
        if (left && left.length > 0) table.insert({ ...route, nextHops: left });
      }
    }
  }

  removeWhere(goes: (route: Route) => boolean): void {
    for (const table of this.#tables.values()) for (const route of table.list()) if (goes(route)) table.remove(route);
  }

  /** Those of one address that the kernel made, when the address goes. */
  removeConnected(device: string, source: Ipv4, networks: readonly Cidr[]): void {
    for (const table of this.#tables.values()) {
      for (const network of networks) {
        for (const route of table.at(network)) if (route.protocol === 'kernel' && route.device === device && route.source === source) table.remove(route);
      }
    }
  }

  renamed(device: string, newName: string): void {
    for (const table of this.#tables.values()) {
      for (const route of table.list()) {
        if (route.device !== device && !route.nextHops?.some((hop) => hop.device === device)) continue;
        table.remove(route);
        table.insert({ ...route, ...(route.nextHops ? { nextHops: route.nextHops.map((hop) => (hop.device === device ? { ...hop, device: newName } : hop)) } : { device: newName }) });
      }
    }
  }

  #table(table: string | number): RouteTable {
    const name = tableName(table);
    let found = this.#tables.get(name);
    if (!found) this.#tables.set(name, (found = new RouteTable()));
    return found;
  }

  #answer(route: Route, destination: Ipv4): RouteAnswer {
    // What is for this machine goes through lo, whichever device has the address.
    const device = this.namespace.devices.get(route.type === 'local' ? 'lo' : (route.device ?? ''));
    if (!device) return { kind: 'unreachable', reason: 'no-route' };
    const nextHop = route.viaItself ? destination : (route.via ?? destination);
    const chosen = route.type === 'local' ? (route.source ?? destination) : (route.source ?? this.namespace.selectSource(device.name, nextHop, route.scope));
    return { kind: 'found', route, device, nextHop, source: chosen ?? ANY };
  }

  #through(name: string, destination: Ipv4): RouteAnswer {
    const device = this.namespace.devices.get(name);
    if (!device) return { kind: 'unreachable', reason: 'no-route' };
    const route: Route = { destination: { address: destination, prefix: 32 }, type: 'unicast', device: name, scope: 'link', metric: 0, protocol: 'kernel', table: 'main' };
    return { kind: 'found', route, device, nextHop: destination, source: this.namespace.selectSource(name, destination, 'link') ?? ANY };
  }

  /** Fills in what the kernel fills in, and refuses what it refuses (fib_check_nh). */
  #complete(spec: RouteSpec): Route {
    const type = spec.type ?? 'unicast';
    if (networkOf(spec.destination) !== spec.destination.address) throw new NetError('EINVAL', 'Invalid prefix for given prefix length.');
    const { nextHops: _ways, ...single } = spec;
    const base = { ...single, type, metric: spec.metric ?? 0, protocol: spec.protocol ?? 'boot', table: spec.table ?? (type === 'local' || type === 'broadcast' ? 'local' : 'main') };
    if (WITHOUT_DEVICE.has(type)) return { ...base, scope: spec.scope ?? 'global' };
    if (spec.nextHops) {
      const nextHops = spec.nextHops.map((hop) => ({ ...hop, device: this.#complete({ ...hop, destination: spec.destination }).device! }));
      return { ...base, nextHops, scope: spec.scope ?? 'global' };
    }
    const scope = spec.scope ?? (type === 'local' ? 'host' : type === 'broadcast' || spec.via === undefined ? 'link' : 'global');
    const name = spec.via === undefined || spec.onlink ? spec.device : this.#gatewayDevice(spec.via, spec.device);
    if (name === undefined) throw new NetError('ENODEV');
    const device = this.namespace.devices.get(name);
    if (!device) throw new NetError('ENODEV');
    if (!device.up) throw new NetError('ENETDOWN', spec.via === undefined ? 'Device for nexthop is not up.' : 'Nexthop device is not up.');
    if (spec.source && !this.namespace.isLocal(spec.source)) throw new NetError('EINVAL', 'Invalid prefsrc address.');
    return { ...base, scope, device: name, ...(spec.via !== undefined && this.#isOwn(spec.via) ? { viaItself: true } : {}) };
  }

  #isOwn(address: Ipv4): boolean {
    const route = this.#table('local').lookup(address);
    return route?.type === 'local' && route.destination.prefix === 32 && route.device !== 'lo';
  }

  /** A gateway must be a neighbour: reached without another gateway, and not this machine itself. */
  #gatewayDevice(via: Ipv4, device: string | undefined): string {
    const route = this.#table('local').lookup(via) ?? this.#table('main').lookup(via, device);
    const named = device === undefined ? undefined : this.namespace.devices.get(device);
    if (named && !named.up) throw new NetError('ENETDOWN', 'Nexthop device is not up.');
    const neighbor = route?.type === 'unicast' && route.via === undefined && route.scope === 'link';
    // An address of this machine is taken too, when it is that device's.
    const own = this.#isOwn(via) && (device === undefined || route?.device === device);
    if (!route || (!neighbor && !own)) throw new NetError('ENETUNREACH', 'Nexthop has invalid gateway.');
    return device ?? route.device!;
  }
}

/** The next hop for these two addresses: by a hash, weighted (fib_select_multipath, fib_multipath_hash_policy 0). */
function throughOne({ nextHops: _all, ...route }: Route, hops: readonly NextHop[], destination: Ipv4, { source = ANY }: RuleQuery): Route {
  const total = hops.reduce((sum, { weight }) => sum + weight, 0);
  let place = (Math.imul(toNumber(source) ^ Math.imul(toNumber(destination), 0x9e3779b1), 0x85ebca6b) >>> 8) % total;
  const { weight: _share, ...chosen } = hops.find(({ weight }) => (place -= weight) < 0) ?? hops[0]!;
  return { ...route, ...chosen };
}

/** As the trace tells it; `ip route` has its own printer. */
export function describeRoute(route: Route): string {
  return [route.type === 'unicast' ? '' : `${route.type} `, printCidr(route.destination), route.via ? ` via ${route.via}` : '', route.device ? ` dev ${route.device}` : ''].join('');
}
