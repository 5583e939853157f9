/**
 * Strategic merge patch: lists of objects merge by a key that their type names; directives begin with `$`.
 * Knows types only through `PatchType`. See apimachinery/pkg/util/strategicpatch/patch.go.
 */
import { draft, isEqual, isRecord } from '../deep.ts';
import { badRequest, internal } from '../status.ts';

/** What a patch needs to know of a type. */
export interface PatchType {
  field(name: string): PatchField | undefined;
}

export interface PatchField {
  /** `merge`, `replace`, `retainKeys`. */
  readonly strategies: readonly string[];
  readonly mergeKey?: string | undefined;
  /** Of the struct, of the list's elements, of the map's values. */
  readonly type?: PatchType | undefined;
  /** Keys of this field are data, not field names: every value has `type`. */
  readonly isMap?: boolean;
}

type Obj = Record<string, unknown>;

/** Mutates `target` and returns it. Without a type every list is replaced, as for a JSON merge patch. */
export function applyStrategicMergePatch(target: unknown, patch: Readonly<Obj>, type?: PatchType): Obj {
  return mergeMap(isRecord(target) ? target : {}, draft<Obj>(patch), type);
}

function mergeMap(original: Obj, patch: Obj, type: PatchType | undefined): Obj {
  const directive = patch['$patch'];
  if (directive !== undefined) {
    if (directive === 'replace') {
      delete patch['$patch'];
      return patch;
    }
    if (directive === 'delete') return {};
    if (directive !== 'merge') throw badRequest(`Unknown patch type: ${JSON.stringify(directive).slice(1, -1)} in map: map[$patch:${printGo(directive)}]`);
    delete patch['$patch'];
  }
  retainKeys(original, patch);
  const orders: [string, unknown[]][] = [];
  for (const [key, value] of Object.entries(patch)) {
    const order = /^\$setElementOrder\/(.+)$/.exec(key)?.[1];
    const deletions = /^\$deleteFromPrimitiveList\/(.+)$/.exec(key)?.[1];
    if (order !== undefined) orders.push([order, value as unknown[]]);
    else if (deletions !== undefined) removePrimitives(original, deletions, value as unknown[]);
    else mergeField(original, key, value, type);
  }
  for (const [field, order] of orders) sortByOrder(original, field, order, type?.field(field)?.mergeKey, patch[field]);
  return original;
}

/** `$retainKeys` names all members that may stay: how a union (deployment strategy, volume source) changes its arm. */
function retainKeys(original: Obj, patch: Obj): void {
  const keep = patch['$retainKeys'];
  if (!Array.isArray(keep)) return;
  delete patch['$retainKeys'];
  for (const key of Object.keys(original)) if (!keep.includes(key)) delete original[key];
}

function mergeField(original: Obj, key: string, value: unknown, type: PatchType | undefined): void {
  if (value === null) {
    delete original[key];
    return;
  }
  const field = type?.field(key);
  const before = original[key];
  if (isRecord(value)) {
    const memberType = field?.isMap ? { field: () => ({ strategies: [], type: field.type }) } : field?.type;
    // A directive means the same beside nothing: it must not be stored.
    const replaces = field?.strategies.includes('replace') === true;
    original[key] = mergeMap(isRecord(before) && !replaces ? before : {}, value, memberType);
    if (value['$patch'] === 'delete') delete original[key];
    return;
  }
  if (Array.isArray(value)) {
    original[key] = field?.strategies.includes('merge') ? mergeList(Array.isArray(before) ? before : [], value, field) : withoutDirectives(value);
    return;
  }
  original[key] = value;
}

function mergeList(original: unknown[], patch: unknown[], field: PatchField): unknown[] {
  if (!patch.every(isRecord)) {
    // Lists of words merge as sets.
    return [...original, ...patch.filter((item, index) => !original.includes(item) && patch.indexOf(item) === index)];
  }
  if (patch.some((item) => item['$patch'] === 'replace')) {
    return patch.filter((item) => item['$patch'] !== 'replace');
  }
  const key = field.mergeKey;
  if (!key) throw internal('no merge key for a list that merges');
  const result = [...original] as Obj[];
  for (const item of patch) {
    if (!Object.hasOwn(item, key)) throw badRequest(`map: map[${Object.entries(item).map(([k, v]) => `${k}:${printGo(v)}`).join(' ')}] does not contain declared merge key: ${key}`);
    const at = result.findIndex((candidate) => isEqual(candidate[key], item[key]));
    if (item['$patch'] === 'delete') {
      // The real library deletes every element with the key.
      for (let i = result.length - 1; i >= 0; i--) if (isEqual(result[i]?.[key], item[key])) result.splice(i, 1);
    } else if (at < 0) result.push(mergeMap({}, item, field.type));
    else result[at] = mergeMap(result[at]!, item, field.type);
  }
  return result;
}

/** Go's %v of a value in a map. */
function printGo(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printGo).join(' ')}]`;
  if (isRecord(value)) return `map[${Object.keys(value).toSorted().map((key) => `${key}:${printGo(value[key])}`).join(' ')}]`;
  return String(value);
}

const withoutDirectives = (list: unknown[]) => list.filter((item) => !(isRecord(item) && item['$patch'] !== undefined && Object.keys(item).length === 1));

function removePrimitives(original: Obj, field: string, gone: unknown[]): void {
  const list = original[field];
  if (Array.isArray(list)) original[field] = list.filter((item) => !gone.includes(item));
}

/**
 * Elements that the order names come in that order; those of the server alone stay behind the neighbour they followed.
 */
function sortByOrder(original: Obj, field: string, order: readonly unknown[], mergeKey: string | undefined, patched: unknown): void {
  const list = original[field];
  if (!Array.isArray(list)) return;
  const keyOf = (item: unknown) => (mergeKey && isRecord(item) ? item[mergeKey] : item);
  const wanted = order.map(keyOf);
  const rank = (item: unknown) => wanted.findIndex((key) => isEqual(key, keyOf(item)));
  const ordered = list.filter((item) => rank(item) >= 0).toSorted((a, b) => rank(a) - rank(b));
  const others = list.filter((item) => rank(item) < 0);
  const result: unknown[] = [];
  // Merge the two sequences by where each stood in the list before the patch.
  const position = new Map(list.map((item, index) => [item, index]));
  const fresh = new Set(Array.isArray(patched) ? list.filter((item) => (patched as unknown[]).some((p) => isEqual(keyOf(p), keyOf(item)))) : []);
  let next = 0;
  for (const item of ordered) {
    while (next < others.length && !fresh.has(item) && position.get(others[next])! < position.get(item)!) result.push(others[next++]);
    result.push(item);
  }
  original[field] = [...result, ...others.slice(next)];
}
