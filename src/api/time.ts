/**
 * Timestamps in objects: metav1.Time has seconds, metav1.MicroTime microseconds.
 * The instant always comes from a `Clock`; nothing here knows what time it is.
 */

/** `2026-01-31T09:05:00Z` */
export function timestamp(unixMs: number): string {
  return `${new Date(unixMs).toISOString().slice(0, 19)}Z`;
}

/** `2026-01-31T09:05:00.123456Z`, as Leases and the newer Events write it. */
export function microTimestamp(unixMs: number): string {
  const micros = Math.floor((unixMs - Math.floor(unixMs)) * 1000);
  return `${new Date(Math.floor(unixMs)).toISOString().slice(0, 23)}${String(micros).padStart(3, '0')}Z`;
}

/** Unix milliseconds of a timestamp; undefined when it is absent or not one. */
export function parseTimestamp(text: string | undefined): number | undefined {
  if (!text) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
