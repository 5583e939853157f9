/**
 * JSON patch, RFC 6902, refusing in the words of the library that the real server uses (evanphx/json-patch).
 */
import { isEqual, isRecord } from '../deep.ts';
import { ApiError, badRequest } from '../status.ts';

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/**
 * Mutates `target` and returns it.
 * @throws ApiError BadRequest for a body that is not a patch, Invalid for one that does not fit
 */
export function applyJsonPatch(target: unknown, body: unknown): unknown {
  if (!Array.isArray(body)) {
    const found = body === null ? 'null' : isRecord(body) ? 'object' : typeof body;
    throw badRequest(`error decoding patch: json: cannot unmarshal ${found} into Go value of type jsonpatch.Patch`);
  }
  const holder = { root: target };
  for (const operation of body as Operation[]) apply(holder, operation);
  return holder.root;
}

function apply(holder: { root: unknown }, operation: Operation): void {
  const { op, path } = operation;
  switch (op) {
    case 'add':
      return add(holder, op, path, operation.value);
    case 'remove':
      return void remove(holder, op, path);
    case 'replace': {
      if (path === '') return void (holder.root = operation.value);
      const [parent, key] = find(holder, op, path);
      if (Array.isArray(parent)) parent[index(parent, key, op, path, false)] = operation.value;
      else if (isRecord(parent) && Object.hasOwn(parent, key)) parent[key] = operation.value;
      else throw doesNotApply(`${op} operation does not apply: doc is missing key: ${path}: missing value`);
      return;
    }
    case 'move':
      return add(holder, op, path, remove(holder, op, operation.from ?? ''));
    case 'copy':
      return add(holder, op, path, structuredClone(read(holder, op, operation.from ?? '')));
    case 'test': {
      if (!isEqual(readOrUndefined(holder, op, path), operation.value ?? undefined)) throw doesNotApply(`testing value ${path} failed: test failed`);
      return;
    }
    default:
      throw doesNotApply(`Unexpected kind: ${op}`);
  }
}

function add(holder: { root: unknown }, op: string, path: string, value: unknown): void {
  if (path === '') return void (holder.root = value);
  const [parent, key] = find(holder, op, path);
  if (Array.isArray(parent)) parent.splice(key === '-' ? parent.length : index(parent, key, op, path, true), 0, value);
  else (parent as Record<string, unknown>)[key] = value;
}

function remove(holder: { root: unknown }, op: string, path: string): unknown {
  const [parent, key] = find(holder, op, path);
  if (Array.isArray(parent)) return parent.splice(index(parent, key, op, path, false), 1)[0];
  const record = parent as Record<string, unknown>;
  if (!Object.hasOwn(record, key)) throw doesNotApply(`${op} operation does not apply: doc is missing path: "${path}": missing value`);
  const value = record[key];
  delete record[key];
  return value;
}

function read(holder: { root: unknown }, op: string, path: string): unknown {
  const value = readOrUndefined(holder, op, path);
  if (value === undefined) throw doesNotApply(`${op} operation does not apply: doc is missing from path: ${path}: missing value`);
  return value;
}

function readOrUndefined(holder: { root: unknown }, op: string, path: string): unknown {
  if (path === '') return holder.root;
  const [parent, key] = find(holder, op, path);
  return (parent as Record<string, unknown>)[key];
}

/** The container of a path and the last key in it. */
function find(holder: { root: unknown }, op: string, path: string): [unknown, string] {
  const keys = path.split('/').slice(1).map((key) => key.replace(/~1/g, '/').replace(/~0/g, '~'));
  let at: unknown = holder.root;
  for (const key of keys.slice(0, -1)) {
    at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined;
  }
  if (typeof at !== 'object' || at === null || keys.length === 0) {
    const what = op === 'add' ? `add operation does not apply: doc is missing path: "${path}": missing value` : op === 'replace' ? `replace operation does not apply: doc is missing path: ${path}: missing value` : `${op} operation does not apply: doc is missing path: "${path}": missing value`;
    throw doesNotApply(what);
  }
  return [at, keys.at(-1)!];
}

function index(list: readonly unknown[], key: string, op: string, path: string, mayAppend: boolean): number {
  if (!/^-?\d+$/.test(key)) throw doesNotApply(`${op} operation does not apply: doc is missing key: ${path}: missing value`);
  const at = Number(key) < 0 ? list.length + Number(key) : Number(key);
  if (at < 0 || at > list.length || (at === list.length && !mayAppend)) {
    throw doesNotApply(mayAppend ? `add operation does not apply: doc is missing path: "${path}": Unable to access invalid index: ${key}: invalid index referenced` : `${op} operation does not apply: doc is missing key: ${path}: missing value`);
  }
  return at;
}

/** The real server answers 422 without details: kubectl shows "the server rejected our request due to an error in our request". */
function doesNotApply(message: string): ApiError {
  return new ApiError(422, 'Invalid', message, {});
}
