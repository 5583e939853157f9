/**
 * The folder of one simulated cluster: what it is, its identity, its objects, and which process serves it now.
 * Every file is written whole (beside, then renamed) and is for its owner only. Knows no simulation.
 */
import { existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../base/user-error.ts';
import type { ClusterSpec } from './cluster.ts';

/** The process that serves a cluster. Present only while it runs, unless it was killed. */
export interface ServingState {
  readonly pid: number;
  /** When that process began, as the kernel counts it: a process number alone may have been given to another. */
  readonly startedAt: string | undefined;
  readonly port: number;
  readonly nodes: readonly string[];
  readonly kubernetesVersion: string;
}

/** A process that has made its lock writes its name into it at once. */
const LOCK_WRITTEN_MS = 2000;

const LONGEST_LOG_BYTES = 1024 * 1024;

export class SimulatorFiles {
  constructor(readonly folder: string) {}

  readonly kubeconfig = () => join(this.folder, 'kubeconfig');
  readonly log = () => join(this.folder, 'simulator.log');

  exists(): boolean {
    return existsSync(join(this.folder, 'cluster.json'));
  }

  /** @throws UserError when the folder cannot be written */
  create(): void {
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw cannotWrite(this.folder, error);
    }
  }

  readSpec = () => this.#read<ClusterSpec>('cluster.json');
  writeSpec = (spec: ClusterSpec) => this.write('cluster.json', JSON.stringify(spec));
  readState = () => this.#read<ServingState>('state.json');
  writeState = (state: ServingState) => this.write('state.json', JSON.stringify(state));
  clearState = () => rmSync(join(this.folder, 'state.json'), { force: true });
  /** @param file `identity.json`, `store.json`, `port.json` … */
  read = <T>(file: string) => this.#read<T>(file);

  has = (file: string) => existsSync(join(this.folder, file));

  /** Renames a damaged file. @returns its new path */
  setAside(file: string): string {
    const copy = join(this.folder, `${file}.damaged`);
    renameSync(join(this.folder, file), copy);
    return copy;
  }

  /** @throws UserError */
  write(file: string, text: string): void {
    const path = join(this.folder, file);
    try {
      writeFileSync(`${path}.new`, text, { mode: 0o600 });
      renameSync(`${path}.new`, path);
    } catch (error) {
      rmSync(`${path}.new`, { force: true });
      throw cannotWrite(path, error);
    }
  }

  /** The same without holding up the simulator. @throws the system's own error */
  async writeLater(file: string, text: string): Promise<void> {
    const path = join(this.folder, file);
    try {
      const handle = await open(`${path}.new`, 'w', 0o600);
      try {
        await handle.writeFile(text);
      } finally {
        await handle.close();
      }
      await rename(`${path}.new`, path);
    } catch (error) {
      await rm(`${path}.new`, { force: true });
      throw error;
    }
  }

  /** For appending, the log of former runs kept as long as it is short. @throws UserError */
  openLog(): number {
    try {
      const isLong = (statSync(this.log(), { throwIfNoEntry: false })?.size ?? 0) > LONGEST_LOG_BYTES;
      if (isLong) renameSync(this.log(), `${this.log()}.old`);
      return openSync(this.log(), 'a', 0o600);
    } catch (error) {
      throw cannotWrite(this.log(), error);
    }
  }

  /**
   * Says that this process serves the folder.
   * @param replace a lock is there, and whoever left it is dead
   */
  takeLock(holder: { readonly pid: number; readonly startedAt: string | undefined }, replace: boolean): void {
    const lock = join(this.folder, 'lock.json');
    if (replace || this.#isLeftBehind(lock)) rmSync(lock, { force: true });
    try {
      // Fails when another process was quicker.
      writeFileSync(lock, JSON.stringify(holder), { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new UserError('Another process is starting this cluster.', 'Wait a moment and try again.');
      // On a full disk it is there, and empty: nobody would ever get past it.
      rmSync(lock, { force: true });
      throw cannotWrite(lock, error);
    }
  }

  /** Names nobody, and whoever was about to write a name into it has had the time. */
  #isLeftBehind(lock: string): boolean {
    const { mtimeMs } = statSync(lock, { throwIfNoEntry: false }) ?? {};
    return mtimeMs !== undefined && this.read('lock.json') === undefined && Date.now() - mtimeMs > LOCK_WRITTEN_MS;
  }

  releaseLock = () => rmSync(join(this.folder, 'lock.json'), { force: true });

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Undefined when absent or damaged: what can be made again is made again. */
  #read<T>(file: string): T | undefined {
    try {
      return JSON.parse(readFileSync(join(this.folder, file), 'utf8')) as T;
    } catch {
      return undefined;
    }
  }
}

function cannotWrite(path: string, error: unknown): UserError {
  const { code, message } = error as NodeJS.ErrnoException;
  const why = code === 'ENOSPC' ? 'the disk is full' : code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? 'permission denied' : message;
  const action = code === 'ENOSPC' ? 'Free some space, or set CKA_HOME to a folder on another disk.' : 'Set CKA_HOME to a folder that you can write to.';
  return new UserError(`${path} cannot be written: ${why}.`, action);
}
