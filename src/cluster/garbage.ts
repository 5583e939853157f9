/**
 * Gives memory back after something large was dropped: the garbage of a boot, a world that a reset replaced. V8 alone
 * would keep it for minutes, since a simulator that waits allocates nothing. Knows nothing of what was dropped.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Late enough that whoever waits for the cluster has been answered. */
const AFTER_MS = 1500;

let collect: (() => void) | undefined;

/** Once, soon, when nobody waits. */
export function collectSoon(): void {
  setTimeout(() => {
    // The way to the collector without a flag on the command line: the flag is read when a context is made.
    setFlagsFromString('--expose-gc');
    collect ??= runInNewContext('gc') as () => void;
    collect();
  }, AFTER_MS).unref();
}
