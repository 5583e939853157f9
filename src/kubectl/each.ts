/** Doing the same to many objects: every failure is told, the rest goes on, the exit code remembers. */
import { StatusError, statusText } from './client.ts';
import type { Run } from './command.ts';
import { asLine, KubectlError } from './io.ts';

/** @returns 1 when anything failed */
export async function each<T>(run: Run, items: readonly T[], act: (item: T) => Promise<void>): Promise<number> {
  let failed = false;
  for (const item of items) {
    try {
      await act(item);
    } catch (error) {
      if (error instanceof StatusError) run.err(`${statusText(error.status)}\n`);
      else if (error instanceof KubectlError && error.exitCode !== 130) run.err(asLine(error.message));
      else throw error;
      failed = true;
    }
  }
  return failed ? 1 : 0;
}
