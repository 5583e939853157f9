/**
 * Log lines as Kubernetes' components print them: `I1121 07:33:36.123456       1 server.go:219] "Message" key="value"`.
 * See k8s.io/klog/v2.
 */
import type { Process } from '../machine/program.ts';

export type Klog = (level: 'I' | 'W' | 'E' | 'F', source: string, message: string) => void;

/** @param message the part behind the bracket, quotes and key-value pairs included */
export function klog(process: Process): Klog {
  return (level, source, message) => {
    const now = new Date(process.machine.clock.unixMs());
    const two = (value: number) => String(value).padStart(2, '0');
    const time = `${two(now.getUTCMonth() + 1)}${two(now.getUTCDate())} ${two(now.getUTCHours())}:${two(now.getUTCMinutes())}:${two(now.getUTCSeconds())}.${String(now.getUTCMilliseconds()).padStart(3, '0')}000`;
    // A component does not wait for its log to be read.
    void process.stderr.write(`${level}${time} ${String(process.pid).padStart(7)} ${source}] ${message}\n`).catch(() => undefined);
  };
}
