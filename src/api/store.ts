/**
 * An append-only log of objects with revisions and watches: what etcd is to Kubernetes, nothing more.
 * Knows no kinds: a key is a path, an object is frozen JSON. Synchronous on purpose: a writer sees its watchers done.
 */
import { assert } from '../base/assert.ts';
import type { Disposer } from '../base/clock.ts';
import { freeze } from './deep.ts';
import type { Json, KubeObject, Stored } from './object.ts';
import { ApiError, expired } from './status.ts';

export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly key: string;
  /** For DELETED: the last state, with the revision of its deletion. */
  readonly object: Stored<KubeObject>;
  readonly previous?: Stored<KubeObject>;
  readonly revision: number;
}

export interface ListOptions {
  readonly limit?: number;
  /** Begin after this key. */
  readonly after?: string;
  /** The list as it was then; pages of one list must not see later writes. */
  readonly atRevision?: number;
}

interface Snapshot {
  readonly revision: number;
  readonly objects: Readonly<Record<string, Stored<KubeObject>>>;
}

interface Watcher {
  readonly prefix: string;
  /** The newest revision that this watcher has been told of. */
  seen: number;
  readonly tell: (event: StoreEvent) => void;
}

/** Events kept for watches that resume. etcd keeps five minutes; a simulated cluster writes about ten times a second at most. */
const REMEMBERED_EVENTS = 4096;

export class Store {
  #revision: number;
  readonly #objects = new Map<string, Stored<KubeObject>>();
  /** Keys in order, as etcd lists them. */
  readonly #keys: string[] = [];
  readonly #log: StoreEvent[] = [];
  readonly #watchers = new Set<Watcher>();
  #telling = false;

  constructor(revision = 0) {
    this.#revision = revision;
  }

  /** The revision of the newest write. */
  get revision(): number {
    return this.#revision;
  }

