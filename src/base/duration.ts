/**
 * Lengths of time as Kubernetes says them in its tables, and Go's duration syntax of flags and configuration files.
 * See apimachinery/pkg/util/duration/duration.go and Go's time.ParseDuration. Knows no clock.
 */

/** `12s`, `3m5s`, `45m`, `3h20m`, `20h`, `3d4h`, `12d`, `2y30d`; `<invalid>` for what lies ahead. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (hours < 192) return withRest(days, 'd', hours % 24, 'h');
  if (days < 365 * 2) return `${days}d`;
  const years = Math.trunc(days / 365);
  if (days < 365 * 8) return withRest(years, 'y', days % 365, 'd');
  return `${years}y`;
}

const withRest = (big: number, unit: string, rest: number, restUnit: string) => (rest === 0 ? `${big}${unit}` : `${big}${unit}${rest}${restUnit}`);

/** Both signs of the micro: what keyboards type, and the Greek letter. */
const UNITS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, '\u00b5s': 1e-3, '\u03bcs': 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const PART = '(\\d+\\.?\\d*|\\.\\d+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)';
const WHOLE = new RegExp(`^([+-])?((?:${PART})+)$`);

/** Go's `time.ParseDuration`, in milliseconds: `1h30m`, `1.5s`, `.5s`, `-3ms`; undefined when it is not one. */
export function parseDuration(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  const match = WHOLE.exec(text);
  if (!match) return undefined;
  let total = 0;
  for (const [, number, unit] of match[2]!.matchAll(new RegExp(PART, 'g'))) total += Number(number) * UNITS[unit!]!;
  return match[1] === '-' ? -total : total;
}
