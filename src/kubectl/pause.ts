/** Waiting for a while, which Ctrl-C ends. Knows nothing of what is waited for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { KubectlError, type KubectlIo } from './io.ts';

/** What Node's timers can hold: 24 days. */
const LONGEST_MS = 2 ** 31 - 1;

/** @throws KubectlError on Ctrl-C */
export async function pause(io: KubectlIo, ms: number): Promise<void> {
  try {
    await sleep(Math.min(ms, LONGEST_MS), undefined, { signal: io.signal });
  } catch {
    throw new KubectlError('', 130);
  }
}

/** Aborts by Ctrl-C and when the time is over; without a limit by Ctrl-C alone. */
export function deadline(io: KubectlIo, limitMs: number | undefined): { readonly signal: AbortSignal; readonly isOver: () => boolean; readonly end: () => void } {
  const stop = new AbortController();
  const abort = () => stop.abort();
  const timer = limitMs === undefined ? undefined : setTimeout(abort, Math.min(Math.max(0, limitMs), LONGEST_MS));
  if (io.signal.aborted) abort();
  io.signal.addEventListener('abort', abort, { once: true });
  const end = () => {
    clearTimeout(timer);
    io.signal.removeEventListener('abort', abort);
  };
  return { signal: stop.signal, isOver: () => stop.signal.aborted, end };
}
