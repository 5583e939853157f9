/** A lock file, so that two processes change one file one after the other. A lock whose owner died is taken over. */
import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../base/user-error.ts';
import { holderOf, isAlive } from '../cluster/living.ts';

const RETRY_MS = 15;
const PATIENCE_MS = 5_000;
const EMPTY_MS = 2_000;

/** Run `work` while holding `file`. @throws UserError when another living process holds it for too long */
export async function withLock<T>(file: string, work: () => Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  const { pid, startedAt = '' } = holderOf();
  const mine = `${pid} ${startedAt} ${randomUUID()}`;
  const end = performance.now() + patienceMs;
  while (!(await take(file, mine))) {
    if (performance.now() >= end) throw new UserError(`${file} is held by another process.`, `If no other cka runs, remove ${file} and try again.`);
    await pause(RETRY_MS);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string, mine: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(mine);
      return true;
    } catch (error) {
      // On a full disk it would stay, and name nobody.
      await rm(file, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const owner = await readFile(file, 'utf8').catch(() => undefined);
  // An empty lock is one that is being written this moment, unless it has been so for long.
  if (owner === '' ? await isOld(file) : owner && !isAlive(readOwner(owner))) await removeStale(file, owner!);
  return false;
}

async function isOld(file: string): Promise<boolean> {
  const { mtimeMs } = (await stat(file).catch(() => undefined)) ?? {};
  return mtimeMs !== undefined && Date.now() - mtimeMs > EMPTY_MS;
}

/** Two processes may see the same dead lock: the slower one must not take away the faster one's new lock. */
async function removeStale(file: string, seen: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
    if ((await readFile(aside, 'utf8')) !== seen) await link(aside, file).catch(() => undefined);
    await rm(aside, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function readOwner(owner: string): { readonly pid: number; readonly startedAt: string | undefined } {
  const [pid, startedAt] = owner.split(' ');
  return { pid: Number(pid), startedAt: startedAt || undefined };
}
