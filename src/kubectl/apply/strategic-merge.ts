/**
 * A strategic merge patch, applied: maps are merged, lists by their keys, with the directives `$patch`, `$retainKeys`,
 * `$setElementOrder/…` and `$deleteFromPrimitiveList/…`. See apimachinery/pkg/util/strategicpatch/patch.go.
 */
import { listStrategy, replacesMap } from './merge-keys.ts';
import { isList, isMap, same, type Json, type JsonMap } from './three-way.ts';

export interface MergeOptions {
  /** Where new elements of a list go: kustomize puts them first, the API server last. */
  readonly newElements: 'first' | 'last';
  /** For kinds whose lists have no merge keys: lists are values. */
  readonly atomicLists?: boolean;
}

/** @param path where `target` stands in its object: `['spec', 'containers']` for a container */
export function strategicMerge(target: JsonMap, patch: JsonMap, options: MergeOptions, path: readonly string[] = []): JsonMap {
  const directive = patch['$patch'];
  if (directive === 'replace') return withoutDirectives(patch);
  if (directive === 'delete') return {};
  const result: Record<string, Json> = { ...target };
  const retained = patch['$retainKeys'];
  if (isList(retained)) for (const key of Object.keys(result)) if (!retained.includes(key)) delete result[key];
  for (const [key, wanted] of Object.entries(patch)) {
    if (key.startsWith('$deleteFromPrimitiveList/')) remove(result, key.slice('$deleteFromPrimitiveList/'.length), wanted);
    if (key.startsWith('$')) continue;
    const at = [...path, key];
    const had = result[key];
    if (wanted === null) delete result[key];
    else if (isMap(wanted) && wanted['$patch'] === 'delete') delete result[key];
    else if (isMap(wanted)) result[key] = isMap(had) && !replacesMap(at, target['kind']) ? strategicMerge(had, wanted, options, at) : strategicMerge({}, wanted, options, at);
    else if (isList(wanted)) result[key] = mergeLists(isList(had) ? had : [], wanted, options, at, patch[`$setElementOrder/${key}`]);
    else result[key] = wanted;
  }
  return result;
}

function mergeLists(had: readonly Json[], wanted: readonly Json[], options: MergeOptions, path: readonly string[], order: Json | undefined): readonly Json[] {
  const strategy = options.atomicLists ? { type: 'replace' as const } : listStrategy(path);
  const replaces = wanted.some((item) => isMap(item) && item['$patch'] === 'replace' && Object.keys(item).length === 1);
  if (strategy.type === 'replace' || replaces) return wanted.filter((item) => !isMap(item) || item['$patch'] === undefined).map(withoutDirectives);
  const { key } = strategy;
  if (key === undefined) return [...had, ...wanted.filter((item) => !had.some((one) => same(one, item)))];
  const idOf = (item: Json) => (isMap(item) ? item[key] : undefined);
  let merged = had;
  const added: Json[] = [];
  for (const item of wanted) {
    if (!isMap(item)) continue;
    const isIt = (one: Json) => same(idOf(one), idOf(item));
    if (item['$patch'] === 'delete') merged = merged.filter((one) => !isIt(one));
    else if (merged.some(isIt)) merged = merged.map((one) => (isIt(one) ? strategicMerge(one as JsonMap, item, options, path) : one));
    else added.push(strategicMerge({}, item, options, path));
  }
  const all = options.newElements === 'first' ? [...added, ...merged] : [...merged, ...added];
  return isList(order) ? inOrder(all, order, idOf) : all;
}

/** As `$setElementOrder` says; what it does not name stays behind what stood before it. */
function inOrder(items: readonly Json[], order: readonly Json[], idOf: (item: Json) => Json | undefined): readonly Json[] {
  const place = (item: Json) => order.findIndex((one) => same(idOf(one), idOf(item)));
  let last = -1;
  return items.map((item) => ({ item, at: place(item) < 0 ? last : (last = place(item)) })).sort((a, b) => a.at - b.at).map(({ item }) => item);
}

function remove(result: Record<string, Json>, key: string, values: Json): void {
  const list = result[key];
  if (isList(list) && isList(values)) result[key] = list.filter((one) => !values.some((value) => same(one, value)));
}

function withoutDirectives<T extends Json>(value: T): T {
  if (isList(value)) return value.map(withoutDirectives) as unknown as T;
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('$')).map(([key, inner]) => [key, withoutDirectives(inner)])) as T;
}
