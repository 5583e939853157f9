/**
 * Functions of values to values, by name and number of arguments. Knows no program; what needs one (`map`, `select`) is
 * written in jq itself, in `library.ts`. See function_list in src/builtin.c of jq 1.6.
 */
import { gmtime, mktime, strftime, strptime } from './dates.ts';
import { format, text } from './formats.ts';
import { add, deletePaths, getPath, indices, setPath, splitText } from './operations.ts';
import { JsonSyntaxError, readOne } from './read.ts';
import { matches } from './regex.ts';
import { described, JqError } from './error.ts';
import { compare, equal, isArray, isObject, isTrue, type Json, type JsonArray, type JsonObject, sortedKeys, typeOf } from './value.ts';

export type Native = (input: Json, ...args: readonly Json[]) => Json;

const math = (name: string, compute: (value: number) => number): readonly [string, Native] => [
  `${name}/0`,
  (input) => {
    if (typeof input !== 'number') throw new JqError(`${described(input)} number required`);
    return compute(input);
  },
];

/** `name/arity` to what it does. */
export const NATIVES: ReadonlyMap<string, Native> = new Map<string, Native>([
  math('floor', Math.floor), math('ceil', Math.ceil), math('round', (value) => Math.sign(value) * Math.round(Math.abs(value))), math('sqrt', Math.sqrt), math('fabs', Math.abs), math('abs', Math.abs), math('exp', Math.exp),
  math('exp2', (value) => 2 ** value), math('exp10', (value) => 10 ** value), math('log', Math.log), math('log2', Math.log2), math('log10', Math.log10), math('trunc', Math.trunc), math('sin', Math.sin),
  math('cos', Math.cos), math('tan', Math.tan), math('cbrt', Math.cbrt),
  ['pow/2', (_, base, power) => (base as number) ** (power as number)],
  ['atan2/2', (_, y, x) => Math.atan2(y as number, x as number)],
  ['infinite/0', () => Infinity],
  ['nan/0', () => Number.NaN],
  ['isinfinite/0', (input) => Math.abs(input as number) === Infinity],
  ['isnan/0', (input) => Number.isNaN(input)],
  ['isnormal/0', (input) => typeof input === 'number' && Number.isFinite(input) && input !== 0],
  ['null/0', () => null],
  ['true/0', () => true],
  ['false/0', () => false],
  ['not/0', (input) => !isTrue(input)],
  ['type/0', typeOf],
  ['length/0', length],
  ['utf8bytelength/0', (input) => new TextEncoder().encode(wordOf(input, `${described(input)} only strings have UTF-8 byte length`)).length],
  ['keys/0', keys],
  ['keys_unsorted/0', (input) => (isObject(input) ? [...input.keys()] : keys(input))],
  ['has/1', has],
  ['contains/1', contains],
  ['add/0', (input) => [...valuesOf(input)].reduce<Json>(add, null)],
  ['any/0', (input) => valuesOf(input).some(isTrue)],
  ['all/0', (input) => valuesOf(input).every(isTrue)],
  ['reverse/0', (input) => (typeof input === 'string' ? [...input].reverse().join('') : input === null ? [] : [...arrayOf(input, `Cannot reverse ${described(input)}`)].reverse())],
  ['sort/0', (input) => sorted(input)],
  ['_sort_by/1', (input, by) => byKeys(input, by).map(({ item }) => item)],
  ['_group_by/1', (input, by) => groups(input, by)],
  ['_unique_by/1', (input, by) => groups(input, by).map((group) => group[0]!)],
  ['_min_by/1', (input, by) => byKeys(input, by)[0]?.item ?? null],
  ['_max_by/1', (input, by) => maximum(input, by)],
  ['unique/0', (input) => sorted(input).filter((item, at, all) => at === 0 || !equal(item, all[at - 1]!))],
  ['min/0', (input) => sorted(input)[0] ?? null],
  ['max/0', (input) => sorted(input).at(-1) ?? null],
  ['flatten/0', (input) => flatten(arrayOf(input, `Cannot iterate over ${described(input)}`), Infinity)],
  ['flatten/1', (input, depth) => {
    if ((depth as number) < 0) throw new JqError('flatten depth must not be negative');
    return flatten(arrayOf(input, `Cannot iterate over ${described(input)}`), depth as number);
  }],
  ['transpose/0', (input) => transpose(input as readonly JsonArray[])],
  ['tostring/0', text],
  ['tonumber/0', tonumber],
  ['fromjson/0', (input) => fromjson(wordOf(input, `${described(input)} cannot be parsed as JSON`))],
  ['toarray/0', (input) => (isArray(input) ? input : [input])],
  ['ascii_downcase/0', (input) => wordOf(input, 'ascii_downcase input must be a string').replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())],
  ['ascii_upcase/0', (input) => wordOf(input, 'ascii_upcase input must be a string').replaceAll(/[a-z]/g, (letter) => letter.toUpperCase())],
  ['explode/0', (input) => [...wordOf(input, `${described(input)} cannot be exploded`)].map((letter) => letter.codePointAt(0)!)],
  ['implode/0', (input) => String.fromCodePoint(...(arrayOf(input, `${described(input)} cannot be imploded`) as number[]))],
  ['startswith/1', (input, part) => wordOf(input, 'startswith() requires string inputs').startsWith(wordOf(part!, 'startswith() requires string inputs'))],
  ['endswith/1', (input, part) => wordOf(input, 'endswith() requires string inputs').endsWith(wordOf(part!, 'endswith() requires string inputs'))],
  ['ltrimstr/1', (input, part) => (typeof input === 'string' && typeof part === 'string' && input.startsWith(part) ? input.slice(part.length) : input)],
  ['rtrimstr/1', (input, part) => (typeof input === 'string' && typeof part === 'string' && part !== '' && input.endsWith(part) ? input.slice(0, -part.length) : input)],
  ['trim/0', (input) => wordOf(input, `${described(input)} cannot be trimmed`).trim()],
  ['ltrim/0', (input) => wordOf(input, `${described(input)} cannot be trimmed`).trimStart()],
  ['rtrim/0', (input) => wordOf(input, `${described(input)} cannot be trimmed`).trimEnd()],
  ['split/1', (input, separator) => splitText(wordOf(input, 'split input and separator must be strings'), wordOf(separator!, 'split input and separator must be strings'))],
  ['join/1', join],
  ['indices/1', (input, part) => indices(input, part!)],
  ['index/1', (input, part) => (indices(input, part!) as JsonArray | null)?.[0] ?? null],
  ['rindex/1', (input, part) => (indices(input, part!) as JsonArray | null)?.at(-1) ?? null],
  ['_matches/2', (input, pattern, flags) => matches(input, pattern!, flags!)],
  ['getpath/1', (input, path) => getPath(input, path as JsonArray)],
  ['setpath/2', (input, path, value) => setPath(input, arrayOf(path!, 'Path must be specified as an array'), value!)],
  ['delpaths/1', (input, paths) => deletePaths(input, arrayOf(paths!, 'Paths must be specified as an array'))],
  ['from_entries/0', fromEntries],
  ['gmtime/0', gmtime],
  ['mktime/0', mktime],
  ['strftime/1', (input, layout) => strftime(input, layout!)],
  ['strptime/1', (input, layout) => strptime(input, layout!)],
  ['tojson/0', (input) => format('json', input)],
  ['error/0', (input) => {
    throw new JqError(input);
  }],
  ['error/1', (_, value) => {
    throw new JqError(value!);
  }],
]);

