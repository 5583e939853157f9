/** JSON merge patch, RFC 7386: null deletes, objects merge, everything else replaces. */
import { isRecord } from '../deep.ts';

/** Mutates `target` and returns it. */
export function applyMergePatch(target: unknown, patch: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const result = isRecord(target) ? target : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = isRecord(value) ? applyMergePatch(result[key], value) : value;
  }
  return result;
}
