/** `--overrides` of `run` and `expose`: a patch to what was generated. See kubectl/pkg/cmd/util/override_options.go. */
import { jsonPatch, type Operation } from './apply/json-patch.ts';
import { strategicMerge } from './apply/strategic-merge.ts';
import type { Json, JsonMap } from './apply/three-way.ts';
import type { Run } from './command.ts';
import type { Flag } from './flags.ts';
import { plainError } from './io.ts';
import type { KubeObject } from './object.ts';

export const OVERRIDE_FLAGS: readonly Flag[] = [
  { name: 'overrides', type: 'string', value: '', help: 'An inline JSON override for the generated object. If this is non-empty, it is used to override the generated object. Requires that the object supply a valid apiVersion field.' },
  { name: 'override-type', type: 'string', value: 'merge', help: 'The method used to override the generated object: json, merge, or strategic.' },
];

/** @throws KubectlError when the override is no JSON, or of a type that is none */
export function mergeOverrides(run: Run, object: KubeObject): KubeObject {
  const text = run.flags.text('overrides');
  if (!text) return object;
  const type = run.flags.text('override-type');
  if (!['json', 'merge', 'strategic'].includes(type)) throw plainError(`invalid override type: ${type}`);
  let patch: Json;
  try {
    patch = JSON.parse(text) as Json;
  } catch {
    throw plainError(`Invalid JSON Patch`);
  }
  if (type === 'json') return jsonPatch(object as Json, patch as unknown as Operation[]) as unknown as KubeObject;
  return strategicMerge(object as JsonMap, patch as JsonMap, { newElements: 'last', atomicLists: type === 'merge' }) as unknown as KubeObject;
}
