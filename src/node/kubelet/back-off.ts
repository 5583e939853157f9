/** Waiting longer after every failure. See client-go util/flowcontrol/backoff.go. Pure bookkeeping; time is passed in. */
export class BackOff {
  readonly #entries = new Map<string, { delayMs: number; sinceMs: number }>();

  constructor(
    readonly firstMs: number,
    readonly lastMs: number,
  ) {}

  /** A failure happened: the next wait is twice the last one, or the first one when it has been quiet for long. */
  next(id: string, nowMs: number): void {
    const entry = this.#entries.get(id);
    const isStale = entry === undefined || nowMs - entry.sinceMs > 2 * this.lastMs;
    this.#entries.set(id, { delayMs: isStale ? this.firstMs : Math.min(entry.delayMs * 2, this.lastMs), sinceMs: nowMs });
  }

  delayMs(id: string): number {
    return this.#entries.get(id)?.delayMs ?? 0;
  }

  /** How much longer to wait, counted from when the thing ended; 0 when it may go on. */
  leftMs(id: string, eventMs: number, nowMs: number): number {
    const entry = this.#entries.get(id);
    if (!entry || nowMs - eventMs > 2 * this.lastMs) return 0;
    return Math.max(0, eventMs + entry.delayMs - nowMs);
  }

  forget(id: string): void {
    this.#entries.delete(id);
  }
}

/** Go's time.Duration in whole seconds: `10s`, `1m20s`, `5m0s`. */
export function goSeconds(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

/** Go's time.Duration to the millisecond: `412ms`, `1.2s`. */
export function goDuration(ms: number): string {
  const whole = Math.round(ms);
  if (whole < 1000) return `${whole}ms`;
  const seconds = String(Number((whole / 1000).toFixed(3)) % 60);
  return whole < 60_000 ? `${seconds}s` : `${Math.floor(whole / 60_000)}m${seconds}s`;
}
