/**
 * Assertions: for what only a bug of ours can cause. They crash, so that a test sees them.
 * What a user or a program can cause is never asserted: it is answered (see `user-error.ts`, `ApiError`).
 */

/** @throws Error when `condition` does not hold: always a bug in this program. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`Bug: ${what}`);
}

/** The end of an exhaustive switch. The compiler refuses the call while a case is missing. */
export function unreachable(value: never): never {
  throw new Error(`Bug: unexpected value ${JSON.stringify(value)}`);
}
