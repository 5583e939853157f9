/**
 * Runs controllers: watches become keys, keys wait in a queue, one step of the clock reconciles one key. The same key
 * never waits twice. Knows no controller by name. See client-go util/workqueue and tools/cache/shared_informer.go.
 */
import type { Clock, Disposer } from '../base/clock.ts';
import type { Rng } from '../base/rng.ts';
import type { KubeObject, ObjectKey, Stored } from '../api/object.ts';
import { ApiError } from '../api/status.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Registry } from '../kinds/registry.ts';
import type { Controller, ControllerContext, EventRecorder, MakeController, WatchRule } from './controller.ts';
import { makeRecorder } from './events.ts';

/** client-go's item back-off: 5 ms doubling. It ends at 1000 s there; nobody here waits that long for a conflict. */
const FIRST_RETRY_MS = 5;
const LAST_RETRY_MS = 60_000;

export interface RunnerOptions {
  /** Where bugs of controllers go (anything thrown that is not an ApiError); without it they are thrown into the clock. */
  readonly onBug?: (controller: string, key: ObjectKey, error: unknown) => void;
}

export class ControllerRunner {
  readonly record: EventRecorder;
  readonly #context: ControllerContext;
  readonly #makers: readonly MakeController[];
  readonly #options: RunnerOptions;
  readonly #stops: Disposer[] = [];

  constructor(registry: Registry, clock: Clock, rng: Rng, makers: readonly MakeController[], options: RunnerOptions = {}) {
    this.record = makeRecorder(registry, clock, rng);
    this.#context = { registry, clock, rng, record: this.record };
    this.#makers = makers;
    this.#options = options;
  }

  /** Every controller sees everything that exists, then every change. */
  start(): void {
    if (this.#stops.length > 0) return;
    const listeners = new Map<string, Listener[]>();
    const ofCustom: CustomListener[] = [];
    for (const make of this.#makers) {
      const controller = make(this.#context);
      const queue = new Queue(this.#context.clock, controller, this.#options.onBug);
      this.#stops.push(() => queue.stop());
      if (controller.watchesCustom) ofCustom.push((kind) => ({ rule: controller.watchesCustom!(kind), queue }));
      for (const rule of controller.watches) {
        const kind = kindName(rule);
        const others = listeners.get(kind) ?? [];
        others.push({ rule, queue });
        listeners.set(kind, others);
      }
    }
    for (const [kind, interested] of listeners) this.#stops.push(watchAll(this.#context.registry, kind, interested));
    this.#watchCustom(ofCustom);
  }

  /** Kinds that users add are watched from the moment they are served. */
  #watchCustom(listeners: readonly CustomListener[]): void {
    const { registry } = this.#context;
    const watched = new Map<string, Disposer>();
    const follow = () => {
      const served = new Map(registry.kinds.filter((kind) => kind.custom).map((kind) => [`${kind.plural}.${kind.group}`, kind]));
      for (const [name, stop] of watched) if (!served.has(name) && watched.delete(name)) stop();
      for (const [name, kind] of served) if (!watched.has(name)) watched.set(name, watchAll(registry, name, listeners.map((listen) => listen(kind))));
    };
    follow();
    this.#stops.push(registry.onKinds(follow), () => watched.forEach((stop) => stop()));
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }
}

interface Listener {
  readonly rule: WatchRule;
  readonly queue: Queue;
}

type CustomListener = (kind: Kind) => Listener;

function kindName(rule: WatchRule): string {
  return rule.group === '' ? rule.resource : `${rule.resource}.${rule.group}`;
}

/** One watch per kind however many controllers look at it; it remembers what it saw last, so that rules can compare. */
function watchAll(registry: Registry, kind: string, listeners: readonly Listener[]): Disposer {
  const seen = new Map<string, Stored<KubeObject>>();
  const tell = (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: Stored<KubeObject>) => {
    const name = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    const previous = seen.get(name);
    if (type === 'DELETED') seen.delete(name);
    else seen.set(name, object);
    for (const { rule, queue } of listeners) {
      for (const key of rule.toKeys(object, type, previous)) queue.add(key);
    }
  };
  const { items, resourceVersion } = registry.list(kind);
  for (const object of items) tell('ADDED', object);
  return registry.watch(kind, { resourceVersion }, (event) => {
    if (event.type === 'ADDED' || event.type === 'MODIFIED' || event.type === 'DELETED') tell(event.type, event.object as Stored<KubeObject>);
  });
}

/** The keys of one controller that wait for their turn. */
class Queue {
  readonly #clock: Clock;
  readonly #controller: Controller;
  readonly #onBug: RunnerOptions['onBug'];
  readonly #waiting = new Set<string>();
  readonly #failures = new Map<string, number>();
  /** Per key, the earliest later visit that is already booked. */
  readonly #later = new Map<string, { at: number; cancel: Disposer }>();
  #stopped = false;

  constructor(clock: Clock, controller: Controller, onBug: RunnerOptions['onBug']) {
    this.#clock = clock;
    this.#controller = controller;
    this.#onBug = onBug;
  }

  add(key: ObjectKey): void {
    const id = `${key.namespace ?? ''}/${key.name}`;
    if (this.#stopped || this.#waiting.has(id)) return;
    this.#waiting.add(id);
    this.#clock.schedule(0, () => this.#visit(id, key));
  }

  stop(): void {
    this.#stopped = true;
    for (const { cancel } of this.#later.values()) cancel();
    this.#later.clear();
  }

  #visit(id: string, key: ObjectKey): void {
    this.#waiting.delete(id);
    if (this.#stopped) return;
    try {
      const again = this.#controller.reconcile(key);
      this.#failures.delete(id);
      if (again) this.#addLater(id, key, again.againAfterMs);
    } catch (error) {
      if (!(error instanceof ApiError)) {
        if (!this.#onBug) throw error;
        this.#onBug(this.#controller.name, key, error);
      }
      const failures = this.#failures.get(id) ?? 0;
      this.#failures.set(id, failures + 1);
      this.#addLater(id, key, Math.min(FIRST_RETRY_MS * 2 ** failures, LAST_RETRY_MS));
    }
  }

  #addLater(id: string, key: ObjectKey, delayMs: number): void {
    const at = this.#clock.now() + Math.max(1, delayMs);
    const booked = this.#later.get(id);
    if (booked && booked.at <= at) return;
    booked?.cancel();
    const cancel = this.#clock.schedule(Math.max(1, delayMs), () => {
      this.#later.delete(id);
      this.add(key);
    });
    this.#later.set(id, { at, cancel });
  }
}
