/**
 * Processes that left the group they were started in (`setsid`, daemons) and would outlive what started them. They are
 * known by something that only they have in their environment. Linux tells it in /proc; elsewhere there is nothing to
 * look at, and the group is all that ends. See proc_pid_environ(5).
 */
import { readdir, readFile } from 'node:fs/promises';

/** End every process whose environment has this setting, as `HOME=/tmp/x`. */
export async function endStrays(setting: string): Promise<void> {
  const processes = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  await Promise.all(processes.map(async (id) => {
    // Those of others cannot be read, and some have ended since they were listed.
    const environment = await readFile(`/proc/${id}/environ`, 'utf8').catch(() => '');
    if (!environment.split('\0').includes(setting)) return;
    try {
      process.kill(Number(id), 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }));
}
