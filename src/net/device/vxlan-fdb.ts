/**
 * A VXLAN device's forwarding table: MAC to host. The all-zero MAC is the default, to which broadcasts and unknown
 * addresses go; it may have several hosts. See drivers/net/vxlan/vxlan_core.c, `bridge fdb`.
 */
import { type Ipv4, type Mac, ZERO_MAC } from '../../base/address.ts';
import type { Clock } from '../../base/clock.ts';
import { NetError } from '../errors.ts';
import { AGEING_MS } from './fdb.ts';

/** A line of `bridge fdb show dev …`. */
export interface VxlanFdbEntry {
  readonly mac: Mac;
  readonly destination: Ipv4;
  readonly kind: 'learned' | 'static' | 'permanent';
  readonly usedAtMs?: number;
}

/** The table of one VXLAN device. */
export class VxlanFdb {
  readonly #entries = new Map<Mac, VxlanFdbEntry[]>();

  constructor(private readonly clock: Clock) {}

  /** @throws NetError EEXIST */
  add(mac: Mac, destination: Ipv4, kind: 'static' | 'permanent' = 'permanent'): void {
    if (this.#entries.has(mac)) throw new NetError('EEXIST');
    this.append(mac, destination, kind);
  }

  /** One more host for the default entry; a MAC that has one keeps it, and nobody complains (vxlan_fdb_update_existing). */
  append(mac: Mac, destination: Ipv4, kind: 'static' | 'permanent' = 'permanent'): void {
    const present = this.#entries.get(mac) ?? [];
    if (present.some((entry) => entry.destination === destination) || (present.length > 0 && mac !== ZERO_MAC)) return;
    this.#entries.set(mac, [...present, { mac, destination, kind }]);
  }

  replace(mac: Mac, destination: Ipv4, kind: 'static' | 'permanent' = 'permanent'): void {
    this.#entries.set(mac, [{ mac, destination, kind }]);
  }

  /** @throws NetError ENOENT */
  delete(mac: Mac, destination?: Ipv4): void {
    const present = this.#entries.get(mac) ?? [];
    const rest = present.filter((entry) => destination !== undefined && entry.destination !== destination);
    if (rest.length === present.length) throw new NetError('ENOENT');
    if (rest.length > 0) this.#entries.set(mac, rest);
    else this.#entries.delete(mac);
  }

  learn(mac: Mac, destination: Ipv4): void {
    const present = this.#entries.get(mac);
    if (present && present[0]?.kind !== 'learned') return;
    this.#entries.set(mac, [{ mac, destination, kind: 'learned', usedAtMs: this.clock.now() }]);
  }

  /** The hosts to send to: one for a known address, every default one otherwise. */
  destinations(mac: Mac): readonly Ipv4[] {
    const isKnown = (entry: VxlanFdbEntry) => entry.kind !== 'learned' || this.clock.now() - (entry.usedAtMs ?? 0) <= AGEING_MS;
    const known = (this.#entries.get(mac) ?? []).filter(isKnown);
    return (known.length > 0 ? known : (this.#entries.get(ZERO_MAC) ?? [])).map(({ destination }) => destination);
  }

  list(): readonly VxlanFdbEntry[] {
    return [...this.#entries.values()].flat();
  }
}
