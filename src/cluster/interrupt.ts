/** Ctrl-C while a cluster is being built: work is told to stop, cleaning up goes on, and only then do we end. Knows no clusters. */
import { UserError } from '../base/user-error.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export class Interrupted extends UserError {
  constructor(signal: string) {
    super(`Interrupted (${signal}).`, 'Run the same command to begin again.');
  }
}

/** Run `work`; the first signal aborts it, later ones are ignored so that cleaning up can end. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (signal: string) => controller.abort(new Interrupted(signal));
  for (const name of SIGNALS) process.on(name, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, stop);
  }
}
