/**
 * Starts a simulation from what its former process saved. A store that cannot be used is set aside, never lost and never
 * in the way. Knows nothing of what is inside a snapshot but its revision.
 */
import type { Json } from '../api/object.ts';
import type { SimulatorFiles } from './simulator-files.ts';
import type { RunningSimulation } from './simulator-process.ts';

/** From the saved objects; from the start when they cannot be used, keeping a copy of them and saying so. */
export async function bootSaved(files: SimulatorFiles, bootFrom: (from: { readonly snapshot?: Json }) => Promise<RunningSimulation>, log: (line: string) => void): Promise<RunningSimulation> {
  if (!files.has('store.json')) return bootFrom({});
  const saved = files.read<Json>('store.json');
  try {
    if (saved !== undefined) return await bootFrom({ snapshot: goOn(saved) });
  } catch (error) {
    log(`the saved cluster cannot be used: ${(error as Error).message}`);
  }
  const copy = files.setAside('store.json');
  log(`the saved cluster was damaged and starts anew; a copy of it is ${copy}`);
  return bootFrom({});
}

/** Writes of the last moment may not have reached the disk; their revisions must not be given twice. */
const LOST_WRITES = 1000;

/** The same objects at a later revision: what `etcdutl snapshot restore --bump-revision --mark-compacted` is for. */
function goOn(snapshot: Json): Json {
  const saved = snapshot as { readonly store?: { readonly revision?: number } };
  return saved.store ? ({ ...saved, store: { ...saved.store, revision: (saved.store.revision ?? 0) + LOST_WRITES } } as unknown as Json) : snapshot;
}
