/** Waits for something that another process does, however busy the machine is. */
import { waitFor } from '../../src/cluster/wait-for.ts';

const PATIENCE = { timeoutMs: 45_000, everyMs: 10 };

/** @throws Error when it does not come to that */
export async function until(holds: () => boolean): Promise<void> {
  if (!(await waitFor(holds, PATIENCE))) throw new Error(`it did not come to that: ${holds.toString()}`);
}
