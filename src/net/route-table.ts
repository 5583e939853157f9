/**
 * One routing table: routes by length of their network, then by network, then by metric, so that a look-up costs one
 * question per length in use however many routes there are. Linux has a trie for it (net/ipv4/fib_trie.c).
 */
import { type Cidr, type Ipv4, maskOf, networkOf, toNumber } from '../base/address.ts';
import type { Route } from './routes.ts';

/** The routes of one table. */
export class RouteTable {
  readonly #lengths = new Map<number, Map<number, Route[]>>();
  /** Lengths in use, the longest first. */
  #order: readonly number[] = [];

  /** Those to exactly this network, the lowest metric first. */
  at(network: Cidr): readonly Route[] {
    return this.#lengths.get(network.prefix)?.get(toNumber(networkOf(network))) ?? [];
  }

  /** Behind those of the same network with the same or a lower metric. */
  insert(route: Route): void {
    const { prefix } = route.destination;
    let networks = this.#lengths.get(prefix);
    if (!networks) {
      this.#lengths.set(prefix, (networks = new Map()));
      this.#order = [...this.#lengths.keys()].sort((a, b) => b - a);
    }
    const key = toNumber(route.destination.address);
    const routes = networks.get(key) ?? [];
    const after = routes.findIndex((other) => other.metric > route.metric);
    networks.set(key, after < 0 ? [...routes, route] : routes.toSpliced(after, 0, route));
  }

  remove(route: Route): void {
    const networks = this.#lengths.get(route.destination.prefix);
    const key = toNumber(route.destination.address);
    const left = networks?.get(key)?.filter((other) => other !== route) ?? [];
    if (left.length > 0) networks!.set(key, left);
    else networks?.delete(key);
  }

  /** The first that fits, the longest network first. */
  lookup(destination: Ipv4, outDevice?: string): Route | undefined {
    const address = toNumber(destination);
    for (const prefix of this.#order) {
      const routes = this.#lengths.get(prefix)!.get((address & maskOf(prefix)) >>> 0);
      const found = outDevice === undefined ? routes?.[0] : routes?.find((route) => route.device === outDevice || route.nextHops?.some((hop) => hop.device === outDevice));
      if (found) return found;
    }
    return undefined;
  }

  /** Every route, the longest networks first. */
  list(): readonly Route[] {
    return this.#order.flatMap((prefix) => [...this.#lengths.get(prefix)!.values()].flat());
  }
}
