/**
 * Keeps a simulation's objects on disk while it runs: soon after a change, never twice at once, and once more at the end.
 * A disk that refuses is reported and tried again; it does not stop the cluster. Knows no simulation, only its snapshots.
 */
import type { Json } from '../api/object.ts';
import type { Disposer } from '../base/clock.ts';
import type { SimulatorFiles } from './simulator-files.ts';

/** Changes of one moment are written together. */
const DEBOUNCE_MS = 200;
const RETRY_MS = 5_000;

/** Heartbeats say nothing that a restart would not say again; they are the moment to ask about what is no object. */
const HEARTBEATS = 'coordination.k8s.io/leases/';

/** The part of a store that tells of changes. */
export interface ChangeSource {
  readonly revision: number;
  watch(prefix: string, fromRevision: number, listener: (event: { readonly key: string }) => void): Disposer;
}

export class Persistence {
  readonly #files: SimulatorFiles;
  readonly #log: (line: string) => void;
  #snapshot: (() => Json) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isDirty = false;
  #trouble: string | undefined;

  constructor(files: SimulatorFiles, log: (line: string) => void) {
    this.#files = files;
    this.#log = log;
  }

  /** @param wasUsed whether something beside the objects may have changed since it was last asked */
  keep(store: ChangeSource, snapshot: () => Json, wasUsed: () => boolean = () => false): Disposer {
    this.#snapshot = snapshot;
    return store.watch('', store.revision, ({ key }) => {
      if (!key.startsWith(HEARTBEATS) || wasUsed()) this.changed();
    });
  }

  changed(): void {
    this.#isDirty = true;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#writing.then(() => this.#write());
    }, this.#trouble === undefined ? DEBOUNCE_MS : RETRY_MS);
  }

  /** Everything that was changed is on disk when this resolves, if the disk lets us. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#writing;
    if (this.#isDirty) await this.#write();
    clearTimeout(this.#timer);
  }

  /** For the status: why the last write failed. */
  trouble(): { readonly notSaved?: string } {
    return this.#trouble === undefined ? {} : { notSaved: this.#trouble };
  }

  async #write(): Promise<void> {
    if (!this.#snapshot) return;
    this.#isDirty = false;
    try {
      await this.#files.writeLater('store.json', JSON.stringify(this.#snapshot()));
      if (this.#trouble !== undefined) this.#log('the cluster is saved again');
      this.#trouble = undefined;
    } catch (error) {
      const { message } = error as Error;
      if (this.#trouble !== message) this.#log(`the cluster could not be saved: ${message}`);
      this.#trouble = message;
      this.changed();
    }
  }
}
