/** What a process holds of the machine's memory, as the kernel counts it. See proc(5), VmRSS. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** In megabytes of a million bytes. */
export function memoryMb(pid: number): number {
  const file = `/proc/${pid}/status`;
  const kilobytes = existsSync(file) ? /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(file, 'utf8'))?.[1] : execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  return Math.round((Number(kilobytes) * 1024) / 1_000_000);
}
