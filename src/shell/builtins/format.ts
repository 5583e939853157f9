/** Escapes of `echo -e` and the formats of `printf`: see POSIX, "printf", and coreutils' manual. */
import type { Dialect } from '../dialect.ts';

const SIMPLE: Readonly<Record<string, string>> = { a: '\x07', b: '\b', e: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' };

/** `echo -e` and `%b`: octal needs a leading zero; `\c` ends all output. */
export function unescapeEcho(text: string): { readonly text: string; readonly stop: boolean } {
  let stop = false;
  const cut = /(?:^|[^\\])(?:\\\\)*\\c/.exec(text);
  let source = text;
  if (cut) {
    source = text.slice(0, cut.index + cut[0].length - 2);
    stop = true;
  }
  return { text: unescape(source, /\\(0[0-7]{0,3}|x[0-9a-fA-F]{1,2}|[abefnrtv\\])/g), stop };
}

function unescape(text: string, pattern: RegExp): string {
  return text.replace(pattern, (_whole, code: string) => {
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 255);
    if (code.startsWith('x')) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return SIMPLE[code] ?? code;
  });
}

const DIRECTIVE = /%%|%([-+ 0#]*)(\*|\d+)?(?:\.(\*|\d+)?)?([a-zA-Z])/g;

/** A format applied to its arguments, again and again while some are left. */
export function formatPrintf(format: string, args: readonly string[], dialect: Dialect): { readonly text: string; readonly errors: readonly string[] } {
  const errors: string[] = [];
  const pattern = unescape(format, /\\([0-7]{1,3}|x[0-9a-fA-F]{1,2}|[abefnrtv\\"])/g).replace(/\\c[\s\S]*$/, '');
  let index = 0;
  let text = '';
  let stopped = false;
  const next = () => args[index++];
  do {
    const before = index;
    text += pattern.replace(DIRECTIVE, (whole, flags: string, width: string | undefined, precision: string | undefined, kind: string) => {
      if (whole === '%%' || stopped) return stopped ? '' : '%';
      const wide = width === '*' ? Number(next() ?? 0) : Number(width ?? 0);
      const exact = precision === '*' ? Number(next() ?? 0) : precision === undefined ? (whole.includes('.') ? 0 : undefined) : Number(precision);
      const left = flags.includes('-') || wide < 0;
      const one = convert(kind, next(), { flags, exact, dialect, errors });
      if (one === undefined) {
        errors.push(dialect === 'bash' ? `\`${kind}': invalid format character` : `%${kind}: invalid directive`);
        return '';
      }
      if (one.stop) stopped = true;
      const size = Math.abs(wide);
      if (left) return one.text.padEnd(size);
      if (flags.includes('0') && one.number && exact === undefined) return padZeros(one.text, size);
      return one.text.padStart(size);
    });
    if (index === before || stopped) break;
  } while (index < args.length);
  return { text, errors };
}

interface Conversion {
  readonly flags: string;
  readonly exact: number | undefined;
  readonly dialect: Dialect;
  readonly errors: string[];
}

function convert(kind: string, arg: string | undefined, { flags, exact, dialect, errors }: Conversion): { readonly text: string; readonly number?: boolean; readonly stop?: boolean } | undefined {
  const sign = (text: string) => (text.startsWith('-') ? text : flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text);
  switch (kind) {
    case 's':
      return { text: exact === undefined ? (arg ?? '') : (arg ?? '').slice(0, exact) };
    case 'q':
      if (dialect !== 'bash') return undefined;
      return { text: arg === undefined || arg === '' ? "''" : arg.replace(/[^\w@%+=:,./-]/g, '\\$&') };
    case 'b': {
      const { text, stop } = unescapeEcho(arg ?? '');
      return { text: exact === undefined ? text : text.slice(0, exact), stop };
    }
    case 'c':
      return { text: (arg ?? '').slice(0, 1) };
    case 'd':
    case 'i': {
      const digits = String(integer(arg, dialect, errors));
      const padded = exact === undefined ? digits : (digits.startsWith('-') ? '-' : '') + digits.replace('-', '').padStart(exact, '0');
      return { text: sign(padded), number: true };
    }
    case 'u':
      return { text: String(BigInt.asUintN(64, integer(arg, dialect, errors))), number: true };
    case 'o':
      return { text: (flags.includes('#') ? '0' : '') + BigInt.asUintN(64, integer(arg, dialect, errors)).toString(8).padStart(exact ?? 0, '0'), number: true };
    case 'x':
    case 'X': {
      const text = (flags.includes('#') ? '0x' : '') + BigInt.asUintN(64, integer(arg, dialect, errors)).toString(16).padStart(exact ?? 0, '0');
      return { text: kind === 'X' ? text.toUpperCase() : text, number: true };
    }
    case 'f': case 'F': case 'e': case 'E': case 'g': case 'G':
      return { text: sign(formatFloat(kind, decimal(arg, dialect, errors), exact)), number: true };
    default:
      return undefined;
  }
}

/** `%f`, `%e`, `%g` of C. */
export function formatFloat(kind: string, value: number, precision = 6): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf';
  const exponent = (text: string) => text.replace(/e([-+])(\d)$/, 'e$10$2');
  let text: string;
  if (kind === 'f' || kind === 'F') text = value.toFixed(precision);
  else if (kind === 'e' || kind === 'E') text = exponent(value.toExponential(precision));
  else {
    const digits = precision || 1;
    const power = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(Number(value.toPrecision(digits)))));
    text = power < -4 || power >= digits ? exponent(value.toExponential(digits - 1).replace(/\.?0+e/, 'e')) : value.toFixed(Math.max(0, digits - 1 - power));
    if (text.includes('.') && !text.includes('e')) text = text.replace(/\.?0+$/, '');
  }
  return kind === kind.toUpperCase() ? text.toUpperCase() : text;
}

function padZeros(text: string, width: number): string {
  const sign = /^[-+ ]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}

function integer(arg: string | undefined, dialect: Dialect, errors: string[]): bigint {
  const text = (arg ?? '').trim();
  if (text === '') return 0n;
  if (/^["']/.test(text)) return BigInt(text.charCodeAt(1) || 0);
  const match = /^([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(text);
  const digits = match?.[2] ?? '0';
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits) * (match?.[1] === '-' ? -1n : 1n);
  if (!match || match[0].length < text.length) errors.push(numberError(arg!, match !== null, dialect));
  return value;
}

function decimal(arg: string | undefined, dialect: Dialect, errors: string[]): number {
  const text = (arg ?? '').trim();
  const match = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(text);
  if (text !== '' && match?.[0] !== text) errors.push(numberError(arg!, match !== null, dialect));
  return Number(match?.[0] ?? 0);
}

function numberError(arg: string, partly: boolean, dialect: Dialect): string {
  if (dialect === 'ash') return `invalid number '${arg}'`;
  if (dialect === 'bash') return `${arg}: invalid number`;
  return `${arg}: ${partly ? 'not completely converted' : 'expected numeric value'}`;
}
