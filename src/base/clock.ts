/**
 * Time as the simulation knows it. Nothing in the core reads the wall clock: events wait in a heap until somebody
 * advances the clock: a test by hand, a running simulator by `pace` (see `pacer.ts`).
 */
import { assert } from './assert.ts';

export type Disposer = () => void;

export interface Clock {
  /** Milliseconds since the world began; fractions count (a packet needs microseconds). */
  now(): number;
  /** The same instant as Unix time in milliseconds, for timestamps in objects and logs. */
  unixMs(): number;
  /** Run once, `delayMs` from now. Events of the same instant run in the order they were scheduled. */
  schedule(delayMs: number, run: () => void): Disposer;
  /** @throws the signal's reason when aborted before the time is up */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

interface Event {
  readonly at: number;
  readonly order: number;
  run: (() => void) | undefined;
}

export class EventClock implements Clock {
  #now = 0;
  #order = 0;
  readonly #heap: Event[] = [];
  #onEarlier: (() => void) | undefined;

  /** @param epochMs Unix time, in milliseconds, of this clock's zero */
  constructor(readonly epochMs: number) {}

  now(): number {
    return this.#now;
  }

  unixMs(): number {
    return this.epochMs + this.#now;
  }

  schedule(delayMs: number, run: () => void): Disposer {
    // An event at no time would sit in the heap and hold up all others.
    assert(!Number.isNaN(delayMs), 'a delay is a number');
    const event: Event = { at: this.#now + Math.max(0, delayMs), order: this.#order++, run };
    push(this.#heap, event);
    if (this.#heap[0] === event) this.#onEarlier?.();
    // A cancelled event stays in the heap and does nothing when its time comes: removal from the middle costs more.
    return () => {
      event.run = undefined;
    };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const onAbort = () => {
        cancel();
        reject(signal?.reason as Error);
      };
      const cancel = this.schedule(delayMs, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** When the next event is due, on this clock; undefined when nothing waits. */
  nextDue(): number | undefined {
    while (this.#heap[0] && !this.#heap[0].run) pop(this.#heap);
    return this.#heap[0]?.at;
  }

  /**
   * Move time forward, running every event that becomes due, those that they schedule included.
   * @param budget most events to run; time stops at the event that exceeds it (a packet storm must not hang the world)
   * @returns how many events ran
   */
  advanceTo(time: number, budget = Number.POSITIVE_INFINITY): number {
    let ran = 0;
    for (let due = this.nextDue(); due !== undefined && due <= time; due = this.nextDue()) {
      if (ran >= budget) return ran;
      const event = pop(this.#heap);
      this.#now = Math.max(this.#now, event.at);
      const run = event.run;
      event.run = undefined;
      run?.();
      ran++;
    }
    this.#now = Math.max(this.#now, time);
    return ran;
  }

  /** Told whenever a new event became the earliest; one listener, the pacer. */
  onEarlier(listener: (() => void) | undefined): void {
    this.#onEarlier = listener;
  }
}

const before = (a: Event, b: Event) => a.at < b.at || (a.at === b.at && a.order < b.order);

function push(heap: Event[], event: Event): void {
  let index = heap.push(event) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!before(event, heap[parent]!)) break;
    heap[index] = heap[parent]!;
    index = parent;
  }
  heap[index] = event;
}

function pop(heap: Event[]): Event {
  const first = heap[0]!;
  const last = heap.pop()!;
  if (heap.length === 0) return first;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
    if (!before(heap[child]!, last)) break;
    heap[index] = heap[child]!;
    index = child;
  }
  heap[index] = last;
  return first;
}
