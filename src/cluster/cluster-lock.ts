/** One run at a time works on a real cluster. A lock whose owner died is taken over. Knows no cluster, only its folder. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../base/user-error.ts';
import { holderOf, isAlive, type Holder } from './living.ts';

/** Run `work` alone. @throws UserError when a living process works on this cluster */
export async function alone<T>(folder: string, name: string, work: () => Promise<T>): Promise<T> {
  const release = takeLock(folder, name);
  try {
    return await work();
  } finally {
    release();
  }
}

/** Does another process work on the cluster this moment? */
export function isHeld(folder: string): boolean {
  const holder = read(join(folder, 'lock.json'));
  return holder !== undefined && isAlive(holder);
}

function takeLock(folder: string, name: string): () => void {
  const file = join(folder, 'lock.json');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const holder = read(file);
  if (holder && isAlive(holder)) throw held(name, holder.pid);
  // Renamed before it is removed: of two that saw the same dead lock only one can.
  if (holder) {
    try {
      renameSync(file, `${file}.${process.pid}`);
    } catch {
      throw held(name, holder.pid);
    }
    rmSync(`${file}.${process.pid}`, { force: true });
  }
  try {
    writeFileSync(file, JSON.stringify(holderOf()), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw held(name, read(file)?.pid ?? 0);
    throw error;
  }
  return () => rmSync(file, { force: true });
}

function held(name: string, pid: number): UserError {
  return new UserError(`Another cka (process ${pid}) is working on cluster ${name}.`, 'Wait until it has ended, or stop it with Ctrl-C where it runs.');
}

function read(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}
