/**
 * Waiting as a process does: for something, until a deadline, or until a signal ends it, whichever comes first.
 * Sockets know no signals, so a program that waits on one waits through here.
 */
import type { Process } from '../machine/program.ts';

/** The deadline passed first. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

/** @throws TimedOut when `timeoutMs` passes first; the signal's reason when the process is killed first */
export function until<T>(process: Process, promise: Promise<T>, timeoutMs?: number): Promise<T> {
  const { signal } = process;
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const settle = () => {
      cancel?.();
      signal.removeEventListener('abort', onAbort);
    };
    const onAbort = () => {
      settle();
      reject(signal.reason as Error);
    };
    const cancel =
      timeoutMs === undefined
        ? undefined
        : process.machine.clock.schedule(timeoutMs, () => {
            settle();
            reject(new TimedOut('timed out'));
          });
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(
      (value) => {
        settle();
        resolve(value);
      },
      (error: unknown) => {
        settle();
        reject(error as Error);
      },
    );
  });
}

/** Values that arrive on their own and are taken one by one: datagrams, echo replies, connections. */
export class Arrivals<T> {
  readonly #waiting: T[] = [];
  #take: ((value: T) => void) | undefined;

  put(value: T): void {
    const take = this.#take;
    this.#take = undefined;
    if (take) take(value);
    else this.#waiting.push(value);
  }

  /** The next value; one taker at a time. */
  next(): Promise<T> {
    if (this.#waiting.length > 0) return Promise.resolve(this.#waiting.shift()!);
    return new Promise((resolve) => {
      this.#take = resolve;
    });
  }

  /** Take a value only if one is there. */
  poll(): T | undefined {
    return this.#waiting.shift();
  }
}
