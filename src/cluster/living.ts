/** Who holds a lock or serves a cluster, so that a number that was given away to another process is not taken for it. */
import { readFileSync } from 'node:fs';

export interface Holder {
  readonly pid: number;
  readonly startedAt: string | undefined;
}

/** A process, this one unless told otherwise, for others to ask about. */
export const holderOf = (pid: number = process.pid): Holder => ({ pid, startedAt: startOf(pid) });

/** Is the process that wrote this still the one with that number? */
export function isAlive({ pid, startedAt }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return startedAt === undefined || startedAt === startOf(pid);
}

/** The kernel's start time of a process; undefined where /proc does not tell. A zombie has none: it serves nobody. */
function startOf(pid: number): string | undefined {
  try {
    // The command name stands in parentheses and may hold blanks; the fields that follow it do not.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
