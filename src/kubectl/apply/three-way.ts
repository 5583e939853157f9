/**
 * Three-way merges, as `kubectl apply` computes them: what was applied last, what is applied now and what the server has
 * make one patch. Deletions are what was applied and is not any more; the rest is left alone.
 * See apimachinery/pkg/util/strategicpatch/patch.go and jsonmergepatch.
 */
import { listStrategy, replacesMap, retainsKeys } from './merge-keys.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonMap = { readonly [key: string]: Json };

interface Options {
  readonly deletions: boolean;
  readonly changes: boolean;
  readonly kind: Json | undefined;
}

export const isMap = (value: Json | undefined): value is JsonMap => typeof value === 'object' && value !== null && !Array.isArray(value);
export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** For kinds whose lists have merge keys. */
export function strategicThreeWay(original: JsonMap, modified: JsonMap, current: JsonMap): JsonMap {
  const changes = diffMaps(current, modified, [], { deletions: false, changes: true, kind: modified['kind'] }, false);
  const deletions = diffMaps(original, modified, [], { deletions: true, changes: false, kind: modified['kind'] }, false);
  return joinMaps(deletions, changes, []);
}

/** For all others: lists are values. */
export function jsonThreeWay(original: JsonMap, modified: JsonMap, current: JsonMap): JsonMap {
  const additions = keep(mergeDiff(current, modified), false);
  const deletions = keep(mergeDiff(original, modified), true);
  return mergeMaps(deletions, additions);
}

function diffMaps(original: JsonMap, modified: JsonMap, path: readonly string[], options: Options, retain: boolean): JsonMap {
  const patch: Record<string, Json> = {};
  for (const [key, wanted] of Object.entries(modified)) {
    const had = original[key];
    const at = [...path, key];
    if (had === undefined && !(key in original)) {
      if (options.changes) patch[key] = wanted;
    } else if (isMap(had) && isMap(wanted)) {
      const nested = options.changes && replacesMap(at, options.kind) ? wanted : diffMaps(had, wanted, at, options, retainsKeys(at));
      if (Object.keys(nested).length > 0) patch[key] = nested;
    } else if (isList(had) && isList(wanted)) {
      diffLists(had, wanted, at, options, patch);
    } else if (options.changes && !same(had, wanted)) {
      patch[key] = wanted;
    }
  }
  if (options.deletions) for (const key of Object.keys(original)) if (!(key in modified)) patch[key] = null;
  if (retain && Object.keys(patch).length > 0) patch['$retainKeys'] = Object.keys(modified).sort();
  return patch;
}

function diffLists(original: readonly Json[], modified: readonly Json[], path: readonly string[], options: Options, patch: Record<string, Json>): void {
  const name = path.at(-1)!;
  const strategy = listStrategy(path);
  if (strategy.type === 'replace') {
    if (options.changes && !same(original, modified)) patch[name] = modified;
    return;
  }
  if (original.length === 0) {
    if (modified.length > 0 && options.changes) patch[name] = modified;
    return;
  }
  const { key } = strategy;
  if (key === undefined) return diffScalars(original, modified, name, options, patch);
  const idOf = (item: Json) => (isMap(item) ? item[key] : undefined);
  const changed: Json[] = [];
  for (const item of modified) {
    const before = original.find((one) => idOf(one) === idOf(item));
    if (before === undefined) {
      if (options.changes) changed.push(item);
      continue;
    }
    const nested = diffMaps(before as JsonMap, item as JsonMap, path, options, retainsKeys(path));
    if (Object.keys(nested).length > 0) changed.push({ ...nested, [key]: idOf(item)! });
  }
  const removed = options.deletions ? original.filter((one) => !modified.some((item) => idOf(item) === idOf(one))).map((one): Json => ({ $patch: 'delete', [key]: idOf(one)! })) : [];
  const list = [...changed, ...removed];
  const sameOrder = original.length === modified.length && modified.every((item, index) => idOf(item) === idOf(original[index]!));
  if (list.length > 0) patch[name] = list;
  if ((options.changes && (list.length > 0 || !sameOrder)) || (options.deletions && list.length > 0)) patch[`$setElementOrder/${name}`] = modified.map((item): Json => ({ [key]: idOf(item)! }));
}

function diffScalars(original: readonly Json[], modified: readonly Json[], name: string, options: Options, patch: Record<string, Json>): void {
  const added = options.changes ? modified.filter((item) => !original.includes(item)) : [];
  const removed = options.deletions ? original.filter((item) => !modified.includes(item)) : [];
  if (added.length > 0) patch[name] = added;
  if (removed.length > 0) patch[`$deleteFromPrimitiveList/${name}`] = removed;
  if (removed.length > 0 || (options.changes && !same(original, modified))) patch[`$setElementOrder/${name}`] = modified;
}

/** Two patches as one; lists of items join by their keys. */
function joinMaps(first: JsonMap, second: JsonMap, path: readonly string[]): JsonMap {
  const joined: Record<string, Json> = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const before = joined[key];
    const at = [...path, key];
    if (isMap(before) && isMap(value)) joined[key] = joinMaps(before, value, at);
    else if (isList(before) && isList(value) && !key.startsWith('$')) joined[key] = joinLists(before, value, at);
    else joined[key] = value;
  }
  return joined;
}

function joinLists(first: readonly Json[], second: readonly Json[], path: readonly string[]): readonly Json[] {
  const strategy = listStrategy(path);
  if (strategy.type === 'replace') return second;
  const { key } = strategy;
  if (key === undefined) return [...first, ...second.filter((item) => !first.includes(item))];
  const idOf = (item: Json) => (isMap(item) ? item[key] : undefined);
  const merged = second.map((item) => {
    const before = first.find((one) => idOf(one) === idOf(item));
    return before === undefined ? item : joinMaps(before as JsonMap, item as JsonMap, path);
  });
  return [...merged, ...first.filter((one) => !second.some((item) => idOf(item) === idOf(one)))];
}

/** An RFC 7386 patch from one object to the other. */
function mergeDiff(from: JsonMap, to: JsonMap): JsonMap {
  const patch: Record<string, Json> = {};
  for (const [key, value] of Object.entries(to)) {
    const had = from[key];
    if (isMap(had) && isMap(value)) {
      const nested = mergeDiff(had, value);
      if (Object.keys(nested).length > 0) patch[key] = nested;
    } else if (!same(had, value)) patch[key] = value;
  }
  for (const key of Object.keys(from)) if (!(key in to)) patch[key] = null;
  return patch;
}

/** Only the deletions of a merge patch, or only the rest. */
function keep(patch: JsonMap, deletions: boolean): JsonMap {
  return Object.fromEntries(Object.entries(patch).flatMap(([key, value]): [string, Json][] => {
    if (value === null) return deletions ? [[key, null]] : [];
    if (!isMap(value)) return deletions ? [] : [[key, value]];
    const nested = keep(value, deletions);
    return Object.keys(nested).length > 0 || (!deletions && Object.keys(value).length === 0) ? [[key, nested]] : [];
  }));
}

function mergeMaps(first: JsonMap, second: JsonMap): JsonMap {
  const merged: Record<string, Json> = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const before = merged[key];
    merged[key] = isMap(before) && isMap(value) ? mergeMaps(before, value) : value;
  }
  return merged;
}

/** Deep equality of JSON, whatever the order of keys. */
export function same(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, index) => same(item, b[index]));
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
}
