/**
 * Cron schedules: five fields, names, ranges, steps, and the `@` words; when the next time is.
 * See github.com/robfig/cron/v3 and pkg/controller/cronjob/utils.go.
 */

interface Field {
  readonly low: number;
  readonly high: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Field[] = [{ low: 0, high: 59 }, { low: 0, high: 23 }, { low: 1, high: 31 }, { low: 1, high: 12, names: MONTHS }, { low: 0, high: 6, names: DAYS }];
const WORDS: Readonly<Record<string, string>> = { '@yearly': '0 0 1 1 *', '@annually': '0 0 1 1 *', '@monthly': '0 0 1 * *', '@weekly': '0 0 * * 0', '@daily': '0 0 * * *', '@midnight': '0 0 * * *', '@hourly': '0 * * * *' };
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };
const DAY_MS = 86_400_000;
/** A schedule that names no day within so many years (the 30th of February) never comes. */
const YEARS = 5;

/** The first time after `unixMs`; undefined when there is none. */
export type Schedule = (unixMs: number) => number | undefined;

/** Undefined when the text is no schedule. @param timeZone IANA name; UTC when absent */
export function parseSchedule(text: string, timeZone?: string): Schedule | undefined {
  const every = /^@every ((?:\d+[hms])+)$/.exec(text.trim())?.[1];
  if (every) {
    const periodMs = [...every.matchAll(/(\d+)([hms])/g)].reduce((sum, [, amount, unit]) => sum + Number(amount) * UNIT_MS[unit!]!, 0);
    return periodMs >= 1000 ? (unixMs) => Math.floor(unixMs / 1000) * 1000 + periodMs : undefined;
  }
  const words = (WORDS[text.trim()] ?? text).trim().split(/\s+/);
  if (words.length !== 5) return undefined;
  const sets = words.map((word, at) => parseField(word, FIELDS[at]!));
  if (sets.includes(undefined)) return undefined;
  const [minutes, hours, days, months, weekdays] = sets as [Set<number>, Set<number>, Set<number>, Set<number>, Set<number>];
  // Where both a day of the month and a day of the week are named, either will do.
  const isAny = (word: string) => word.startsWith('*') || word === '?';
  const isDay = (date: Date) => {
    const [byMonth, byWeek] = [days.has(date.getUTCDate()), weekdays.has(date.getUTCDay())];
    return months.has(date.getUTCMonth() + 1) && (isAny(words[2]!) || isAny(words[4]!) ? byMonth && byWeek : byMonth || byWeek);
  };
  return (unixMs) => {
    const offsetMs = offsetOf(unixMs, timeZone);
    const from = Math.floor((unixMs + offsetMs) / 60_000) * 60_000 + 60_000;
    for (let day = Math.floor(from / DAY_MS) * DAY_MS; day < from + YEARS * 366 * DAY_MS; day += DAY_MS) {
      if (!isDay(new Date(day))) continue;
      for (const hour of hours) for (const minute of minutes) {
        const local = day + hour * 3_600_000 + minute * 60_000;
        if (local >= from) return local - offsetOf(local - offsetMs, timeZone);
      }
    }
    return undefined;
  };
}

function parseField(text: string, { low, high, names }: Field): Set<number> | undefined {
  const found = new Set<number>();
  for (const part of text.toLowerCase().split(',')) {
    const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
    const [from, to] = range === '*' || range === '?' ? [low, high] : range.split('-').map((word) => numberOf(word, low, names));
    const end = to ?? (step === undefined ? from : high);
    if (from === undefined || end === undefined || Number.isNaN(from) || Number.isNaN(end) || from < low || end > high || from > end || step === '0') return undefined;
    for (let value = from; value <= end; value += Number(step ?? 1)) found.add(value);
  }
  return new Set([...found].sort((a, b) => a - b));
}

function numberOf(word: string, low: number, names: readonly string[] | undefined): number {
  const named = names?.indexOf(word) ?? -1;
  return named >= 0 ? named + low : /^\d+$/.test(word) ? Number(word) : Number.NaN;
}

/** How far the zone is ahead of UTC at this moment. */
function offsetOf(unixMs: number, timeZone: string | undefined): number {
  if (timeZone === undefined || timeZone === 'UTC' || timeZone === 'Etc/UTC') return 0;
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' }).formatToParts(new Date(unixMs));
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute')) - Math.floor(unixMs / 60_000) * 60_000;
}
