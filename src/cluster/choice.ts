/** Where a cluster is made when nobody said: on kind once the user agreed and it works here, else on the simulator. Always with a reason. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterBackend } from './cluster.ts';
import type { Choice } from './backends.ts';
import type { AppPaths } from './paths.ts';

interface Agreement {
  readonly preferKind: boolean;
}

const fileOf = (paths: Pick<AppPaths, 'data'>): string => join(paths.data, 'backend.json');

/** What the user said; undefined when they were never asked. */
export function agreedToKind(paths: Pick<AppPaths, 'data'>): boolean | undefined {
  try {
    return (JSON.parse(readFileSync(fileOf(paths), 'utf8')) as Agreement).preferKind;
  } catch {
    return undefined;
  }
}

export function agreeToKind(paths: Pick<AppPaths, 'data'>, preferKind: boolean): void {
  mkdirSync(paths.data, { recursive: true, mode: 0o700 });
  writeFileSync(fileOf(paths), JSON.stringify({ preferKind } satisfies Agreement), { mode: 0o600 });
}

/** @param probeKind costs a second: asked only after the user agreed */
export async function chooseBackend(paths: Pick<AppPaths, 'data'>, probeKind: ClusterBackend['probe']): Promise<Choice> {
  const agreed = agreedToKind(paths);
  if (agreed === undefined) return { backend: 'simulator', because: 'it needs nothing and starts at once (--backend kind makes a real cluster)' };
  if (!agreed) return { backend: 'simulator', because: 'you chose it' };
  const probed = await probeKind();
  return probed.available ? { backend: 'kind', because: 'you agreed to it, and it works here' } : { backend: 'simulator', because: `kind does not work here now. ${probed.because}` };
}
