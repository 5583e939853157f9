/** What rules share by name: lists of recently seen addresses (xt_recent) and accounting objects (nfacct). */
import type { Ipv4 } from '../../base/address.ts';

/** Addresses a list remembers, and packets it remembers of each: the module's defaults. */
const ADDRESS_LIMIT = 100;
const STAMP_LIMIT = 20;

/** An address and when it was seen. */
export interface RecentEntry {
  readonly address: Ipv4;
  /** Times of the packets seen, oldest first. */
  readonly seenAtMs: number[];
  ttl: number;
}

/** The lists of `-m recent`. */
export class RecentLists {
  readonly #lists = new Map<string, Map<Ipv4, RecentEntry>>();

  find(list: string, address: Ipv4): RecentEntry | undefined {
    return this.#lists.get(list)?.get(address);
  }

  see(list: string, address: Ipv4, ttl: number, nowMs: number): void {
    let entries = this.#lists.get(list);
    if (!entries) this.#lists.set(list, (entries = new Map()));
    const entry = entries.get(address) ?? { address, seenAtMs: [], ttl };
    entry.ttl = ttl;
    entry.seenAtMs.push(nowMs);
    if (entry.seenAtMs.length > STAMP_LIMIT) entry.seenAtMs.shift();
    // The most recent moves to the end; the one unseen for longest makes room.
    entries.delete(address);
    entries.set(address, entry);
    if (entries.size > ADDRESS_LIMIT) entries.delete(entries.keys().next().value!);
  }

  remove(list: string, address: Ipv4): void {
    this.#lists.get(list)?.delete(address);
  }

  /** Everything a list holds: /proc/net/xt_recent/<name>. */
  list(list: string): readonly RecentEntry[] {
    return [...(this.#lists.get(list)?.values() ?? [])];
  }

  names(): readonly string[] {
    return [...this.#lists.keys()];
  }
}

/** The counters of `-m nfacct`. */
export class Accounting {
  readonly #objects = new Map<string, { packets: number; bytes: number }>();

  /** Missing objects come into being, as kube-proxy makes them before it writes its rules. */
  count(name: string, bytes: number): void {
    const object = this.#objects.get(name) ?? { packets: 0, bytes: 0 };
    object.packets++;
    object.bytes += bytes;
    this.#objects.set(name, object);
  }

  list(): readonly { readonly name: string; readonly packets: number; readonly bytes: number }[] {
    return [...this.#objects].map(([name, counters]) => ({ name, ...counters }));
  }
}
