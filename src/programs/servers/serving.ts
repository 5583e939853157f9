/** What servers without a life of their own share: serve until a signal ends them. Knows no protocol. */
import type { Process, SignalName } from '../../machine/program.ts';

/** Resolves with the first of `signals` to arrive; rejects when the process is killed. */
export function untilSignal(process: Process, signals: readonly SignalName[]): Promise<SignalName> {
  return new Promise((resolve, reject) => {
    if (process.signal.aborted) return reject(process.signal.reason as Error);
    for (const signal of signals) process.onSignal(signal, () => resolve(signal));
    process.signal.addEventListener('abort', () => reject(process.signal.reason as Error), { once: true });
  });
}

/** `[::]:8080` as Go's net package prints what it listens on. */
export const everywhere = (port: number): string => `[::]:${port}`;

/** `2026/11/21 07:49:40`, the time of Go's log package. */
export function goLogTime(process: Process): string {
  return new Date(process.machine.clock.unixMs()).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
}
