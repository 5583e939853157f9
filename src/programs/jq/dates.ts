/** Broken-down times and their texts: `strftime`, `strptime`, `mktime`, `gmtime`. Always UTC, as these machines are. See jq(1), "Dates". */
import { described, JqError } from './error.ts';
import { isArray, type Json } from './value.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** Seconds to [year, month from 0, day, hours, minutes, seconds, day of the week, day of the year]. */
export function gmtime(seconds: Json): Json {
  if (typeof seconds !== 'number') throw new JqError('gmtime() requires a number');
  const date = new Date(Math.floor(seconds) * 1000);
  const yearDay = Math.floor((Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000);
  const fraction = seconds - Math.floor(seconds);
  return [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds() + fraction, date.getUTCDay(), yearDay];
}

export function mktime(broken: Json): Json {
  if (!isArray(broken) || broken.length < 6) throw new JqError('mktime requires array of 6 numbers');
  if (broken.some((part) => typeof part !== 'number')) throw new JqError('mktime requires parsed datetime inputs');
  const [year, month, day, hour, minute, second] = broken as number[];
  return Math.floor(Date.UTC(year!, month!, day, hour, minute, second) / 1000);
}

export function strftime(input: Json, layout: Json): Json {
  const broken = typeof input === 'number' ? gmtime(input) : input;
  if (!isArray(broken)) throw new JqError('strftime/1 requires parsed datetime inputs');
  if (typeof layout !== 'string') throw new JqError('strftime/1 requires a string format');
  const date = new Date((mktime(broken) as number) * 1000);
  return layout.replaceAll(/%(.)/g, (whole, letter: string) => field(letter, date) ?? whole);
}

const two = (value: number) => String(value).padStart(2, '0');

function field(letter: string, date: Date): string | undefined {
  const iso = date.toISOString();
  const dayOfYear = (gmtime(date.getTime() / 1000) as number[])[7]! + 1;
  const fields: Readonly<Record<string, string>> = {
    Y: String(date.getUTCFullYear()), m: iso.slice(5, 7), d: iso.slice(8, 10), H: iso.slice(11, 13), M: iso.slice(14, 16), S: iso.slice(17, 19), y: two(date.getUTCFullYear() % 100),
    e: String(date.getUTCDate()).padStart(2), I: two(date.getUTCHours() % 12 || 12), p: date.getUTCHours() < 12 ? 'AM' : 'PM', j: String(dayOfYear).padStart(3, '0'), Z: 'UTC', z: '+0000',
    A: DAYS[date.getUTCDay()]!, a: DAYS[date.getUTCDay()]!.slice(0, 3), B: MONTHS[date.getUTCMonth()]!, b: MONTHS[date.getUTCMonth()]!.slice(0, 3), s: String(date.getTime() / 1000),
    T: iso.slice(11, 19), F: iso.slice(0, 10), D: `${iso.slice(5, 7)}/${iso.slice(8, 10)}/${iso.slice(2, 4)}`, R: iso.slice(11, 16), u: String(date.getUTCDay() || 7), w: String(date.getUTCDay()),
    c: `${DAYS[date.getUTCDay()]!.slice(0, 3)} ${MONTHS[date.getUTCMonth()]!.slice(0, 3)} ${String(date.getUTCDate()).padStart(2)} ${iso.slice(11, 19)} ${date.getUTCFullYear()}`,
    '%': '%', n: '\n', t: '\t',
  };
  return fields[letter];
}

const PARSED: Readonly<Record<string, string>> = { Y: String.raw`(?<Y>\d{4})`, m: String.raw`(?<m>\d\d?)`, d: String.raw`(?<d>\d\d?)`, H: String.raw`(?<H>\d\d?)`, M: String.raw`(?<M>\d\d?)`, S: String.raw`(?<S>\d\d?)`, Z: '(?:[A-Za-z]+)', z: String.raw`(?:Z|[+-]\d\d:?\d\d)`, A: '(?:[A-Za-z]+)', a: '(?:[A-Za-z]+)', b: '(?<b>[A-Za-z]+)', B: '(?<b>[A-Za-z]+)', '%': '%' };
const SHORTHANDS: Readonly<Record<string, string>> = { T: '%H:%M:%S', F: '%Y-%m-%d', R: '%H:%M' };

export function strptime(input: Json, layout: Json): Json {
  if (typeof input !== 'string') throw new JqError(`strptime/1 requires string inputs and arguments`);
  if (typeof layout !== 'string') throw new JqError('strptime/1 requires string inputs and arguments');
  const pattern = layout.replaceAll(/%([TFR])/g, (_, letter: string) => SHORTHANDS[letter]!).replaceAll(/%(.)|[.*+?^${}()|[\]\\]/g, (whole, letter?: string) => (letter === undefined ? `\\${whole}` : (PARSED[letter] ?? '(?!)')));
  const found = new RegExp(`^${pattern}$`).exec(input)?.groups;
  if (!found) throw new JqError(`date ${printed(input)} does not match format ${printed(layout)}`);
  const month = found['b'] === undefined ? Number(found['m'] ?? 1) - 1 : MONTHS.findIndex((name) => name.toLowerCase().startsWith(found['b']!.toLowerCase().slice(0, 3)));
  return gmtime(Date.UTC(Number(found['Y'] ?? 1900), month, Number(found['d'] ?? 1), Number(found['H'] ?? 0), Number(found['M'] ?? 0), Number(found['S'] ?? 0)) / 1000);
}

const printed = (value: Json): string => (typeof value === 'string' ? `"${value}"` : described(value));
