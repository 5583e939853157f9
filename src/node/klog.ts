/**
 * Log lines as Kubernetes' components print them: `I1121 07:33:36.123456       1 server.go:219] "Message" key="value"`.
 * See k8s.io/klog/v2.
 */
import type { Process } from '../machine/program.ts';

export type KlogLevel = 'I' | 'W' | 'E' | 'F';
export type Klog = (level: KlogLevel, source: string, message: string) => void;

/** @param message the part behind the bracket, quotes and key-value pairs included */
export function klogLine(unixMs: number, pid: number, level: KlogLevel, source: string, message: string): string {
  const now = new Date(unixMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const time = `${two(now.getUTCMonth() + 1)}${two(now.getUTCDate())} ${two(now.getUTCHours())}:${two(now.getUTCMinutes())}:${two(now.getUTCSeconds())}.${String(now.getUTCMilliseconds()).padStart(3, '0')}000`;
  return `${level}${time} ${String(pid).padStart(7)} ${source}] ${message}`;
}

/** A program's log is its standard error. */
export function klog(process: Process): Klog {
  return (level, source, message) => {
    // A component does not wait for its log to be read.
    void process.stderr.write(`${klogLine(process.machine.clock.unixMs(), process.pid, level, source, message)}\n`).catch(() => undefined);
  };
}
