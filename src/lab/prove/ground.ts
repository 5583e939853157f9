/** Where labs are proved: a few clusters side by side, each lent to one proof at a time, clean. Knows no kind of cluster. */
import type { Cluster, ClusterSpec } from '../../cluster/cluster.ts';
import { specFor } from '../exam/beside.ts';
import type { Lab } from '../lab.ts';
import { clear } from '../setup.ts';

/** A cluster of the ground, and a shell beside it that knows it. */
export interface Bench {
  readonly cluster: Cluster;
  /** Run a script as a learner's shell would, with kubectl and ssh to this cluster. */
  run(script: string, lab: Lab, limitMs?: number): Promise<ScriptResult>;
  close(): Promise<void>;
}

/** How a script ended, and everything it printed. */
export interface ScriptResult {
  readonly exitCode: number;
  readonly output: string;
}

/** Makes a cluster. */
export type MakeBench = (spec: ClusterSpec) => Promise<Bench>;

/** Lends benches, at most so many at once. */
export class Ground {
  readonly #make: MakeBench;
  readonly #size: number;
  readonly #free: { readonly key: string; readonly bench: Promise<Bench>; dirty: boolean }[] = [];
  readonly #all = new Set<Promise<Bench>>();
  #made = 0;
  readonly #waiting: (() => void)[] = [];
  #lent = 0;

  constructor(make: MakeBench, size: number) {
    this.#make = make;
    this.#size = size;
  }

  /** Lend a clean cluster to `use`. */
  async with<T>(lab: Lab, use: (bench: Bench) => Promise<T>): Promise<T> {
    while (this.#lent >= this.#size) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#lent++;
    const place = this.#take(specFor(lab));
    let isClean = false;
    try {
      const bench = await place.bench;
      // What a lab did in its namespaces goes with them; what it did to nodes goes with the whole world.
      if (place.dirty) await bench.cluster.reset();
      else await clear(bench.cluster);
      isClean = true;
      place.dirty = lab.touches === 'cluster';
      return await use(bench);
    } finally {
      if (isClean) this.#free.push(place);
      // One that cannot be cleaned is lent to nobody any more.
      else void this.#end(place.bench).catch(() => undefined);
      this.#lent--;
      this.#waiting.shift()?.();
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((bench) => this.#end(bench)));
  }

  /** One of the kind that is wanted; where there are as many as may be lent, one of another kind makes room for it. */
  #take(spec: Omit<ClusterSpec, 'name'>) {
    const key = `${spec.cni} ${spec.proxyMode} ${spec.workers}`;
    const found = this.#free.findIndex((place) => place.key === key);
    if (found >= 0) return this.#free.splice(found, 1)[0]!;
    const room = this.#all.size >= this.#size ? this.#free.shift() : undefined;
    const name = `prove-${this.#made++}`;
    const bench = (room ? this.#end(room.bench) : Promise.resolve()).then(() => this.#make({ ...spec, name }));
    this.#all.add(bench);
    return { key, bench, dirty: false };
  }

  async #end(bench: Promise<Bench>): Promise<void> {
    this.#all.delete(bench);
    await (await bench).close();
  }
}
