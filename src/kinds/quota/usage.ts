/**
 * What an object costs by the names that a ResourceQuota may limit, and what a namespace uses. Admission and the
 * controller that fills in the status count alike. See pkg/quota/v1/evaluator/core.
 */
import type { KubeObject, Stored } from '../../api/object.ts';
import { addQuantities, parseQuantity, printQuantity, type Quantity } from '../../api/quantity.ts';
import type { Loose } from '../define.ts';
import type { Kind } from '../kind.ts';
import type { Registry } from '../registry.ts';
import { isInScope } from './scopes.ts';

/** Kinds that a quota counts under their plain name. */
const COUNTED: ReadonlySet<string> = new Set(['configmaps', 'persistentvolumeclaims', 'pods', 'replicationcontrollers', 'resourcequotas', 'secrets', 'services']);
export const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'] as const;

export function costOf(kind: Kind, object: Loose): Record<string, string> {
  const cost: Record<string, string> = { [`count/${kind.plural}${kind.group && `.${kind.group}`}`]: '1' };
  if (kind.group !== '') return cost;
  if (COUNTED.has(kind.plural)) cost[kind.plural] = '1';
  const { spec } = object;
  if (kind.plural === 'services') {
    if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') cost['services.nodeports'] = String((spec.ports ?? []).length);
    if (spec.type === 'LoadBalancer') cost['services.loadbalancers'] = '1';
  }
  if (kind.plural === 'persistentvolumeclaims') cost['requests.storage'] = String(spec.resources?.requests?.storage ?? '0');
  if (kind.plural !== 'pods') return cost;
  for (const resource of COMPUTE) {
    const requested = containersAsk(object, 'requests', resource);
    cost[resource] = requested;
    cost[`requests.${resource}`] = requested;
    cost[`limits.${resource}`] = containersAsk(object, 'limits', resource);
  }
  return cost;
}

const containersAsk = (pod: Loose, section: 'requests' | 'limits', resource: string): string =>
  sum(((pod['spec'].containers ?? []) as { resources?: Record<string, Record<string, string> | undefined> }[]).map(({ resources }) => String(resources?.[section]?.[resource] ?? '0')));

/** Counted anew, so that two requests in one instant do not both find the last place free; undefined for a name that nothing counts. */
export function usedOf(registry: Registry, quota: Loose, name: string): string | undefined {
  const kind = kindCounted(registry, name);
  if (!kind) return undefined;
  const isPod = kind.group === '' && kind.plural === 'pods';
  const objects = registry.list(kind, { namespace: quota.metadata.namespace }).items as readonly Stored<KubeObject>[] as unknown as Loose[];
  return sum(objects.filter((one) => !(isPod && hasEnded(one)) && isInScope(quota['spec'] ?? {}, isPod, one)).map((one) => costOf(kind, one)[name] ?? '0'));
}

const hasEnded = (pod: Loose): boolean => ['Succeeded', 'Failed'].includes(pod['status']?.phase ?? '');

function kindCounted(registry: Registry, name: string): Kind | undefined {
  const counted = /^count\/([a-z]+)(?:\.(.+))?$/.exec(name);
  if (counted) return registry.kindOf(counted[2] ?? '', counted[1] ?? '');
  if (COUNTED.has(name)) return registry.kindOf('', name);
  if (name === 'services.nodeports' || name === 'services.loadbalancers') return registry.kindOf('', 'services');
  if (name === 'requests.storage') return registry.kindOf('', 'persistentvolumeclaims');
  return COMPUTE.some((resource) => resource === name.replace(/^(?:limits|requests)\./, '')) ? registry.kindOf('', 'pods') : undefined;
}

export function sum(amounts: readonly string[]): string {
  let total: Quantity | undefined;
  for (const amount of amounts) {
    const quantity = parseQuantity(amount);
    if (quantity && amount !== '0') total = addQuantities(total, quantity);
  }
  return total ? printQuantity(total) : '0';
}
