/** Times of repeated work, and what they come to. */

/** In milliseconds. */
export async function timed(work: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

/** One after the other; the first, which warms the disk's cache, is not counted. */
export async function repeat(times: number, measure: () => Promise<number>): Promise<readonly number[]> {
  const found: number[] = [];
  for (let run = 0; run <= times; run++) found.push(await measure());
  return found.slice(1);
}

export const median = (values: readonly number[]): number => percentile(values, 50);

/** The smallest value that so many in a hundred do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN;
}
