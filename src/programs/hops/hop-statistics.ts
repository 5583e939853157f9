/** What mtr keeps of one hop: who answered, how often, how fast. Knows no screen. */
import type { Ipv4 } from '../../base/address.ts';
import type { HopAnswer } from './probe.ts';

/** A hop as it is shown. */
export interface Hop {
  readonly number: number;
  readonly name: string;
  readonly address: string;
  readonly statistics: HopStatistics;
}

export class HopStatistics {
  address: Ipv4 | undefined;
  final = false;
  sent = 0;
  readonly #times: number[] = [];
  readonly #waiting = new Set<number>();

  /** A packet goes out. @returns its number */
  begin(): number {
    this.#waiting.add(++this.sent);
    return this.sent;
  }

  answered(number: number, { from, tookMs, final }: HopAnswer): void {
    this.#waiting.delete(number);
    this.address = from;
    this.final = final;
    this.#times.push(tookMs);
  }

  /** What was sent and is not on its way any more counts. */
  get lossPercent(): number {
    return this.sent === 0 ? 0 : 100 * (1 - this.#times.length / this.sent);
  }
  get last(): number {
    return this.#times.at(-1) ?? 0;
  }
  get average(): number {
    return this.#times.length === 0 ? 0 : this.#times.reduce((sum, time) => sum + time, 0) / this.#times.length;
  }
  get best(): number {
    return this.#times.length === 0 ? 0 : Math.min(...this.#times);
  }
  get worst(): number {
    return Math.max(0, ...this.#times);
  }
  get deviation(): number {
    if (this.#times.length < 2) return 0;
    const { average } = this;
    return Math.sqrt(this.#times.reduce((sum, time) => sum + (time - average) ** 2, 0) / (this.#times.length - 1));
  }
}

/** How many are shown: up to the end of the way, or one beyond the last that answered (net_max in ui/net.c). */
export function hopCount(hops: readonly HopStatistics[]): number {
  const end = hops.findIndex(({ final }) => final);
  if (end >= 0) return end + 1;
  const last = hops.findLastIndex(({ address }) => address !== undefined);
  return last < 0 ? 0 : Math.min(last + 2, hops.length);
}
