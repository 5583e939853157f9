/**
 * A process's own view of a stream that it shares with others: waiting on it ends when the process is killed, and a
 * reader that dies while waiting does not swallow what comes for the next one.
 */
import type { Input, Output } from './program.ts';

const raws = new WeakMap<object, object>();

export function boundInput(raw: Input, signal: AbortSignal): Input {
  const bound: Input = {
    read: () => (signal.aborted ? Promise.reject(signal.reason as Error) : race(raw.read(signal), signal, (late) => late !== undefined && raw.unread(late))),
    unread: (bytes) => raw.unread(bytes),
  };
  raws.set(bound, raw);
  return bound;
}

export function boundOutput(raw: Output, signal: AbortSignal): Output {
  const bound: Output = {
    write: (bytes) => {
      const written = signal.aborted ? Promise.reject(signal.reason as Error) : race(raw.write(bytes), signal, () => undefined);
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
