/**
 * Where a cluster is made when nobody said: on kind once the user agreed and as long as it works here, else on the
 * simulator. Always with a reason, which is kept with the cluster and with every result. Knows no backend from inside.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BackendName, ClusterBackend, ClusterInfo } from './cluster.ts';
import type { AppPaths } from './paths.ts';

export interface Choice {
  readonly backend: BackendName;
  /** In words, for the screen and for the record. */
  readonly because: string;
}

export interface Chooser {
  /** Costs a second: asked only when kind may be the answer. */
  readonly probeKind: ClusterBackend['probe'];
  /** Are its programs there at all? Costs nothing. */
  readonly isKindInstalled: () => boolean;
  /** Asks the user one question; absent where nobody can be asked. */
  readonly ask?: Ask;
}

export type Ask = (question: string) => Promise<string>;

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

/** The one question about what to use from now on. @returns what was agreed */
export async function askAboutKind(paths: Pick<AppPaths, 'data'>, ask: Ask): Promise<boolean> {
  const answer = await ask('kind works here: labs can run on a real cluster (made in minutes) instead of the simulator (in a second).\nUse kind from now on, whenever it works? `cka cluster backend` changes that later. [y/N] ');
  const prefersKind = /^y(es)?$/i.test(answer.trim());
  agreeToKind(paths, prefersKind);
  return prefersKind;
}

/** Asks at most once in a user's life, and only where kind works. */
export async function chooseBackend(paths: Pick<AppPaths, 'data'>, { probeKind, isKindInstalled, ask }: Chooser): Promise<Choice> {
  const agreed = agreedToKind(paths);
  if (agreed === false) return { backend: 'simulator', because: 'you chose it' };
  if (agreed === undefined && (ask === undefined || !isKindInstalled())) return { backend: 'simulator', because: 'it needs nothing and starts at once' };
  const probed = await probeKind();
  if (!probed.available) return { backend: 'simulator', because: `kind does not work here now. ${probed.because.replace(/\.$/, '')}` };
  if (agreed === undefined && !(await askAboutKind(paths, ask!))) return { backend: 'simulator', because: 'you chose it' };
  return { backend: 'kind', because: 'you agreed to it, and it works here' };
}

/** `simulator: it needs nothing and starts at once`, for every screen and every result. */
export const backendLine = ({ backend, because }: Pick<ClusterInfo, 'backend' | 'because'>): string => (because === undefined ? backend : `${backend}: ${because}`);