  /** Events up to here are forgotten. */
  get compactedRevision(): number {
    return (this.#log[0]?.revision ?? this.#revision + 1) - 1;
  }

  get(key: string): Stored<KubeObject> | undefined {
    return this.#objects.get(key);
  }

  /** @throws ApiError Expired when `atRevision` is forgotten */
  list(prefix: string, options: ListOptions = {}): { items: readonly Stored<KubeObject>[]; keys: readonly string[]; revision: number; more: number } {
    const revision = options.atRevision ?? this.#revision;
    const past = revision < this.#revision ? this.#stateAt(prefix, revision) : undefined;
    const keys = past ? [...past.keys()].toSorted() : this.#keysUnder(prefix);
    const begin = options.after === undefined ? 0 : firstAfter(keys, options.after);
    const end = options.limit ? Math.min(keys.length, begin + options.limit) : keys.length;
    const page = keys.slice(begin, end);
    return { items: page.map((key) => (past ?? this.#objects).get(key)!), keys: page, revision, more: keys.length - end };
  }

  /** @throws ApiError AlreadyExists, worded by the caller who knows the kind */
  create(key: string, object: KubeObject): Stored<KubeObject> {
    if (this.#objects.has(key)) throw new ApiError(409, 'AlreadyExists', `key ${key} already exists`);
    return this.#write('ADDED', key, object);
  }

  /** @throws ApiError NotFound; Conflict when `ifRevision` is no longer the newest of this key */
  update(key: string, object: KubeObject, ifRevision?: number): Stored<KubeObject> {
    this.#expect(key, ifRevision);
    return this.#write('MODIFIED', key, object);
  }

  /** @throws ApiError NotFound, Conflict */
  delete(key: string, ifRevision?: number): Stored<KubeObject> {
    return this.#write('DELETED', key, this.#expect(key, ifRevision) as KubeObject);
  }

  /**
   * Past events after `fromRevision` first, then every later one, in order, each in the call that wrote it. A listener
   * that writes is told of its own write after it returned.
   * @throws ApiError Expired when `fromRevision` is forgotten
   */
  watch(prefix: string, fromRevision: number, listener: (event: StoreEvent) => void): Disposer {
    if (fromRevision < this.compactedRevision) throw expired(`too old resource version: ${fromRevision} (${this.compactedRevision + 1})`);
    const watcher: Watcher = { prefix, seen: fromRevision, tell: listener };
    this.#watchers.add(watcher);
    this.#tell();
    return () => void this.#watchers.delete(watcher);
  }

  /** Everything that is stored, as JSON; what happened before is not part of it. */
  snapshot(): Json {
    const snapshot: Snapshot = { revision: this.#revision, objects: Object.fromEntries(this.#objects) };
    return snapshot as unknown as Json;
  }

  /** A store that goes on where the snapshot was taken; older watches must list again. */
  static restore(json: Json): Store {
    const { revision, objects } = json as unknown as Snapshot;
    const store = new Store(revision);
    for (const [key, object] of Object.entries(objects)) {
      store.#objects.set(key, freeze(object) as Stored<KubeObject>);
      store.#keys.push(key);
    }
    store.#keys.sort();
    return store;
  }

  #expect(key: string, ifRevision: number | undefined): Stored<KubeObject> {
    const current = this.#objects.get(key);
    if (!current) throw new ApiError(404, 'NotFound', `key ${key} not found`);
    if (ifRevision !== undefined && current.metadata.resourceVersion !== String(ifRevision)) throw new ApiError(409, 'Conflict', `key ${key} has changed`);
    return current;
  }

  #write(type: StoreEvent['type'], key: string, object: KubeObject): Stored<KubeObject> {
    const revision = ++this.#revision;
    const stored = freeze({ ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } }) as Stored<KubeObject>;
    const previous = this.#objects.get(key);
    if (type === 'DELETED') {
      this.#objects.delete(key);
      this.#keys.splice(firstAfter(this.#keys, key) - 1, 1);
    } else {
      if (!previous) this.#keys.splice(firstAfter(this.#keys, key), 0, key);
      this.#objects.set(key, stored);
    }
    this.#log.push({ type, key, object: stored, ...(previous && { previous }), revision });
    // Forgetting in large steps keeps a write cheap.
    if (this.#log.length > 2 * REMEMBERED_EVENTS) this.#log.splice(0, this.#log.length - REMEMBERED_EVENTS);
    this.#tell();
    return stored;
  }

  /** Deliver what each watcher has not seen. Writes made by listeners are delivered by the outermost call, so order holds. */
  #tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    try {
      for (let again = true; again; ) {
        again = false;
        for (const watcher of this.#watchers) {
          while (watcher.seen < this.#revision && this.#watchers.has(watcher)) {
            again = true;
            const event = this.#log[watcher.seen + 1 - (this.compactedRevision + 1)];
            assert(event, 'a watcher fell behind the log');
            watcher.seen = event.revision;
            if (event.key.startsWith(watcher.prefix)) watcher.tell(event);
          }
        }
      }
    } finally {
      this.#telling = false;
    }
  }

  #keysUnder(prefix: string): string[] {
    let begin = firstAfter(this.#keys, prefix);
    if (this.#keys[begin - 1] === prefix) begin--;
    let end = begin;
    while (this.#keys[end]?.startsWith(prefix)) end++;
    return this.#keys.slice(begin, end);
  }

  /** Undo the log backwards. */
  #stateAt(prefix: string, revision: number): Map<string, Stored<KubeObject>> {
    if (revision < this.compactedRevision) throw expired('The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.');
    const state = new Map(this.#keysUnder(prefix).map((key) => [key, this.#objects.get(key)!]));
    for (let i = this.#log.length - 1; i >= 0 && this.#log[i]!.revision > revision; i--) {
      const event = this.#log[i]!;
      if (!event.key.startsWith(prefix)) continue;
      if (event.previous) state.set(event.key, event.previous);
      else state.delete(event.key);
    }
    return state;
  }
}

/** Index of the first key greater than `key`. */
function firstAfter(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle]! <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}
