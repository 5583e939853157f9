/**
 * From a request's JSON to an object of a kind: apiVersion and kind must fit, unknown fields are refused, warned of or dropped.
 * See apiserver/pkg/endpoints/handlers/create.go and apimachinery/pkg/runtime/serializer/json.
 */
import { draft, isRecord } from '../../api/deep.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import { badRequest } from '../../api/status.ts';
import type { Kind } from '../kind.ts';
import type { Registry, WriteOptions } from '../registry.ts';

/**
 * @param current what a patch was applied to
 * @returns a copy that may be changed
 * @throws ApiError BadRequest
 */
export function decode(registry: Registry, kind: Kind, body: KubeObject | Stored<KubeObject>, options: WriteOptions, current?: Stored<KubeObject>): KubeObject {
  const object = draft<KubeObject>(body);
  const apiVersion = kind.group ? `${kind.group}/${kind.version}` : kind.version;
  if ((object.kind && object.kind !== kind.kind) || (object.apiVersion && object.apiVersion !== apiVersion)) {
    throw badRequest(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${object.apiVersion}, Kind=${object.kind} is not ${apiVersion}, Kind=${kind.kind}`);
  }
  object.apiVersion = apiVersion;
  object.kind = kind.kind;
  if (!isRecord(object.metadata)) object.metadata = {} as KubeObject['metadata'];
  if (kind.custom) pruneFields(kind, object, options);
  else if (options.fieldValidation && registry.schema) checkFields(registry, kind, object, options, current);
  return object;
}

/** What a schema does not know is dropped whoever writes it. */
function pruneFields(kind: Kind, object: KubeObject, options: WriteOptions): void {
  tellUnknown(kind, kind.custom!.prune(object), options);
}

function checkFields(registry: Registry, kind: Kind, object: KubeObject, options: WriteOptions, current?: Stored<KubeObject>): void {
  const type = registry.schema?.typeOf(kind);
  if (!type) return;
  const { problem, unknown } = type.check(object as unknown as Record<string, unknown>);
  if (problem) throw badRequest(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${problem}`);
  if (unknown.length === 0) return;
  // A patch is blamed for what it brings, not for what was there.
  const before = new Set(current ? type.check(current as unknown as Record<string, unknown>).unknown : []);
  tellUnknown(kind, unknown.filter((path) => !before.has(path)), options);
}

function tellUnknown(kind: Kind, fresh: readonly string[], options: WriteOptions): void {
  if (fresh.length === 0 || options.fieldValidation === undefined || options.fieldValidation === 'Ignore') return;
  const lines = fresh.map((path) => `unknown field ${JSON.stringify(path)}`);
  if (options.fieldValidation === 'Strict') {
    throw badRequest(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: strict decoding error: ${lines.join(', ')}`);
  }
  for (const line of lines) options.onWarning?.(line);
}
