/** Ctrl-C while a cluster is being built: work is told to stop, cleaning up goes on, and only then do we end. Knows no clusters. */
import { UserError } from '../base/user-error.ts';

/** With the exit code by which a shell knows them. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const NAMES = Object.keys(SIGNALS) as readonly (keyof typeof SIGNALS)[];

export class Interrupted extends UserError {
  constructor(signal: keyof typeof SIGNALS) {
    super(`Interrupted (${signal}).`, 'Run the same command to begin again.', SIGNALS[signal]);
  }
}

/** Run `work`; the first signal aborts it, later ones are ignored so that cleaning up can end. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (signal: keyof typeof SIGNALS) => controller.abort(new Interrupted(signal));
  for (const name of NAMES) process.on(name, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of NAMES) process.off(name, stop);
  }
}
