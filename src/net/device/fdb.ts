/**
 * A bridge's forwarding database: which port leads to which MAC. Learned entries age, permanent ones are the ports' own.
 * Knows nothing of IP. See net/bridge/br_fdb.c.
 */
import type { Mac } from '../../base/address.ts';
import type { Clock } from '../../base/clock.ts';
import type { Device } from './device.ts';

/** A line of `bridge fdb`. */
export interface FdbEntry {
  readonly mac: Mac;
  /** The bridge itself for its own addresses. */
  readonly port: Device;
  readonly kind: 'learned' | 'static' | 'permanent';
  readonly usedAtMs: number;
}

/** `ip -d link` prints it in hundredths of seconds: `ageing_time 30000`. */
export const AGEING_MS = 300_000;

/** The table of one bridge. */
export class BridgeFdb {
  readonly #entries = new Map<Mac, FdbEntry>();

  constructor(private readonly clock: Clock) {}

  /** Which port leads to `mac`; undefined when nobody knows, so that the frame is flooded. */
  lookup(mac: Mac): FdbEntry | undefined {
    const entry = this.#entries.get(mac);
    return entry && !this.#expired(entry) ? entry : undefined;
  }

  /** A frame from `mac` came in at `port`. A permanent entry wins: somebody uses our own address. A static one moves, and still does not age. */
  learn(mac: Mac, port: Device): void {
    const kind = this.#entries.get(mac)?.kind ?? 'learned';
    if (kind !== 'permanent') this.#entries.set(mac, { mac, port, kind, usedAtMs: this.clock.now() });
  }

  add(mac: Mac, port: Device, kind: 'static' | 'permanent'): void {
    this.#entries.set(mac, { mac, port, kind, usedAtMs: this.clock.now() });
  }

  delete(mac: Mac): boolean {
    return this.#entries.delete(mac);
  }

  /** A port left: everything behind it is unknown again. */
  forget(port: Device): void {
    for (const entry of this.#entries.values()) if (entry.port === port) this.#entries.delete(entry.mac);
  }

  /** What lies behind a port that lost its carrier; its own address stays. */
  forgetLearned(port: Device): void {
    for (const entry of this.#entries.values()) if (entry.port === port && entry.kind === 'learned') this.#entries.delete(entry.mac);
  }

  list(): readonly FdbEntry[] {
    return [...this.#entries.values()].filter((entry) => !this.#expired(entry));
  }

  #expired(entry: FdbEntry): boolean {
    return entry.kind === 'learned' && this.clock.now() - entry.usedAtMs > AGEING_MS;
  }
}
