/** Verbs of kubectl that this one does not have: refused by name, so that nobody waits for what will not happen. */
import type { Verb } from '../command.ts';
import { plainError } from '../io.ts';

function refused(name: string, short: string, instead: string): Verb {
  return {
    name, short, long: `${short}. (Needs the real kubectl.)`, examples: '', usage: `${name} [options]`, flags: [],
    run: () => Promise.reject(plainError(`${name} is not available in the kubectl that comes with cka: ${instead}`)),
  };
}

const real = 'install the real kubectl';

export const proxy = anyFlags(refused('proxy', 'Run a proxy to the Kubernetes API server', `use kubectl get --raw, kubectl port-forward, or ${real}`));

/** Whatever else stands on the line, the answer is the same. */
function anyFlags(verb: Verb): Verb {
  return { ...verb, takesAnyFlag: true };
}
