/**
 * A process's own view of a stream that it shares with others: waiting on it ends when the process is killed, and a
 * reader that dies while waiting does not swallow what comes for the next one.
 */
import type { Clock } from '../base/clock.ts';
import type { Input, Output } from './program.ts';

/** After so many reads and writes in a row, a program lets others run: `yes > /dev/null` must not freeze the world. */
const OPERATIONS_PER_TURN = 128;

/** Counts a program's operations. @returns something to wait for when it has had its turn */
export type Pace = () => Promise<void> | undefined;

export function turns(clock: Clock, signal: AbortSignal): Pace {
  let count = 0;
  return () => (++count % OPERATIONS_PER_TURN === 0 ? clock.sleep(0, signal) : undefined);
}

const raws = new WeakMap<object, object>();

export function boundInput(raw: Input, signal: AbortSignal, pace: Pace): Input {
  const bound: Input = {
    read: () => {
      if (signal.aborted) return Promise.reject(signal.reason as Error);
      const turn = pace();
      const read = () => race(raw.read(signal), signal, (late) => late !== undefined && raw.unread(late));
      return turn ? turn.then(read) : read();
    },
    unread: (bytes) => raw.unread(bytes),
  };
  raws.set(bound, raw);
  return bound;
}

export function boundOutput(raw: Output, signal: AbortSignal, pace: Pace): Output {
  const bound: Output = {
    write: (bytes) => {
      const turn = signal.aborted ? undefined : pace();
      const write = () => race(raw.write(bytes), signal, () => undefined);
      const written = signal.aborted ? Promise.reject(signal.reason as Error) : turn ? Promise.all([write(), turn]).then(() => undefined) : write();
      // Programs may write without waiting: then the refusal is for nobody.
      written.catch(() => undefined);
      return written;
    },
  };
  raws.set(bound, raw);
  return bound;
}

/** The shared stream behind a process's view: what a child inherits. */
export function unbound<Stream extends object>(stream: Stream): Stream {
  return (raws.get(stream) as Stream | undefined) ?? stream;
}

export function retain(stream: Input | Output): void {
  stream.retain?.();
}

export function release(stream: Input | Output): void {
  stream.release?.();
}

function race<T>(promise: Promise<T>, signal: AbortSignal, late: (value: T) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(
      (value) => {
        signal.removeEventListener('abort', onAbort);
        if (signal.aborted) late(value);
        resolve(value);
      },
      (error: unknown) => {
        signal.removeEventListener('abort', onAbort);
        reject(error as Error);
      },
    );
  });
}
