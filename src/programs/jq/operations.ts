/** Arithmetic and access: what `+`, `.[k]`, `setpath` and `delpaths` do to values. See src/builtin.c and jv_aux.c of jq 1.6. */
import type { BinaryOperator } from './syntax.ts';
import { described, JqError } from './error.ts';
import { compare, equal, isArray, isObject, type Json, type JsonArray, type JsonObject, typeOf } from './value.ts';

/** @throws JqError */
export function arithmetic(operator: BinaryOperator, a: Json, b: Json): Json {
  switch (operator) {
    case '+':
      return add(a, b);
    case '-':
      return subtract(a, b);
    case '*':
      return multiply(a, b);
    case '/':
      return divide(a, b);
    case '%':
      return remainder(a, b);
    case '==':
      return equal(a, b);
    case '!=':
      return !equal(a, b);
    case '<':
      return compare(a, b) < 0;
    case '<=':
      return compare(a, b) <= 0;
    case '>':
      return compare(a, b) > 0;
    case '>=':
      return compare(a, b) >= 0;
  }
}

export function add(a: Json, b: Json): Json {
  if (a === null) return b;
  if (b === null) return a;
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  if (isArray(a) && isArray(b)) return [...a, ...b];
  if (isObject(a) && isObject(b)) return new Map([...a, ...b]);
  throw new JqError(`${described(a)} and ${described(b)} cannot be added`);
}

function subtract(a: Json, b: Json): Json {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (isArray(a) && isArray(b)) return a.filter((item) => !b.some((other) => equal(item, other)));
  throw new JqError(`${described(a)} and ${described(b)} cannot be subtracted`);
}

function multiply(a: Json, b: Json): Json {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  if (typeof a === 'number' && typeof b === 'string') return multiply(b, a);
  // "abc" * 0.5 is "abc": as often as the number is more than a whole one below it.
  if (typeof a === 'string' && typeof b === 'number') return b <= 0 ? null : a.repeat(Math.max(1, Math.ceil(b)));
  if (isObject(a) && isObject(b)) return mergeDeep(a, b);
  throw new JqError(`${described(a)} and ${described(b)} cannot be multiplied`);
}

function divide(a: Json, b: Json): Json {
  if (typeof a === 'string' && typeof b === 'string') return splitText(a, b);
  if (typeof a !== 'number' || typeof b !== 'number') throw new JqError(`${described(a)} and ${described(b)} cannot be divided`);
  if (b === 0) throw new JqError(`${described(a)} and ${described(b)} cannot be divided because the divisor is zero`);
  return a / b;
}

function remainder(a: Json, b: Json): Json {
  if (typeof a !== 'number' || typeof b !== 'number') throw new JqError(`${described(a)} and ${described(b)} cannot be divided`);
  if (Math.trunc(b) === 0) throw new JqError(`${described(a)} and ${described(b)} cannot be divided (remainder) because the divisor is zero`);
  return (Math.trunc(a) % Math.abs(Math.trunc(b))) + 0;
}

function mergeDeep(a: JsonObject, b: JsonObject): JsonObject {
  const merged = new Map(a);
  for (const [key, value] of b) {
    const old = merged.get(key);
    merged.set(key, old !== undefined && isObject(old) && isObject(value) ? mergeDeep(old, value) : value);
  }
  return merged;
}

/** `split`: an empty text has no parts. */
export function splitText(text: string, separator: string): string[] {
  if (text === '') return [];
  return separator === '' ? [...text] : text.split(separator);
}

/** `.[key]` @throws JqError */
export function index(of: Json, key: Json): Json {
  if (isObject(of) && typeof key === 'string') return of.get(key) ?? null;
  if (isArray(of) && typeof key === 'number') {
    const at = Math.floor(key);
    return of[at < 0 ? at + of.length : at] ?? null;
  }
  if (isObject(key) && (isArray(of) || of === null)) return slice(of, key.get('start') ?? null, key.get('end') ?? null);
  if (isArray(of) && isArray(key)) return indices(of, key);
  if (of === null && (typeof key === 'string' || typeof key === 'number' || key === null)) return null;
  throw new JqError(typeof key === 'string' && !isObject(of) ? `Cannot index ${typeOf(of)} with string "${key}"` : `Cannot index ${typeOf(of)} with ${typeOf(key)}`);
}

