/**
 * A PATCH request's body, applied to what is stored. The four ways to write a change are in `api/patch`.
 */
import { draft } from '../../api/deep.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import { applyJsonPatch } from '../../api/patch/json.ts';
import { applyMergePatch } from '../../api/patch/merge.ts';
import { applyStrategicMergePatch } from '../../api/patch/strategic.ts';
import { badRequest, unsupportedMediaType } from '../../api/status.ts';
import type { Kind } from '../kind.ts';
import type { Registry } from '../registry.ts';

export interface Patch {
  readonly type: 'json' | 'merge' | 'strategic' | 'apply';
  readonly body: unknown;
}

/** @throws ApiError */
export function applyPatch(registry: Registry, kind: Kind, current: Stored<KubeObject>, patch: Patch, _options: object): KubeObject {
  const object = draft<KubeObject>(current);
  switch (patch.type) {
    case 'json':
      return applyJsonPatch(object, patch.body) as unknown as KubeObject;
    case 'merge':
      return applyMergePatch(object, record(patch.body)) as unknown as KubeObject;
    case 'strategic':
      return applyStrategicMergePatch(object, record(patch.body), registry.schema?.typeOf(kind)) as unknown as KubeObject;
    case 'apply':
      // Differs from Kubernetes: server-side apply is refused, since field ownership (managedFields) is not tracked yet.
      throw unsupportedMediaType(['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json']);
  }
}

function record(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    const found = Array.isArray(body) ? 'array' : body === null ? 'null' : typeof body === 'boolean' ? 'bool' : typeof body;
    throw badRequest(`error decoding patch: json: cannot unmarshal ${found} into Go value of type map[string]interface {}`);
  }
  return body as Record<string, unknown>;
}
