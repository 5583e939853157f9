/**
 * The scale of a workload: its replicas as an object of their own, read and written without the rest of it.
 * See pkg/registry/apps/deployment/storage/storage.go (ScaleREST).
 */
import { applyJsonPatch } from '../api/patch/json.ts';
import { applyMergePatch } from '../api/patch/merge.ts';
import { invalidValue } from '../api/field-error.ts';
import type { KubeObject, Stored } from '../api/object.ts';
import { labelSelectorToString } from '../api/selector.ts';
import type { LabelSelector } from '../api/selector.ts';
import { badRequest, conflict, invalid, unsupportedMediaType } from '../api/status.ts';
import { readPath } from '../kinds/custom/json-path.ts';
import { ageColumn, column, nameColumn } from '../kinds/define.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Patch, Registry, WriteOptions } from '../kinds/registry.ts';

export interface Scale extends KubeObject {
  spec: { replicas?: number };
  status: { replicas: number; selector?: string };
}

interface Workload {
  readonly spec: { readonly replicas?: number; readonly selector?: string | LabelSelector | Readonly<Record<string, string>> };
  readonly status?: { readonly replicas?: number };
}

/** See `scaleColumnDefinitions` of pkg/printers/internalversion/printers.go. */
export const SCALE_TABLE = {
  columns: [
    nameColumn(),
    column('Desired', (scale) => scale['spec'].replicas ?? 0, { type: 'integer', description: 'replicas is the desired number of instances for the scaled object.' }),
    column('Available', (scale) => scale['status'].replicas ?? 0, { type: 'integer', description: 'replicas is the actual number of observed instances of the scaled object.' }),
    ageColumn(),
  ],
} as const;

export function scaleOf(object: Stored<KubeObject>, kind?: Kind): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const { spec, status } = kind?.custom?.scale ? customWorkload(object, kind.custom.scale) : (object as unknown as Workload);
  const replicas = spec.replicas ?? 1;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace !== undefined && { namespace }), ...(uid && { uid }), ...(resourceVersion && { resourceVersion }), ...(creationTimestamp && { creationTimestamp }) },
    // Zero is Go's nothing: it is left out.
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: status?.replicas ?? 0, ...(spec.selector && { selector: typeof spec.selector === 'string' ? spec.selector : labelSelectorToString(spec.selector) }) },
  };
}

/** A custom kind says where its replicas are. */
function customWorkload(object: Stored<KubeObject>, paths: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath?: string }): Workload {
  const read = (path: string) => readPath(object, path)[0];
  const selector = paths.labelSelectorPath === undefined ? undefined : read(paths.labelSelectorPath);
  return { spec: { replicas: (read(paths.specReplicasPath) as number | undefined) ?? 0, ...(typeof selector === 'string' && { selector }) }, status: { replicas: (read(paths.statusReplicasPath) as number | undefined) ?? 0 } };
}

/** `.spec.replicas` and 3 as a merge patch. */
function replicasAt(path: string, replicas: number): unknown {
  return path.split('.').filter(Boolean).reduceRight<unknown>((inner, field) => ({ [field]: inner }), replicas);
}

/** @throws ApiError */
export function patchScale(current: Stored<KubeObject>, kind: Kind, patch: Patch): Scale {
  const scale = scaleOf(current, kind);
  switch (patch.type) {
    case 'json':
      return applyJsonPatch(scale, patch.body) as Scale;
    case 'merge':
    case 'strategic':
      // A Scale holds no lists, so both ways to merge are one.
      if (typeof patch.body !== 'object' || patch.body === null || Array.isArray(patch.body)) throw badRequest('error decoding patch: it is not an object');
      return applyMergePatch(scale as unknown as Record<string, unknown>, patch.body as Record<string, unknown>) as unknown as Scale;
    case 'apply':
      throw unsupportedMediaType(['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json']);
  }
}

/** Writes the replicas of `scale` into the workload. @throws ApiError */
export function writeScale(registry: Registry, kind: Kind, current: Stored<KubeObject>, scale: Scale, options: WriteOptions): Scale {
  const { name, namespace, uid, resourceVersion } = current.metadata;
  const replicas = scale.spec?.replicas ?? 0;
  if (!Number.isInteger(replicas) || replicas < 0) {
    throw invalid({ group: 'autoscaling', kind: 'Scale' }, name, [invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0')]);
  }
  const given = scale.metadata;
  if (given.uid && given.uid !== uid) throw conflict(kind, name, `Precondition failed: UID in precondition: ${given.uid}, UID in object meta: ${uid}`);
  if (given.resourceVersion && given.resourceVersion !== resourceVersion) throw conflict(kind, name);
  return scaleOf(registry.patch(kind, name, namespace, { type: 'merge', body: replicasAt(kind.custom?.scale?.specReplicasPath ?? '.spec.replicas', replicas) }, { ...options, ownedAs: 'scale' }), kind);
}
