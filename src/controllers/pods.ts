/**
 * What controllers ask of a pod: does it count, is it ready, for how long. See pkg/api/v1/pod/util.go and
 * pkg/controller/controller_utils.go.
 */
import type { Stored } from '../api/object.ts';
import { condition, isTrue } from './conditions.ts';
import type { Pod } from './shapes.ts';

export function isFinished(pod: Stored<Pod>): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** Counts as a replica: neither finished nor on its way out. */
export function isActive(pod: Stored<Pod>): boolean {
  return !isFinished(pod) && pod.metadata.deletionTimestamp === undefined;
}

/** On its way out but not yet gone. */
export function isTerminating(pod: Stored<Pod>): boolean {
  return !isFinished(pod) && pod.metadata.deletionTimestamp !== undefined;
}

export function isReady(pod: Stored<Pod>): boolean {
  return isTrue(pod.status?.conditions, 'Ready');
}

/** Ready for at least `minReadySeconds`. */
export function isAvailable(pod: Stored<Pod>, minReadySeconds: number, nowUnixMs: number): boolean {
  return msUntilAvailable(pod, minReadySeconds, nowUnixMs) === 0;
}

/** 0 when it is available now, undefined while it is not ready. */
export function msUntilAvailable(pod: Stored<Pod>, minReadySeconds: number, nowUnixMs: number): number | undefined {
  const ready = condition(pod.status?.conditions, 'Ready');
  if (ready?.status !== 'True') return undefined;
  if (minReadySeconds === 0) return 0;
  const since = Date.parse(ready.lastTransitionTime ?? '');
  return Number.isNaN(since) ? undefined : Math.max(0, since + minReadySeconds * 1000 - nowUnixMs);
}

/** When any of them, now ready, becomes available; undefined when none is waiting. */
export function nextAvailableMs(pods: readonly Stored<Pod>[], minReadySeconds: number, nowUnixMs: number): number | undefined {
  const waits = pods.map((pod) => msUntilAvailable(pod, minReadySeconds, nowUnixMs)).filter((ms): ms is number => ms !== undefined && ms > 0);
  return waits.length === 0 ? undefined : Math.min(...waits);
}

export function restarts(pod: Stored<Pod>): number {
  return (pod.status?.containerStatuses ?? []).reduce((sum, status) => sum + (status.restartCount ?? 0), 0);
}
