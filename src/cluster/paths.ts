/**
 * Where the program keeps things. `CKA_HOME` moves everything into one folder; otherwise each platform's own places.
 * Nothing is created here.
 */
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { UserError } from '../base/user-error.ts';
import type { BackendName } from './cluster.ts';

export interface AppPaths {
  /** Progress and clusters: must outlive a restart. */
  readonly data: string;
  /** May be deleted at any time. */
  readonly cache: string;
  /** Sockets, shims and shell start files of the running session. */
  readonly run: string;
}

const NAME = 'cka-trainer';

/** @param env the environment to look into @throws UserError where no folder can ever be made */
export function appPaths(env: NodeJS.ProcessEnv = process.env): AppPaths {
  const paths = placesOf(env);
  for (const path of Object.values(paths)) {
    // Node.js tries for ever to make a folder there (mkdir with `recursive` goes up and down again at each ENOENT).
    if (/^\/proc(\/|$)/.test(resolve(path))) throw new UserError(`Nothing can be kept in ${path}.`, 'Set CKA_HOME to a folder of yours.');
  }
  return paths;
}

function placesOf(env: NodeJS.ProcessEnv): AppPaths {
  if (env['CKA_HOME']) return { data: join(env['CKA_HOME'], 'data'), cache: join(env['CKA_HOME'], 'cache'), run: join(env['CKA_HOME'], 'run') };
  const home = env['HOME'] || homedir();
  if (process.platform === 'darwin') {
    return { data: join(home, 'Library', 'Application Support', NAME), cache: join(home, 'Library', 'Caches', NAME), run: join(tmpdir(), `${NAME}-${userId()}`) };
  }
  if (process.platform === 'win32') {
    const local = env['LOCALAPPDATA'] || join(home, 'AppData', 'Local');
    return { data: join(local, NAME, 'Data'), cache: join(local, NAME, 'Cache'), run: join(tmpdir(), NAME) };
  }
  return {
    data: join(env['XDG_DATA_HOME'] || join(home, '.local', 'share'), NAME),
    cache: join(env['XDG_CACHE_HOME'] || join(home, '.cache'), NAME),
    run: env['XDG_RUNTIME_DIR'] ? join(env['XDG_RUNTIME_DIR'], NAME) : join(tmpdir(), `${NAME}-${userId()}`),
  };
}

const FOLDERS: Readonly<Record<BackendName, string>> = { simulator: 'clusters', kind: 'kind', existing: 'existing' };

/** The clusters of one backend, a folder each. */
export const folderOf = (paths: Pick<AppPaths, 'data'>, backend: BackendName): string => join(paths.data, FOLDERS[backend]);

/** Everything about one simulated cluster. */
export const clusterFolder = (paths: Pick<AppPaths, 'data'>, name: string): string => join(folderOf(paths, 'simulator'), name);

const userId = (): number => process.getuid?.() ?? 0;
