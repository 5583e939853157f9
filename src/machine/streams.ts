/**
 * Streams between processes: pipes with the capacity of a Linux pipe, so that a writer waits for its reader and dies of
 * SIGPIPE when nobody reads any more. Byte strings throughout.
 */
import { MOST_HELD, OutOfMemory } from './memory.ts';
import { BrokenPipe, type Input, type Output } from './program.ts';

/** What a Linux pipe holds before its writer waits: pipe(7). */
const CAPACITY = 65_536;

export interface Pipe {
  readonly input: PipeInput;
  readonly output: PipeOutput;
  /** Bytes written and not yet read. */
  readonly pending: number;
}

export interface PipeInput extends Input {
  read(signal?: AbortSignal): Promise<string | undefined>;
  /** Nobody reads any more: the next write is refused. */
  close(): void;
}

export interface PipeOutput extends Output {
  /** No more bytes will come: the reader sees the end when it has read the rest. */
  close(): void;
}

/** A new pipe. */
export function pipe(options: { readonly capacity?: number } = {}): Pipe {
  return new BytePipe(options.capacity ?? CAPACITY);
}

interface Waiter {
  resolve(bytes: string | undefined): void;
}

class BytePipe implements Pipe {
  #buffer = '';
  #ended = false;
  #broken = false;
  readonly #readers: Waiter[] = [];
  #writers: { resolve(): void; reject(error: Error): void }[] = [];

  constructor(private readonly capacity: number) {}

  get pending(): number {
    return this.#buffer.length;
  }

  #readersLeft = 0;
  #writersLeft = 0;

  readonly input: PipeInput = {
    retain: () => void this.#readersLeft++,
    release: () => {
      if (--this.#readersLeft === 0) this.input.close();
    },
    read: (signal) => {
      if (signal?.aborted) return Promise.reject(signal.reason as Error);
      if (this.#buffer !== '') return Promise.resolve(this.#takeAll());
      if (this.#ended) return Promise.resolve(undefined);
      return new Promise((resolve, reject) => {
        const waiter: Waiter = {
          resolve: (bytes) => {
            signal?.removeEventListener('abort', onAbort);
            resolve(bytes);
          },
        };
        const onAbort = () => {
          this.#readers.splice(this.#readers.indexOf(waiter), 1);
          reject(signal?.reason as Error);
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        this.#readers.push(waiter);
      });
    },
    unread: (bytes) => {
      this.#buffer = bytes + this.#buffer;
      this.#feed();
    },
    close: () => {
      this.#broken = true;
      this.#buffer = '';
      for (const writer of this.#writers) writer.reject(new BrokenPipe('write to a pipe without readers'));
      this.#writers = [];
    },
  };

  readonly output: PipeOutput = {
    retain: () => void this.#writersLeft++,
    release: () => {
      if (--this.#writersLeft === 0) this.output.close();
    },
    write: (bytes) => {
      if (this.#broken || this.#ended) return refused();
      if (bytes === '') return done;
      this.#buffer += bytes;
      this.#feed();
      if (this.#buffer.length <= this.capacity) return done;
      return handled(new Promise<void>((resolve, reject) => this.#writers.push({ resolve, reject })));
    },
    close: () => {
      this.#ended = true;
      this.#feed();
    },
  };

  #takeAll(): string {
    const bytes = this.#buffer;
    this.#buffer = '';
    const writers = this.#writers;
    this.#writers = [];
    for (const writer of writers) writer.resolve();
    return bytes;
  }

  #feed(): void {
    while (this.#readers.length > 0 && (this.#buffer !== '' || this.#ended)) {
      this.#readers.shift()!.resolve(this.#buffer === '' ? undefined : this.#takeAll());
    }
  }
}

const done = Promise.resolve();

/** A rejection that only matters to who awaits it: a program may write without looking, as C programs do. */
function handled(promise: Promise<void>): Promise<void> {
  promise.catch(() => undefined);
  return promise;
}

function refused(): Promise<void> {
  return handled(Promise.reject(new BrokenPipe('write to a pipe without readers')));
}

/** At its end from the beginning, as `/dev/null`. */
export const nullInput: Input = { read: () => Promise.resolve(undefined), unread: () => undefined };

/** Takes everything, as `/dev/null`. */
export const nullOutput: Output = { write: () => done };

/** A finite input. */
export function inputFrom(bytes: string): Input {
  let rest = bytes;
  return {
    read: () => {
      const now = rest;
      rest = '';
      return Promise.resolve(now === '' ? undefined : now);
    },
    unread: (back) => {
      rest = back + rest;
    },
  };
}

/** Collects what is written. */
export function collect(): Output & { readonly text: string } {
  let text = '';
  return {
    get text() {
      return text;
    },
    write: (bytes) => {
      text += bytes;
      return done;
    },
  };
}

/** Hands what is written to a function; a promise that it returns holds the writer back. */
export function outputTo(take: (bytes: string) => void | Promise<void>): Output {
  return { write: (bytes) => handled(Promise.resolve(take(bytes))) };
}

/** The lines of an input without their newlines; the last one may have had none. */
export async function* lines(input: Input): AsyncGenerator<string, void, undefined> {
  let rest = '';
  for (let bytes = await input.read(); bytes !== undefined; bytes = await input.read()) {
    const parts = (rest + bytes).split('\n');
    rest = parts.pop()!;
    yield* parts;
  }
  if (rest !== '') yield rest;
}

/** Everything until the end. */
export async function readAll(input: Input): Promise<string> {
  let text = '';
  for (let bytes = await input.read(); bytes !== undefined; bytes = await input.read()) text = held(text + bytes);
  return text;
}

/** What a program keeps of its input; who keeps too much of it gets no more memory. @throws OutOfMemory */
function held(text: string): string {
  if (text.length > MOST_HELD) throw new OutOfMemory();
  return text;
}

/** One line with its newline, or what is left at the end; undefined at the end. What follows stays unread. */
export async function readLine(input: Input): Promise<string | undefined> {
  let line = '';
  for (let bytes = await input.read(); bytes !== undefined; bytes = await input.read()) {
    line = held(line + bytes);
    const end = line.indexOf('\n');
    if (end < 0) continue;
    if (end + 1 < line.length) input.unread(line.slice(end + 1));
    return line.slice(0, end + 1);
  }
  return line === '' ? undefined : line;
}
