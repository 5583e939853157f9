/** Ages as kubectl tells them: `7s`, `2m30s`, `3h`, `5d`. See k8s.io/apimachinery/pkg/util/duration (HumanDuration). */

/** Since `time` until now. */
export function humanAge(time: string | null | undefined): string {
  const at = Date.parse(time ?? '');
  return Number.isNaN(at) ? '<unknown>' : humanDuration(Date.now() - at);
}

export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(seconds / 60);
  const and = (rest: number, unit: string) => (rest === 0 ? '' : `${rest}${unit}`);
  if (minutes < 10) return `${minutes}m${and(seconds % 60, 's')}`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return `${hours}h${and(minutes % 60, 'm')}`;
  if (hours < 48) return `${hours}h`;
  if (hours < 192) return `${Math.trunc(hours / 24)}d${and(hours % 24, 'h')}`;
  const days = Math.trunc(hours / 24);
  if (days < 730) return `${days}d`;
  const years = Math.trunc(days / 365);
  return years < 8 ? `${years}y${and(days % 365, 'd')}` : `${years}y`;
}
