/** Bytes that have arrived and wait to be read, or readers that wait for bytes. */
import type { NetError } from './errors.ts';

interface Reader {
  readonly resolve: (data: string | undefined) => void;
  readonly reject: (error: NetError) => void;
}

/** One queue per connection. */
export class ReceiveQueue {
  bytes = 0;
  readonly #chunks: string[] = [];
  readonly #readers: Reader[] = [];
  #ended: { readonly error: NetError | undefined } | undefined;

  push(data: string): void {
    const reader = this.#readers.shift();
    if (reader) return reader.resolve(data);
    this.#chunks.push(data);
    this.bytes += data.length;
  }

  /** All that waits, or what comes next; undefined at the end, the error if it was one. */
  read(): Promise<string | undefined> {
    if (this.#chunks.length > 0) {
      const data = this.#chunks.splice(0).join('');
      this.bytes = 0;
      return Promise.resolve(data);
    }
    if (!this.#ended) return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
    return this.#ended.error ? Promise.reject(this.#ended.error) : Promise.resolve(undefined);
  }

  /** Nothing more comes. The first end counts: a reset after the FIN does not undo it. */
  end(error: NetError | undefined): void {
    if (this.#ended) return;
    this.#ended = { error };
    for (const { resolve, reject } of this.#readers.splice(0)) {
      if (error) reject(error);
      else resolve(undefined);
    }
  }
}
