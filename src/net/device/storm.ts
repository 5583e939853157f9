/**
 * What ends a frame that goes round in circles. Ethernet has no hop limit: two bridges joined by two cables, without a
 * spanning tree, repeat every broadcast for ever, and three of them multiply it.
 * Differs from Linux: there a storm ends when somebody pulls a cable, and until then takes all the processors. Here a
 * frame dies after so many bridges, and a bridge floods only so many frames a second: the storm is seen in the counters
 * and in tcpdump, and the simulator stays alive.
 */
import type { Clock } from '../../base/clock.ts';

/** More bridges than any sane network has in a row. */
export const BRIDGE_LIMIT = 64;

/** A burst: every pod of a full node asks for every other one at once. */
const BURST = 1000;
const PER_MS = 0.5;

/** A token for each frame that a bridge floods. */
export class FloodLimit {
  #tokens = BURST;
  #countedAtMs = 0;

  constructor(private readonly clock: Clock) {}

  /** @returns false when this one is too many */
  take(): boolean {
    const now = this.clock.now();
    this.#tokens = Math.min(BURST, this.#tokens + (now - this.#countedAtMs) * PER_MS);
    this.#countedAtMs = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
