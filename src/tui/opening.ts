/**
 * A lab on its way: the steps so far and how it ends. Whoever goes home meanwhile and comes back finds the same opening;
 * a lab is never started twice at once.
 */
import type { Disposer } from '../base/clock.ts';
import type { AppServices, RunningLab } from './services.ts';

/** A step, and when it began. */
export interface Step {
  readonly text: string;
  readonly sinceMs: number;
}

export class Opening {
  steps: readonly Step[] = [];
  readonly done: Promise<RunningLab>;
  readonly #listeners = new Set<() => void>();

  constructor(services: AppServices, id: string, now: () => number) {
    this.done = services.openLab(id, (text) => {
      this.steps = [...this.steps, { text, sinceMs: now() }];
      for (const listener of [...this.#listeners]) listener();
    });
  }

  onStep(listener: () => void): Disposer {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Openings by lab; one that has ended is forgotten, so that the next try is a new one. */
export class Openings {
  readonly #underWay = new Map<string, Opening>();

  constructor(
    private readonly services: AppServices,
    private readonly now: () => number,
  ) {}

  of(id: string): Opening {
    const underWay = this.#underWay.get(id);
    if (underWay) return underWay;
    const opening = new Opening(this.services, id, this.now);
    this.#underWay.set(id, opening);
    const forget = () => this.#underWay.delete(id);
    opening.done.then(forget, forget);
    return opening;
  }
}
