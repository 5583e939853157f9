/**
 * A PATCH request's body, applied to what is stored. The four ways to write a change are in `api/patch`.
 */
import { draft } from '../../api/deep.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import { applyJsonPatch } from '../../api/patch/json.ts';
import { applyMergePatch } from '../../api/patch/merge.ts';
import { applyStrategicMergePatch } from '../../api/patch/strategic.ts';
import { badRequest } from '../../api/status.ts';
import type { Kind } from '../kind.ts';
import type { Registry } from '../registry.ts';

type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

export interface Patch {
  readonly type: PatchType;
  readonly body: unknown;
}

/** @throws ApiError */
export function applyPatch(registry: Registry, kind: Kind, current: Stored<KubeObject>, patch: Patch & { readonly type: Exclude<PatchType, 'apply'> }): KubeObject {
  const object = draft<KubeObject>(current);
  switch (patch.type) {
    case 'json':
      return applyJsonPatch(object, patch.body) as unknown as KubeObject;
    case 'merge':
      return applyMergePatch(object, record(patch.body)) as unknown as KubeObject;
    case 'strategic':
      return applyStrategicMergePatch(object, record(patch.body), registry.schema?.typeOf(kind)) as unknown as KubeObject;
  }
}

/** The configuration of a server-side apply: an object, or part of one, that says its kind. @throws ApiError */
export function applied(kind: Kind, name: string, namespace: string | undefined, body: unknown): KubeObject {
  const config = draft<KubeObject>(record(body) as unknown as KubeObject);
  const version = kind.group ? `${kind.group}/${kind.version}` : kind.version;
  if (!config.kind) throw badRequest("Object 'Kind' is missing");
  if (config.apiVersion !== version) throw badRequest(`Incorrect version specified in apply patch. Specified patch version: ${config.apiVersion}, expected: ${version}`);
  config.metadata = { ...config.metadata, name: config.metadata?.name ?? name };
  if (config.metadata.name !== name) throw badRequest(`the name of the object (${config.metadata.name}) does not match the name on the URL (${name})`);
  if (config.metadata.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
  if (namespace !== undefined) config.metadata.namespace ??= namespace;
  return config;
}

function record(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    const found = Array.isArray(body) ? 'array' : body === null ? 'null' : typeof body === 'boolean' ? 'bool' : typeof body;
    throw badRequest(`error decoding patch: json: cannot unmarshal ${found} into Go value of type map[string]interface {}`);
  }
  return body as Record<string, unknown>;
}
