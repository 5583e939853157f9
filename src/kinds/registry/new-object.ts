/**
 * What the server itself writes into a new object: name, uid, creation time. See rest.BeforeCreate.
 */
import type { Clock } from '../../base/clock.ts';
import { uuid, NAME_ALPHABET, type Rng } from '../../base/rng.ts';
import type { KubeObject } from '../../api/object.ts';
import { timestamp } from '../../api/time.ts';

/** Room for the five random letters of a generated name. */
const LONGEST_GENERATED_PREFIX = 58;

/** @param taken is there an object of this name? The real server tries eight times, so do we. */
export function onCreate(object: KubeObject, clock: Clock, rng: Rng, taken: (name: string) => boolean): void {
  const meta = object.metadata;
  if (!meta.name && meta.generateName) {
    for (let tries = 0; tries < 8; tries++) {
      meta.name = meta.generateName.slice(0, LONGEST_GENERATED_PREFIX) + rng.text(5, NAME_ALPHABET);
      if (!taken(meta.name)) break;
    }
  }
  meta.uid = uuid(rng);
  meta.creationTimestamp = timestamp(clock.unixMs());
  delete meta.resourceVersion;
  delete meta.deletionTimestamp;
  delete meta.deletionGracePeriodSeconds;
  delete meta.generation;
  delete meta.managedFields;
}
