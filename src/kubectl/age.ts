/** Ages as kubectl tells them: `7s`, `2m30s`, `3h`, `5d`. See kubectl's translateTimestampSince. */
import { humanDuration } from '../base/duration.ts';

/** Since `time` until now. */
export function humanAge(time: string | null | undefined): string {
  const at = Date.parse(time ?? '');
  return Number.isNaN(at) ? '<unknown>' : humanDuration(Date.now() - at);
}
