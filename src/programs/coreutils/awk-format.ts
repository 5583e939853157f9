/** awk's values as text: `printf`, and what CONVFMT and OFMT make of a number. See awk in POSIX.1-2017, "Output Statements". */
import { formatFloat } from '../../shell/builtins/format.ts';
import { toNumber, type Value } from './awk-values.ts';

export const toText = (value: Value, format = '%.6g'): string => (typeof value === 'string' ? value : typeof value === 'number' ? (Number.isInteger(value) ? String(value) : awkFormat(format, [value])) : value.text);

/** printf of awk: numbers are floating point, `%c` of a number is a character. */
export function awkFormat(format: string, values: readonly Value[]): string {
  let index = 0;
  return format.replace(/%(%|([-+ 0#]*)(\*|\d+)?(?:\.(\*|\d+))?([a-zA-Z]))/g, (_whole, directive: string, flags: string, width: string | undefined, precision: string | undefined, kind: string) => {
    if (directive === '%') return '%';
    const size = width === '*' ? toNumber(values[index++] ?? 0) : Number(width ?? 0);
    const exact = precision === '*' ? toNumber(values[index++] ?? 0) : precision === undefined ? undefined : Number(precision);
    const text = convert(kind, values[index++] ?? '', flags, exact);
    if (flags.includes('-')) return text.padEnd(size);
    if (!flags.includes('0') || kind === 's' || kind === 'c') return text.padStart(size);
    const sign = /^[-+ ]/.exec(text)?.[0] ?? '';
    return sign + text.slice(sign.length).padStart(size - sign.length, '0');
  });
}

function convert(kind: string, value: Value, flags: string, exact: number | undefined): string {
  const signed = (text: string) => (text.startsWith('-') ? text : flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text);
  switch (kind) {
    case 's': return exact === undefined ? toText(value) : toText(value).slice(0, exact);
    case 'c': return typeof value === 'number' ? String.fromCharCode(value & 255) : toText(value).slice(0, 1);
    case 'd': case 'i': {
      const whole = Math.trunc(toNumber(value));
      return signed(exact === undefined ? String(whole) : (whole < 0 ? '-' : '') + String(Math.abs(whole)).padStart(exact, '0'));
    }
    case 'u': return String(Math.trunc(toNumber(value)));
    case 'o': return Math.trunc(toNumber(value)).toString(8);
    case 'x': return Math.trunc(toNumber(value)).toString(16);
    case 'X': return Math.trunc(toNumber(value)).toString(16).toUpperCase();
    default: return signed(formatFloat(kind, toNumber(value), exact));
  }
}
