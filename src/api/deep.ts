/**
 * Copying, comparing and freezing plain JSON values. Knows nothing of Kubernetes.
 * Objects from the store are frozen to the bottom, so a writer works on a `draft`.
 */
import type { Stored } from './object.ts';

/** A deep copy that may be changed; of a stored object as well as of a fresh one. */
export function draft<T>(value: Stored<T> | T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[key];
    // A member that is undefined is a member that is not there: JSON has no such value.
    if (member !== undefined) result[key] = copy(member);
  }
  return result;
}

/** Same JSON, whatever the order of members. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => isEqual(item, b[index]));
  }
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  for (const key of Object.keys(left)) {
    if (!isEqual(left[key], right[key])) return false;
  }
  return Object.keys(right).every((key) => right[key] === undefined || left[key] !== undefined);
}

/** Freeze to the bottom. What is frozen already is taken to be frozen below as well. */
export function freeze<T>(value: T): Stored<T> {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) freeze(member);
  }
  return value as Stored<T>;
}

/** A JSON object, not a list, not null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
