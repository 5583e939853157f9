/**
 * JSON patch, RFC 6902. A patch that does not fit is refused without saying where, as the real server does it.
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
      return add(holder, path, operation.value);
    case 'remove':
      return void remove(holder, path);
    case 'replace': {
      if (path === '') return void (holder.root = operation.value);
      const [parent, key] = find(holder, path);
      if (Array.isArray(parent)) parent[index(parent, key, false)] = operation.value;
      else if (isRecord(parent) && Object.hasOwn(parent, key)) parent[key] = operation.value;
      else throw doesNotApply();
      return;
    }
    case 'move':
      return add(holder, path, remove(holder, operation.from ?? ''));
    case 'copy':
      return add(holder, path, structuredClone(read(holder, operation.from ?? '')));
    case 'test': {
      if (!isEqual(readOrUndefined(holder, path), operation.value ?? undefined)) throw doesNotApply();
      return;
    }
    default:
      throw doesNotApply();
  }
}

function add(holder: { root: unknown }, path: string, value: unknown): void {
  if (path === '') return void (holder.root = value);
  const [parent, key] = find(holder, path);
  if (Array.isArray(parent)) parent.splice(key === '-' ? parent.length : index(parent, key, true), 0, value);
  else (parent as Record<string, unknown>)[key] = value;
}

function remove(holder: { root: unknown }, path: string): unknown {
  const [parent, key] = find(holder, path);
  if (Array.isArray(parent)) return parent.splice(index(parent, key, false), 1)[0];
  const record = parent as Record<string, unknown>;
  if (!Object.hasOwn(record, key)) throw doesNotApply();
  const value = record[key];
  delete record[key];
  return value;
}

function read(holder: { root: unknown }, path: string): unknown {
  const value = readOrUndefined(holder, path);
  if (value === undefined) throw doesNotApply();
  return value;
}

function readOrUndefined(holder: { root: unknown }, path: string): unknown {
  if (path === '') return holder.root;
  const [parent, key] = find(holder, path);
  return (parent as Record<string, unknown>)[key];
}

/** The container of a path and the last key in it. */
function find(holder: { root: unknown }, path: string): [unknown, string] {
  const keys = path.split('/').slice(1).map((key) => key.replace(/~1/g, '/').replace(/~0/g, '~'));
  let at: unknown = holder.root;
  for (const key of keys.slice(0, -1)) {
    at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined;
  }
  if (typeof at !== 'object' || at === null || keys.length === 0) throw doesNotApply();
  return [at, keys.at(-1)!];
}

function index(list: readonly unknown[], key: string, mayAppend: boolean): number {
  if (!/^-?\d+$/.test(key)) throw doesNotApply();
  const at = Number(key) < 0 ? list.length + Number(key) : Number(key);
  if (at < 0 || at > list.length || (at === list.length && !mayAppend)) throw doesNotApply();
  return at;
}

/** What was wrong stays in the server's log: NewGenericServerResponse keeps it from the client. */
function doesNotApply(): ApiError {
  return new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}
