/** Doing the same to many objects: what fails does not keep the rest from it, and is told when all is done. See CheckErr in kubectl/pkg/cmd/util/helpers.go. */
import { StatusError, statusLine, statusText } from './client.ts';
import type { Run } from './command.ts';
import { asLine, KubectlError } from './io.ts';

/** @returns 1 when anything failed */
export async function each<T>(run: Run, items: readonly T[], act: (item: T) => Promise<void>): Promise<number> {
  const failures: unknown[] = [];
  for (const item of items) {
    try {
      await act(item);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      failures.push(error);
    }
  }
  return tellFailures(run, failures);
}

/** What concerns one object, as against what ends the command: a bug, Ctrl-C. */
export function isRefusal(error: unknown): error is StatusError | KubectlError {
  return error instanceof StatusError || (error instanceof KubectlError && error.exitCode !== 130);
}

/** One failure is told as it would be alone; several stand in a list, each on its line and in plain words. @returns the exit code */
export function tellFailures(run: Run, failures: readonly unknown[]): number {
  const isOne = failures.length === 1;
  for (const failure of failures) {
    if (failure instanceof StatusError) run.err(`${(isOne ? statusText : statusLine)(failure.status)}\n`);
    else run.err(isOne ? asLine((failure as KubectlError).message) : `${(failure as KubectlError).message.replace(/^error: /, '')}\n`);
  }
  return failures.length > 0 ? 1 : 0;
}
