/** How a daemon waits: until a signal ends it. */
import { Killed, SIGNAL_NUMBERS, type Process, type SignalName } from '../machine/program.ts';

/** Resolves with the exit code of a daemon that takes TERM and INT as "stop cleanly" (0), or never returns when killed hard. */
export function untilStopped(process: Process, stopSignals: readonly SignalName[] = ['SIGTERM', 'SIGINT'], exitCode = 0): Promise<number> {
  return new Promise((resolve) => {
    for (const signal of stopSignals) process.onSignal(signal, () => resolve(exitCode));
    const onAbort = () => {
      const reason: unknown = process.signal.reason;
      resolve(128 + (reason instanceof Killed ? SIGNAL_NUMBERS[reason.by] : 9));
    };
    if (process.signal.aborted) onAbort();
    else process.signal.addEventListener('abort', onAbort, { once: true });
  });
}
