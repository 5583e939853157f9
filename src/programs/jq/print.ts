/** JSON as jq writes it: on one line or indented, with sorted keys, in colours, in ASCII. See src/jv_print.c of jq 1.6. */
import { isArray, isObject, type Json, type JsonObject, sortedKeys } from './value.ts';

export interface PrintOptions {
  /** What one level is indented by; absent for everything on one line. */
  readonly indent?: string | undefined;
  readonly sortKeys?: boolean;
  readonly color?: boolean;
  /** `\u00e9` for what is beyond ASCII. */
  readonly ascii?: boolean;
}

const RESET = '\x1b[0m';
const KEY = '\x1b[34;1m';
const STRUCTURE = '\x1b[1;39m';

/** @returns text, not a byte string */
export function printJson(value: Json, options: PrintOptions = {}): string {
  return options.color ? inColor(value, options, 0) : plain(value, options, 0);
}

/** A number in C's shortest form: exponents have a sign and two digits (jvp_dtoa_fmt). */
export function printNumber(value: number): string {
  if (Number.isNaN(value)) return 'null';
  const finite = Math.abs(value) === Infinity ? Math.sign(value) * Number.MAX_VALUE : value;
  const sign = finite < 0 || Object.is(finite, -0) ? '-' : '';
  const [mantissa, exponent] = Math.abs(finite).toExponential().split('e') as [string, string];
  const digits = mantissa.replace('.', '');
  const point = Number(exponent) + 1;
  if (finite === 0) return `${sign}0`;
  if (point <= -5 || point > digits.length + 15) {
    const power = Number(exponent);
    return `${sign}${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits + '0'.repeat(point - digits.length);
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** A string between quotation marks. */
export function printString(text: string, ascii = false): string {
  // oxlint-disable-next-line no-control-regex
  const escaped = text.replaceAll(/["\\\x00-\x1f\x7f]/g, (letter) => ESCAPES[letter] ?? unicodeEscape(letter));
  // oxlint-disable-next-line no-control-regex
  return `"${ascii ? escaped.replaceAll(/[^\x00-\x7f]/g, unicodeEscape) : escaped}"`;
}

const ESCAPES: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r', '\b': '\\b', '\f': '\\f' };
const unicodeEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

function scalar(value: null | boolean | number | string, options: PrintOptions): string {
  if (typeof value === 'number') return printNumber(value);
  return typeof value === 'string' ? printString(value, options.ascii) : String(value);
}

function entriesOf(object: JsonObject, options: PrintOptions): (readonly [string, Json])[] {
  return options.sortKeys ? sortedKeys(object).map((key) => [key, object.get(key)!] as const) : [...object];
}

function plain(value: Json, options: PrintOptions, depth: number): string {
  if (!isArray(value) && !isObject(value)) return scalar(value, options);
  const { indent } = options;
  const colon = indent === undefined ? ':' : ': ';
  const items = isArray(value) ? value.map((item) => plain(item, options, depth + 1)) : entriesOf(value, options).map(([key, item]) => printString(key, options.ascii) + colon + plain(item, options, depth + 1));
  const [open, close] = isArray(value) ? '[]' : '{}';
  if (items.length === 0) return `${open}${close}`;
  if (indent === undefined) return `${open}${items.join(',')}${close}`;
  const inner = `\n${indent.repeat(depth + 1)}`;
  return `${open}${inner}${items.join(`,${inner}`)}\n${indent.repeat(depth)}${close}`;
}

/** 1.6 turns its colours on and off around every comma; the bytes are those of the real one. */
function inColor(value: Json, options: PrintOptions, depth: number): string {
  if (!isArray(value) && !isObject(value)) return `${colorOf(value)}${scalar(value, options)}${RESET}`;
  const break_ = (levels: number) => (options.indent === undefined ? '' : `\n${options.indent.repeat(levels)}`);
  const space = options.indent === undefined ? '' : ' ';
  const [open, close] = isArray(value) ? '[]' : '{}';
  if (isArray(value)) {
    if (value.length === 0) return `${STRUCTURE}${open}${close}${RESET}`;
    const items = value.map((item) => inColor(item, options, depth + 1));
    return `${STRUCTURE}${open}${break_(depth + 1)}${items.join(`${STRUCTURE},${break_(depth + 1)}`)}${STRUCTURE}${break_(depth)}${STRUCTURE}${close}${RESET}`;
  }
  const entries = entriesOf(value, options);
  if (entries.length === 0) return `${STRUCTURE}${open}${close}${RESET}`;
  const items = entries.map(([key, item]) => `${RESET}${KEY}${printString(key, options.ascii)}${RESET}${STRUCTURE}:${space}${RESET}${inColor(item, options, depth + 1)}`);
  return `${STRUCTURE}${open}${break_(depth + 1)}${items.join(`${STRUCTURE},${break_(depth + 1)}`)}${STRUCTURE}${break_(depth)}${STRUCTURE}${close}${RESET}`;
}

function colorOf(value: null | boolean | number | string): string {
  if (value === null) return '\x1b[1;30m';
  return typeof value === 'string' ? '\x1b[0;32m' : '\x1b[0;39m';
}
