/**
 * JSON values as jq holds them, their order, and how messages name them. Knows no program text. See src/jv.c of jq 1.6.
 * Objects are maps, because those of JavaScript put keys that look like numbers first.
 */

export type Json = null | boolean | number | string | JsonArray | JsonObject;
export type JsonArray = readonly Json[];
export type JsonObject = ReadonlyMap<string, Json>;

export type TypeName = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

export const isArray = (value: Json): value is JsonArray => Array.isArray(value);
export const isObject = (value: Json): value is JsonObject => value instanceof Map;

/** `type`'s word. */
export function typeOf(value: Json): TypeName {
  if (value === null) return 'null';
  if (isArray(value)) return 'array';
  if (isObject(value)) return 'object';
  return typeof value as 'boolean' | 'number' | 'string';
}

/** Everything but null and false. */
export const isTrue = (value: Json): boolean => value !== null && value !== false;

const ORDER: readonly TypeName[] = ['null', 'boolean', 'number', 'string', 'array', 'object'];

/** null < false < true < numbers < strings < arrays < objects; NaN is less than any number. */
export function compare(a: Json, b: Json): number {
  const types = ORDER.indexOf(typeOf(a)) - ORDER.indexOf(typeOf(b));
  if (types !== 0) return types;
  if (typeof a === 'number') return a < (b as number) || Number.isNaN(a) ? -1 : a === b ? 0 : 1;
  if (typeof a === 'string') return compareText(a, b as string);
  if (typeof a === 'boolean') return Number(a) - Number(b);
  if (isArray(a)) return compareArrays(a, b as JsonArray);
  return isObject(a) ? compareObjects(a, b as JsonObject) : 0;
}

export const equal = (a: Json, b: Json): boolean => compare(a, b) === 0;

/** The keys in the order of `keys`: by code point. */
export const sortedKeys = (object: JsonObject): string[] => [...object.keys()].sort(compareText);

/** By code point, where JavaScript compares by UTF-16 unit. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const [left, right] = [[...a], [...b]];
  const at = left.findIndex((letter, index) => letter !== right[index]);
  if (at < 0) return -1;
  return right[at] === undefined ? 1 : left[at]!.codePointAt(0)! - right[at].codePointAt(0)!;
}

function compareArrays(a: JsonArray, b: JsonArray): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = compare(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** First the sets of keys, then the values key by key. */
function compareObjects(a: JsonObject, b: JsonObject): number {
  const keys = sortedKeys(a);
  const byKeys = compareArrays(keys, sortedKeys(b));
  if (byKeys !== 0) return byKeys;
  for (const key of keys) {
    const order = compare(a.get(key)!, b.get(key)!);
    if (order !== 0) return order;
  }
  return 0;
}
