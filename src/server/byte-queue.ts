/** Bytes that a client sent and a process has not read yet. Knows no transport; tells it when to hold back. */
import type { ByteSource } from './containers.ts';

/** More than this unread, and the sender is asked to pause; it may go on below half of it. */
const HIGH_WATER_BYTES = 1024 * 1024;

export class ByteQueue implements ByteSource {
  readonly #chunks: string[] = [];
  #size = 0;
  #ended = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;
  #isHeld = false;
  readonly #hold: (hold: boolean) => void;

  /** @param hold told true when the sender should pause, false when it may go on */
  constructor(hold: (hold: boolean) => void = () => {}) {
    this.#hold = hold;
  }

  /** Bytes as they came from the network. */
  push(bytes: Buffer): void {
    if (this.#ended || bytes.length === 0) return;
    this.#chunks.push(bytes.toString('latin1'));
    this.#size += bytes.length;
    if (!this.#isHeld && this.#size > HIGH_WATER_BYTES) this.#hold((this.#isHeld = true));
    this.#notify();
  }

  end(): void {
    this.#ended = true;
    this.#notify();
  }

  /** The client is gone: readers are told, whatever was unread is dropped. */
  fail(reason: Error): void {
    this.#failure = reason;
    this.#chunks.length = 0;
    this.#notify();
  }

  async read(): Promise<string | undefined> {
    for (;;) {
      if (this.#failure) throw this.#failure;
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#size -= chunk.length;
        if (this.#isHeld && this.#size < HIGH_WATER_BYTES / 2) this.#hold((this.#isHeld = false));
        return chunk;
      }
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  unread(bytes: string): void {
    if (bytes === '') return;
    this.#chunks.unshift(bytes);
    this.#size += bytes.length;
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
