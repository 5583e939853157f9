/** The functions of a Go template: those of text/template/funcs.go, and `exists` and `base64decode`, which kubectl adds. */
import { GoTemplateError } from './go-template-parse.ts';

type Function = (given: readonly unknown[]) => unknown;
type Ordered = string | number | bigint;

const fail = (message: string) => new GoTemplateError(message);

/** With as many arguments as Go wants. */
function taking(name: string, count: number, act: Function): Function {
  return (given) => {
    if (given.length !== count) throw fail(`wrong number of args for ${name}: want ${count} got ${given.length}`);
    return act(given);
  };
}

const comparing = (name: string, holds: (order: number) => boolean): [string, Function] => [name, taking(name, 2, ([a, b]) => holds(compare(a, b)))];

export const FUNCTIONS: Readonly<Record<string, Function>> = {
  not: taking('not', 1, ([value]) => !isTrue(value)),
  len: taking('len', 1, ([value]) => lengthOf(value)),
  index: ([value, ...keys]) => keys.reduce(at, value),
  slice: ([value, from = 0n, to]) => (value as string | unknown[]).slice(Number(from as bigint), to === undefined ? undefined : Number(to as bigint)),
  print: (given) => given.map((value, index) => `${index > 0 && typeof value !== 'string' && typeof given[index - 1] !== 'string' ? ' ' : ''}${goText(value)}`).join(''),
  println: (given) => `${given.map(goText).join(' ')}\n`,
  printf: ([format, ...given]) => printf(String(format as string), given),
  html: (given) => given.map(goText).join('').replace(/[&<>"']/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' })[char]!),
  js: (given) => given.map(goText).join('').replace(/[\\'"<>&=]/g, (char) => (/[\\'"]/.test(char) ? `\\${char}` : `\\u00${char.charCodeAt(0).toString(16).toUpperCase()}`)),
  urlquery: (given) => encodeURIComponent(given.map(goText).join('')).replaceAll('%20', '+'),
  eq: ([first, ...others]) => {
    if (others.length === 0) throw fail('missing argument for comparison');
    return others.some((other) => isEqual(first, other));
  },
  ne: taking('ne', 2, ([a, b]) => !isEqual(a, b)),
  ...Object.fromEntries([comparing('lt', (order) => order < 0), comparing('le', (order) => order <= 0), comparing('gt', (order) => order > 0), comparing('ge', (order) => order >= 0)]),
  exists: ([value, ...keys]) => {
    let inner = value;
    for (const key of keys) {
      if (inner === null || typeof inner !== 'object' || !(String(key as string) in inner)) return false;
      inner = (inner as Record<string, unknown>)[String(key as string)];
    }
    return true;
  },
  base64decode: taking('base64decode', 1, ([text]) => {
    const given = String(text as string);
    if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(given)) throw fail(`base64 decode failed: illegal base64 data at input byte ${/[^A-Za-z0-9+/]/.exec(given)?.index ?? given.length - (given.length % 4)}`);
    return Buffer.from(given, 'base64').toString('utf8');
  }),
};

/** Go's truth: nothing, 0, '' and what is empty are false. */
export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value);
}

/** A value where it stands alone. */
export function goPrint(value: unknown): string {
  return value === undefined || value === null ? '<no value>' : goText(value);
}

/** `%v` */
function goText(value: unknown): string {
  if (value === undefined || value === null) return '<nil>';
  if (typeof value === 'number') return goFloat(value);
  if (Array.isArray(value)) return `[${(value as unknown[]).map(goText).join(' ')}]`;
  if (typeof value === 'object') return `map[${Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => `${key}:${goText(inner)}`).join(' ')}]`;
  return String(value as string | bigint | boolean);
}

/** From here on Go writes powers of ten. */
const LONGEST_POWER = 6;

/** `%g`, as short as can be: 1e+06 for a million. */
function goFloat(value: number): string {
  const [digits = '0', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < LONGEST_POWER) return String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

function lengthOf(value: unknown): bigint {
  if (typeof value === 'string') return BigInt(Buffer.byteLength(value));
  if (Array.isArray(value)) return BigInt(value.length);
  if (typeof value === 'object' && value !== null) return BigInt(Object.keys(value).length);
  throw fail(value === undefined || value === null ? 'reflect: call of reflect.Value.Type on zero Value' : `len of type ${typeName(value)}`);
}

function at(value: unknown, key: unknown): unknown {
  if (value === undefined || value === null) throw fail('index of untyped nil');
  if (Array.isArray(value)) {
    if (typeof key !== 'bigint') throw fail(`cannot index slice/array with type ${typeName(key)}`);
    if (key < 0n || key >= BigInt(value.length)) throw fail(`index out of range: ${key}`);
    return (value as unknown[])[Number(key)];
  }
  if (typeof value === 'object') return (value as Record<string, unknown>)[String(key as string)];
  throw fail(`can't index item of type ${typeName(value)}`);
}

function typeName(value: unknown): string {
  return typeof value === 'number' ? 'float64' : typeof value === 'bigint' ? 'int' : typeof value === 'boolean' ? 'bool' : typeof value;
}

function isEqual(a: unknown, b: unknown): boolean {
  const isNothing = (value: unknown) => value === undefined || value === null;
  if (isNothing(a) || isNothing(b)) return isNothing(a) && isNothing(b);
  // Go does not compare whole numbers with those of JSON, which are floats to it.
  if (typeof a !== typeof b) throw fail('incompatible types for comparison');
  return a === b;
}

function compare(a: unknown, b: unknown): number {
  if (typeof a !== typeof b) throw fail('incompatible types for comparison');
  if (!['string', 'number', 'bigint'].includes(typeof a)) throw fail('invalid type for comparison');
  return (a as Ordered) < (b as Ordered) ? -1 : a === b ? 0 : 1;
}

/** The verbs that people use in one-liners. */
function printf(format: string, given: readonly unknown[]): string {
  let next = 0;
  const text = format.replace(/%([-+ 0#]*)(\d*)(?:\.(\d+))?([a-zA-Z%])/g, (_all, flags: string, width: string, precision: string | undefined, verb: string) => {
    if (verb === '%') return '%';
    if (next >= given.length) return `%!${verb}(MISSING)`;
    const shown = verbText(verb, given[next++], precision === undefined ? undefined : Number(precision));
    const size = Number(width || 0);
    return flags.includes('-') ? shown.padEnd(size) : shown.padStart(size, flags.includes('0') && verb === 'd' ? '0' : ' ');
  });
  return next < given.length ? `${text}%!(EXTRA ${given.slice(next).map((value) => `${typeName(value)}=${goText(value)}`).join(', ')})` : text;
}

function verbText(verb: string, value: unknown, precision: number | undefined): string {
  const wrong = () => `%!${verb}(${typeName(value)}=${goText(value)})`;
  switch (verb) {
    case 'v':
      return goText(value);
    case 's':
      return typeof value === 'string' || typeof value === 'object' ? goText(value).slice(0, precision) : wrong();
    case 'q':
      return typeof value === 'string' ? JSON.stringify(value) : wrong();
    case 'd':
      return typeof value === 'bigint' ? String(value) : wrong();
    case 'f':
      return typeof value === 'number' ? value.toFixed(precision ?? 6) : wrong();
    case 't':
      return typeof value === 'boolean' ? String(value) : wrong();
    case 'x':
      return typeof value === 'bigint' ? value.toString(16) : typeof value === 'string' ? Buffer.from(value).toString('hex') : wrong();
    case 'T':
      return Array.isArray(value) ? '[]interface {}' : typeof value === 'object' && value !== null ? 'map[string]interface {}' : typeName(value);
    default:
      return wrong();
  }
}