function wordOf(value: Json, refusal: string): string {
  if (typeof value !== 'string') throw new JqError(refusal);
  return value;
}

function arrayOf(value: Json, refusal: string): JsonArray {
  if (!isArray(value)) throw new JqError(refusal);
  return value;
}

/** What `.[]` goes over. @throws JqError */
export function valuesOf(value: Json): JsonArray {
  if (isArray(value)) return value;
  if (isObject(value)) return [...value.values()];
  throw new JqError(`Cannot iterate over ${value === null ? 'null (null)' : described(value)}`);
}

function keysOf<T>(value: Json, use: (object: JsonObject) => T): T {
  if (!isObject(value)) throw new JqError(`${described(value)} has no keys`);
  return use(value);
}

function length(value: Json): Json {
  if (value === null) return 0;
  if (typeof value === 'number') return Math.abs(value);
  if (typeof value === 'string') return [...value].length;
  if (isArray(value)) return value.length;
  if (isObject(value)) return value.size;
  throw new JqError(`${described(value)} has no length`);
}

function keys(value: Json): Json {
  return isArray(value) ? value.map((_, at) => at) : keysOf(value, sortedKeys);
}

function has(value: Json, key: Json | undefined): Json {
  if (isObject(value) && typeof key === 'string') return value.has(key);
  if (isArray(value) && typeof key === 'number') return key >= 0 && key < value.length;
  throw new JqError(`Cannot check whether ${typeOf(value)} has a ${typeof key === 'string' ? 'string' : typeOf(key!)} key`);
}

