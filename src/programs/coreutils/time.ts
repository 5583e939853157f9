/** Dates and times as tools print them: strftime(3) in UTC, since containers have no time zone unless told. */

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** `%Y-%m-%d` and the rest of strftime(3), with `%N` and `%s` of date. */
export function strftime(format: string, unixMs: number): string {
  const at = new Date(unixMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const space = (value: number) => String(value).padStart(2);
  const hour12 = at.getUTCHours() % 12 || 12;
  const dayOfYear = Math.floor((Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()) - Date.UTC(at.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
  return format.replace(/%([-_0^]?)(:?[a-zA-Z%]|\d?N)/g, (whole, flag: string, letter: string) => {
    const value = one(letter);
    if (value === undefined) return whole;
    return flag === '-' ? value.replace(/^[0 ]+(?=.)/, '') : flag === '_' ? value.replace(/^0(?=.)/, ' ') : flag === '^' ? value.toUpperCase() : value;
  });

  function one(letter: string): string | undefined {
    switch (letter) {
      case 'a': return DAYS[at.getUTCDay()]!.slice(0, 3);
      case 'A': return DAYS[at.getUTCDay()]!;
      case 'b': case 'h': return MONTHS[at.getUTCMonth()]!.slice(0, 3);
      case 'B': return MONTHS[at.getUTCMonth()]!;
      case 'c': return strftime('%a %b %e %H:%M:%S %Y', unixMs);
      case 'C': return two(Math.floor(at.getUTCFullYear() / 100));
      case 'd': return two(at.getUTCDate());
      case 'D': return strftime('%m/%d/%y', unixMs);
      case 'e': return space(at.getUTCDate());
      case 'F': return strftime('%Y-%m-%d', unixMs);
      case 'H': return two(at.getUTCHours());
      case 'I': return two(hour12);
      case 'j': return String(dayOfYear).padStart(3, '0');
      case 'k': return space(at.getUTCHours());
      case 'l': return space(hour12);
      case 'm': return two(at.getUTCMonth() + 1);
      case 'M': return two(at.getUTCMinutes());
      case 'n': return '\n';
      case 'N': return `${String(Math.floor(unixMs) % 1000).padStart(3, '0')}${String(Math.floor((unixMs % 1) * 1e6)).padStart(6, '0')}`;
      case '6N': return `${String(Math.floor(unixMs) % 1000).padStart(3, '0')}${String(Math.floor((unixMs % 1) * 1e3)).padStart(3, '0')}`;
      case '3N': return String(Math.floor(unixMs) % 1000).padStart(3, '0');
      case 'p': return at.getUTCHours() < 12 ? 'AM' : 'PM';
      case 'P': return at.getUTCHours() < 12 ? 'am' : 'pm';
      case 'r': return strftime('%I:%M:%S %p', unixMs);
      case 'R': return strftime('%H:%M', unixMs);
      case 's': return String(Math.floor(unixMs / 1000));
      case 'S': return two(at.getUTCSeconds());
      case 't': return '\t';
      case 'T': return strftime('%H:%M:%S', unixMs);
      case 'u': return String(at.getUTCDay() || 7);
      case 'w': return String(at.getUTCDay());
      case 'x': return strftime('%m/%d/%y', unixMs);
      case 'X': return strftime('%H:%M:%S', unixMs);
      case 'y': return two(at.getUTCFullYear() % 100);
      case 'Y': return String(at.getUTCFullYear());
      case 'z': return '+0000';
      case ':z': return '+00:00';
      case 'Z': return 'UTC';
      case '%': return '%';
      default: return undefined;
    }
  }
}

/** As in `ls -l`: the time of day for half a year, then the year. */
export function listDate(mtimeMs: number, nowMs: number): string {
  const recent = mtimeMs > nowMs - 15_778_476_000 && mtimeMs <= nowMs + 3_600_000;
  return strftime(recent ? '%b %e %H:%M' : '%b %e  %Y', mtimeMs);
}

/** `@1700000000`, `2024-05-01`, `2024-05-01 12:00[:00]`, `2024-05-01T12:00:00Z`, `now`, `1 day ago`: undefined when it is none of these. */
export function parseDate(text: string, nowMs: number): number | undefined {
  if (/^@-?\d+(\.\d+)?$/.test(text)) return Number(text.slice(1)) * 1000;
  if (text === 'now' || text === '') return nowMs;
  if (text === 'today') return nowMs;
  if (text === 'yesterday') return nowMs - 86_400_000;
  if (text === 'tomorrow') return nowMs + 86_400_000;
  const relative = /^([-+]?\d+)\s*(second|sec|minute|min|hour|day|week)s?(\s+ago)?$/.exec(text);
  if (relative) {
    const unit = { second: 1, sec: 1, minute: 60, min: 60, hour: 3600, day: 86_400, week: 604_800 }[relative[2]!]! * 1000;
    return nowMs + Number(relative[1]) * unit * (relative[3] ? -1 : 1);
  }
  const full = /^(\d{4})-(\d\d?)-(\d\d?)(?:[T ](\d\d?):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?\s*(?:Z|UTC|\+00:?00)?$/.exec(text);
  if (full) return Date.UTC(Number(full[1]), Number(full[2]) - 1, Number(full[3]), Number(full[4] ?? 0), Number(full[5] ?? 0), Number(full[6] ?? 0));
  return undefined;
}

/** `[[CC]YY]MMDDhhmm[.ss]`, as `touch -t` takes it: undefined when it is none. */
export function parseStamp(text: string, nowMs: number): number | undefined {
  const match = /^(?:(\d\d)?(\d\d))?(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d\d))?$/.exec(text);
  if (!match) return undefined;
  const [, century, short, month, day, hour, minute, second] = match.map((part) => (part === undefined ? undefined : Number(part)));
  // POSIX: 69 to 99 are of the last century.
  const year = short === undefined ? new Date(nowMs).getUTCFullYear() : (century ?? (short < 69 ? 20 : 19)) * 100 + short;
  const isTime = month! >= 1 && month! <= 12 && day! >= 1 && day! <= new Date(Date.UTC(year, month!, 0)).getUTCDate() && hour! < 24 && minute! < 60 && (second ?? 0) < 61;
  return isTime ? Date.UTC(year, month! - 1, day, hour, minute, second ?? 0) : undefined;
}
