/** `--overrides` of `run` and `expose`: a patch to what was generated. See kubectl/pkg/cmd/util/override_options.go. */
import type { Run } from './command.ts';
import type { Flag } from './flags.ts';
import { plainError } from './io.ts';
import type { KubeObject } from './object.ts';

export const OVERRIDE_FLAGS: readonly Flag[] = [
  { name: 'overrides', type: 'string', value: '', help: 'An inline JSON override for the generated object. If this is non-empty, it is used to override the generated object. Requires that the object supply a valid apiVersion field.' },
  { name: 'override-type', type: 'string', value: 'merge', help: 'The method used to override the generated object: json, merge, or strategic.' },
];

type Map = Record<string, unknown>;

/** @throws KubectlError when the override is no JSON, or of a type that this kubectl does not have */
export function mergeOverrides(run: Run, object: KubeObject): KubeObject {
  const text = run.flags.text('overrides');
  if (!text) return object;
  const type = run.flags.text('override-type');
  if (type !== 'merge') throw plainError(['json', 'strategic'].includes(type) ? `--override-type=${type} is not available in the kubectl that comes with cka: use merge, or install the real kubectl` : `invalid merge type: ${type}`);
  let patch: unknown;
  try {
    patch = JSON.parse(text);
  } catch {
    throw plainError(`Invalid JSON Patch`);
  }
  return merge(object, patch) as KubeObject;
}

/** RFC 7386. */
function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Map = typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...(target as Map) } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merge(result[key], value);
  }
  return result;
}
