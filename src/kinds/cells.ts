/**
 * Words that several tables share: ages, lists, `<none>`. See pkg/printers/internalversion/printers.go.
 */
import { humanDuration } from '../base/duration.ts';
import { parseTimestamp } from '../api/time.ts';

export type Cell = string | number;

/** `5m`, `<unknown>` without a time, `<invalid>` for one in the future. */
export function age(since: string | undefined, nowUnixMs: number): string {
  const at = parseTimestamp(since);
  return at === undefined ? '<unknown>' : humanDuration(nowUnixMs - at);
}

/** `a,b`, or `<none>` for nothing. */
export function joined(items: readonly string[] | undefined): string {
  return items?.length ? items.join(',') : '<none>';
}

/** `key=value,…` in order of keys, or `<none>`. */
export function labelsText(labels: Readonly<Record<string, string>> | undefined): string {
  return joined(Object.keys(labels ?? {}).toSorted().map((key) => `${key}=${labels![key]}`));
}

/** Names and images of containers, for the wide columns of workloads. */
export const containerNames = (template: { spec?: { containers?: { name: string }[] } } | undefined): string => (template?.spec?.containers ?? []).map((container) => container.name).join(',');
export const containerImages = (template: { spec?: { containers?: { image?: string }[] } } | undefined): string => (template?.spec?.containers ?? []).map((container) => container.image ?? '').join(',');