function contains(a: Json, b: Json | undefined): boolean {
  if (typeOf(a) !== typeOf(b!)) throw new JqError(`${described(a)} and ${described(b!)} cannot have their containment checked`);
  return holds(a, b!);
}

function holds(a: Json, b: Json): boolean {
  if (isObject(a) && isObject(b)) return [...b].every(([key, value]) => a.has(key) && typeOf(a.get(key)!) === typeOf(value) && holds(a.get(key)!, value));
  if (isArray(a) && isArray(b)) return b.every((wanted) => a.some((item) => typeOf(item) === typeOf(wanted) && holds(item, wanted)));
  if (typeof a === 'string' && typeof b === 'string') return a.includes(b);
  return equal(a, b);
}

function sorted(input: Json): JsonArray {
  return [...arrayOf(input, `${described(input)} cannot be sorted, as it is not an array`)].sort(compare);
}

function byKeys(input: Json, by: Json | undefined): readonly { readonly item: Json; readonly key: Json }[] {
  const list = arrayOf(input, `${described(input)} cannot be sorted, as it is not an array`);
  return list.map((item, at) => ({ item, key: (by as JsonArray)[at]! })).sort((a, b) => compare(a.key, b.key));
}

/** The last of the greatest, as jq takes it. */
function maximum(input: Json, by: Json | undefined): Json {
  return byKeys(input, by).reduce<{ item: Json; key: Json } | undefined>((best, next) => (best && compare(next.key, best.key) < 0 ? best : next), undefined)?.item ?? null;
}

function groups(input: Json, by: Json | undefined): JsonArray[] {
  const found: { readonly key: Json; readonly items: Json[] }[] = [];
  for (const { item, key } of byKeys(input, by)) {
    const last = found.at(-1);
    if (last && equal(last.key, key)) last.items.push(item);
    else found.push({ key, items: [item] });
  }
  return found.map(({ items }) => items);
}

function flatten(list: JsonArray, depth: number): JsonArray {
  return list.flatMap((item) => (isArray(item) && depth > 0 ? flatten(item, depth - 1) : [item]));
}

function transpose(rows: readonly JsonArray[]): Json {
  return Array.from({ length: Math.max(0, ...rows.map(({ length: size }) => size)) }, (_, at) => rows.map((row) => row[at] ?? null));
}

function join(input: Json, separator: Json | undefined): Json {
  const parts = valuesOf(input).map((item) => {
    if (item !== null && typeof item === 'object') throw new JqError(`${described(typeof separator === 'string' ? separator : '')} and ${described(item)} cannot be added`);
    return item === null ? '' : text(item);
  });
  return parts.join(wordOf(separator!, `${described(separator!)} and ${described(parts[0] ?? '')} cannot be added`));
}

function tonumber(input: Json): Json {
  if (typeof input === 'number') return input;
  const value = fromjson(wordOf(input, `${described(input)} cannot be parsed as a number`));
  if (typeof value !== 'number') throw new JqError(`${described(input)} cannot be parsed as a number`);
  return value;
}

function fromjson(words: string): Json {
  try {
    return readOne(words);
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw new JqError(/while parsing/.test(error.message) ? error.message : `${error.message.replace(/(?: at EOF)? at line (\d+), column \d+/, ` at EOF at line $1, column ${words.length}`)} (while parsing '${words}')`);
    throw error;
  }
}

function fromEntries(input: Json): Json {
  return new Map(
    valuesOf(input).map((entry) => {
      const of = (...names: readonly string[]) => names.map((name) => (isObject(entry) ? entry.get(name) : undefined)).find((value) => value !== undefined && value !== null && value !== false);
      const raw = isObject(entry) ? (of('key', 'k', 'name', 'Name', 'Key', 'K') ?? (entry.has('key') ? entry.get('key')! : null)) : null;
      const key = raw === null || typeof raw === 'object' ? 'null' : text(raw);
      const value = isObject(entry) ? (['value', 'v', 'Value', 'V'].map((name) => entry.get(name)).find((found) => found !== undefined) ?? null) : null;
      return [key, value] as const;
    }),
  );
}
