/** RFC 6902: a list of operations on a JSON value. Values in, values out. */
import { isList, isMap, same, type Json } from './three-way.ts';

export interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: Json;
}

export class JsonPatchError extends Error {
  override readonly name = 'JsonPatchError';
}

/** @throws JsonPatchError naming the operation that cannot be done */
export function jsonPatch(target: Json, operations: readonly Operation[]): Json {
  return operations.reduce(apply, target);
}

function apply(target: Json, { op, path, from, value }: Operation): Json {
  const keys = keysOf(path);
  switch (op) {
    case 'add':
      return change(target, keys, op, () => value ?? null, path);
    case 'replace':
      find(target, keys, op, path);
      return change(target, keys, op, () => value ?? null, path);
    case 'remove':
      find(target, keys, op, path);
      return change(target, keys, op, () => undefined, path);
    case 'test':
      if (!same(find(target, keys, op, path), value)) throw new JsonPatchError(`testing value ${path} failed: test failed`);
      return target;
    case 'copy':
      return change(target, keys, 'add', () => find(target, keysOf(from ?? ''), op, from ?? ''), path);
    case 'move': {
      const moved = find(target, keysOf(from ?? ''), op, from ?? '');
      return change(change(target, keysOf(from ?? ''), 'remove', () => undefined, from ?? ''), keys, 'add', () => moved, path);
    }
    default:
      throw new JsonPatchError(`Unexpected kind: ${op}`);
  }
}

const keysOf = (path: string): readonly string[] => path.split('/').slice(1).map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));

function find(target: Json, keys: readonly string[], op: string, path: string): Json {
  let value: Json | undefined = target;
  for (const key of keys) value = isList(value) ? value[Number(key)] : isMap(value) ? value[key] : undefined;
  if (value === undefined) throw new JsonPatchError(`${op} operation does not apply: doc is missing ${op === 'test' ? 'path' : 'key'}: ${path}: missing value`);
  return value;
}

/** @param make the new value; undefined takes it away */
function change(target: Json, keys: readonly string[], op: string, make: () => Json | undefined, path: string): Json {
  const [key, ...rest] = keys;
  if (key === undefined) return make() ?? null;
  const inner = (value: Json | undefined) => {
    if (value === undefined) throw new JsonPatchError(`${op} operation does not apply: doc is missing path: ${path}: missing value`);
    return change(value, rest, op, make, path);
  };
  if (isList(target)) {
    const at = key === '-' ? target.length : Number(key);
    if (!Number.isInteger(at) || at < 0 || at > target.length) throw new JsonPatchError(`${op} operation does not apply: doc is missing path: ${path}: missing value`);
    if (rest.length > 0) return target.map((item, index) => (index === at ? inner(item) : item));
    const made = make();
    const behind = target.slice(op === 'add' ? at : at + 1);
    return [...target.slice(0, at), ...(made === undefined ? [] : [made]), ...behind];
  }
  if (!isMap(target)) throw new JsonPatchError(`${op} operation does not apply: doc is missing path: ${path}: missing value`);
  if (rest.length > 0) return { ...target, [key]: inner(target[key]) };
  const { [key]: _gone, ...others } = target;
  const made = make();
  return made === undefined ? others : { ...target, [key]: made };
}