/** `.[from:to]` of arrays, strings (by letter) and null. @throws JqError */
export function slice(of: Json, from: Json, to: Json): Json {
  if (of === null) return null;
  if (!isArray(of) && typeof of !== 'string') throw new JqError(`Cannot index ${typeOf(of)} with object`);
  const items: readonly unknown[] = typeof of === 'string' ? [...of] : of;
  const { start, end } = bounds(items.length, from, to);
  return typeof of === 'string' ? items.slice(start, end).join('') : of.slice(start, end);
}

function bounds(length: number, from: Json, to: Json): { readonly start: number; readonly end: number } {
  if ((from !== null && typeof from !== 'number') || (to !== null && typeof to !== 'number')) throw new JqError('Start and end indices of an array slice must be numbers');
  const whole = (value: number) => Math.min(Math.max(value < 0 ? value + length : value, 0), length);
  const start = Math.floor(whole(from ?? 0));
  return { start, end: Math.max(start, Math.ceil(whole(to ?? length))) };
}

/** Where a part begins: an array in an array, a text in a text, or one element. */
export function indices(of: Json, part: Json): Json {
  if (of === null) return null;
  const found: number[] = [];
  if (typeof of === 'string' && typeof part === 'string') {
    if (part === '') return null;
    for (let at = of.indexOf(part); at >= 0; at = of.indexOf(part, at + 1)) found.push(at);
    return found;
  }
  if (!isArray(of)) throw new JqError(`Cannot index ${typeOf(of)} with ${typeOf(part)}`);
  const wanted = isArray(part) ? part : [part];
  if (wanted.length === 0) return null;
  for (let at = 0; at + wanted.length <= of.length; at++) if (wanted.every((item, offset) => equal(item, of[at + offset]!))) found.push(at);
  return found;
}

/** @throws JqError */
export function getPath(of: Json, path: readonly Json[]): Json {
  let value = of;
  for (const key of path) {
    if (value === null) return null;
    value = index(value, key);
  }
  return value;
}

/** @throws JqError */
export function setPath(of: Json, path: readonly Json[], value: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  return setKey(of, key, setPath(index(of, key), rest, value));
}

function setKey(of: Json, key: Json, value: Json): Json {
  if (typeof key === 'string' && (isObject(of) || of === null)) return new Map([...(of ?? []), [key, value]]);
  if (typeof key === 'number' && (isArray(of) || of === null)) return setElement(of ?? [], Math.floor(key), value);
  if (isObject(key) && (isArray(of) || of === null)) {
    if (!isArray(value)) throw new JqError('A slice of an array can only be assigned another array');
    const { start, end } = bounds(of?.length ?? 0, key.get('start') ?? null, key.get('end') ?? null);
    return [...(of ?? []).slice(0, start), ...value, ...(of ?? []).slice(end)];
  }
  throw new JqError(`Cannot update field at ${isObject(key) ? 'object' : typeOf(key)} index of ${typeOf(of)}`);
}

/** Longer arrays than this would fill the memory of a real machine too. */
const LONGEST = 1_000_000;

function setElement(of: JsonArray, key: number, value: Json): Json {
  const at = key < 0 ? key + of.length : key;
  if (at < 0) throw new JqError('Out of bounds negative array index');
  if (at > LONGEST) throw new JqError('Array index too large');
  return [...Array.from({ length: Math.max(of.length, at + 1) }, (_, i) => (i === at ? value : (of[i] ?? null)))];
}

/** The last paths first, so that the places of the others stay true. @throws JqError */
export function deletePaths(of: Json, paths: readonly Json[]): Json {
  return [...paths].sort((a, b) => compare(b, a)).reduce<Json>((value, path) => deletePath(value, path as JsonArray), of);
}

function deletePath(of: Json, path: JsonArray): Json {
  const [key, ...rest] = path;
  if (key === undefined || of === null) return null;
  if (rest.length > 0) {
    const inner = index(of, key);
    return inner === null ? of : setKey(of, key, deletePath(inner, rest));
  }
  if (isObject(of) && typeof key === 'string') return new Map([...of].filter(([name]) => name !== key));
  if (isArray(of) && typeof key === 'number') return of.filter((_, at) => at !== (key < 0 ? Math.floor(key) + of.length : Math.floor(key)));
  if (isArray(of) && isObject(key)) {
    const { start, end } = bounds(of.length, key.get('start') ?? null, key.get('end') ?? null);
    return of.filter((_, at) => at < start || at >= end);
  }
  throw new JqError(isObject(of) ? `Cannot delete field at object index of ${typeOf(key)}` : `Cannot delete field at ${isArray(of) ? 'array' : typeOf(key)} index of ${isArray(of) ? typeOf(key) : typeOf(of)}`);
}
