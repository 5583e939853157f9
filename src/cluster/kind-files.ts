/**
 * The folder of one kind cluster: what was asked for, which containers are ours, which steps are done, the logs of each
 * step, and a kubeconfig of our own. It is the proof of ownership: what is not in it is not ours. Knows no programs.
 */
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterSpec } from './cluster.ts';
import type { EngineName } from './engine.ts';
import { type AppPaths, folderOf } from './paths.ts';

export interface KindRecord {
  readonly spec: ClusterSpec;
  readonly engine: EngineName;
  /** How the network plugin is installed. */
  readonly installer: 'manifest' | 'operator';
  /** Unix time in milliseconds, before anything was made: at that moment no container of this name existed. */
  readonly begunAt: number;
  readonly kindVersion?: string;
  readonly kubernetesVersion?: string;
  /** Containers may exist from now on. */
  readonly hasBegunNodes?: boolean;
  /** Absent until `kind create` has ended. */
  readonly nodes?: readonly { readonly name: string; readonly id: string }[];
  /** Kernel modules that the nodes could load. */
  readonly modules?: readonly string[];
  readonly proxyMode?: ClusterSpec['proxyMode'];
  readonly isReady: boolean;
}

export class KindFiles {
  constructor(readonly folder: string) {}

  readonly kubeconfig = (): string => join(this.folder, 'kubeconfig');
  readonly config = (): string => join(this.folder, 'kind.yaml');

  exists = (): boolean => existsSync(join(this.folder, 'record.json'));

  readRecord = (): KindRecord | undefined => this.read<KindRecord>('record.json');

  writeRecord(record: KindRecord): KindRecord {
    this.write('record.json', JSON.stringify(record, undefined, 1));
    return record;
  }

  read<T>(file: string): T | undefined {
    try {
      return JSON.parse(readFileSync(join(this.folder, file), 'utf8')) as T;
    } catch {
      return undefined;
    }
  }

  write(file: string, text: string): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const path = join(this.folder, file);
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }

  /** The log of one step: anew for each run, kept after it. */
  logOf(step: string): { readonly path: string; readonly add: (line: string) => void } {
    const folder = join(this.folder, 'logs');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `${step}.log`);
    writeFileSync(path, '', { mode: 0o600 });
    return { path, add: (line) => appendFileSync(path, `${line}\n`) };
  }

  /** Everything but the logs of a build that failed. */
  forget(options: { readonly keepLogs: boolean }): void {
    if (!options.keepLogs) return rmSync(this.folder, { recursive: true, force: true });
    for (const name of existsSync(this.folder) ? readdirSync(this.folder) : []) if (name !== 'logs' && name !== 'lock.json') rmSync(join(this.folder, name), { recursive: true, force: true });
  }
}

export const kindFolder = (paths: Pick<AppPaths, 'data'>): string => folderOf(paths, 'kind');

/** Names of the clusters that have a record. */
export function kindNames(paths: Pick<AppPaths, 'data'>): readonly string[] {
  const folder = kindFolder(paths);
  return existsSync(folder) ? readdirSync(folder).filter((name) => new KindFiles(join(folder, name)).exists()).toSorted() : [];
}
