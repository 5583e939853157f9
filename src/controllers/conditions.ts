/**
 * Conditions change their transition time only when their status changes; a controller that does not keep to that
 * never comes to rest. See pkg/controller/deployment/util SetDeploymentCondition and podutil.UpdatePodCondition.
 */
import type { Condition } from './shapes.ts';

type Read = { readonly [K in keyof Condition]: Condition[K] };

export function condition(conditions: readonly Read[] | undefined, type: string): Read | undefined {
  return conditions?.find((one) => one.type === type);
}

export function isTrue(conditions: readonly Read[] | undefined, type: string): boolean {
  return condition(conditions, type)?.status === 'True';
}

/** The list with `next` in the place of its type (or at the end); transition time kept when the status is the same. */
export function withCondition(conditions: readonly Read[] | undefined, next: Condition): Condition[] {
  const current = condition(conditions, next.type);
  const kept = current && current.status === next.status && current.lastTransitionTime !== undefined ? { ...next, lastTransitionTime: current.lastTransitionTime } : next;
  if (!current) return [...(conditions ?? []), kept];
  return (conditions ?? []).map((one) => (one.type === next.type ? kept : one));
}

/** Deployments move a changed condition to the end of the list, and leave one alone whose status and reason stay. */
export function withDeploymentCondition(conditions: readonly Read[] | undefined, next: Condition): Condition[] {
  const current = condition(conditions, next.type);
  if (current && current.status === next.status && current.reason === next.reason) return [...(conditions ?? [])];
  const lastTransitionTime = current?.status === next.status ? current.lastTransitionTime : next.lastTransitionTime;
  return [...without(conditions, next.type), { ...next, ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }) }];
}

export function without(conditions: readonly Read[] | undefined, type: string): Condition[] {
  return (conditions ?? []).filter((one) => one.type !== type);
}
