/** Waits for what nobody tells of: looks again and again, until it holds or the time is up. */
export interface Patience {
  readonly timeoutMs: number;
  readonly everyMs: number;
}

/** @returns false when the time is up; it has looked once more then */
export async function waitFor(holds: () => boolean | Promise<boolean>, { timeoutMs, everyMs }: Patience): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  return true;
}
