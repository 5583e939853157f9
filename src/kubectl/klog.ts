/** Lines as k8s.io/klog heads them: level, day, time, process, place in the source. */

/** @param level `I`, `W` or `E` @param place in kubectl's sources: `helpers.go:731` */
export function klogLine(level: string, place: string, text: string): string {
  const now = new Date();
  const two = (value: number) => String(value).padStart(2, '0');
  return `${level}${two(now.getMonth() + 1)}${two(now.getDate())} ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}.${String(now.getMilliseconds()).padStart(3, '0')}000 ${String(process.pid).padStart(7)} ${place}] ${text}\n`;
}
