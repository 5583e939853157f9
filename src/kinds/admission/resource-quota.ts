/**
 * Refuses what a namespace may not have any more. Runs last, when everything else has given the object its final form.
 * See apiserver/pkg/admission/plugin/resourcequota and pkg/quota/v1/evaluator/core.
 * Differs from Kubernetes: scopes (`scopes`, `scopeSelector`) are stored and not looked at.
 */
import { addQuantities, compareQuantities, parseQuantity, printQuantity, type Quantity } from '../../api/quantity.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import { forbidden } from '../../api/status.ts';
import type { Loose } from '../define.ts';
import type { Kind } from '../kind.ts';
import type { Registry } from '../registry.ts';
import type { Admission } from './index.ts';

/** Kinds that a quota counts under their plain name. */
const COUNTED: ReadonlySet<string> = new Set(['configmaps', 'persistentvolumeclaims', 'pods', 'replicationcontrollers', 'resourcequotas', 'secrets', 'services']);
const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'] as const;

export const resourceQuota: Admission = {
  name: 'ResourceQuota',
  judgeCreate({ registry, kind, object }) {
    const { namespace } = object.metadata;
    if (!kind.namespaced || namespace === undefined || !kind.stored || kind.plural === 'events') return;
    const quotas = registry.list('resourcequotas', { namespace }).items as unknown as readonly Loose[];
    if (quotas.length === 0) return;
    const cost = costOf(kind, object as Loose);
    for (const quota of quotas.toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name))) {
      const hard = (quota['spec']?.hard ?? {}) as Record<string, string>;
      const limited = Object.keys(hard).filter((name) => cost[name] !== undefined).toSorted();
      if (kind.plural === 'pods' && kind.group === '') refuseUnsaid(kind, object as Loose, quota, Object.keys(hard));
      const exceeded = limited.filter((name) => compareQuantities(sum([usedOf(registry, namespace, name), cost[name]!]), hard[name]!) > 0);
      if (exceeded.length === 0) continue;
      const list = (amount: (name: string) => string) => exceeded.map((name) => `${name}=${amount(name)}`).join(',');
      throw forbidden(kind, object.metadata.name, `exceeded quota: ${quota.metadata.name}, requested: ${list((name) => cost[name]!)}, used: ${list((name) => usedOf(registry, namespace, name))}, limited: ${list((name) => hard[name]!)}`);
    }
  },
};

/** A quota on CPU or memory wants every container to say how much it asks for. */
function refuseUnsaid(kind: Kind, pod: Loose, quota: Loose, names: readonly string[]): void {
  const containers = [...(pod['spec'].containers ?? []), ...(pod['spec'].initContainers ?? [])] as { name: string; resources?: Record<string, Record<string, string> | undefined> }[];
  const missing = new Map<string, string[]>();
  for (const name of names.toSorted()) {
    const [section, resource] = sectionOf(name);
    if (!resource) continue;
    const unsaid = containers.filter(({ resources }) => resources?.[section]?.[resource] === undefined).map((container) => container.name);
    if (unsaid.length > 0) missing.set(name, unsaid.toSorted());
  }
  if (missing.size === 0) return;
  throw forbidden(kind, pod.metadata.name, `failed quota: ${quota.metadata.name}: must specify ${[...missing].map(([name, unsaid]) => `${name} for: ${unsaid.join(',')}`).join('; ')}`);
}

function sectionOf(name: string): readonly ['limits' | 'requests', string | undefined] {
  const section = name.startsWith('limits.') ? 'limits' : 'requests';
  const resource = name.replace(/^(?:limits|requests)\./, '');
  return [section, COMPUTE.find((one) => one === resource)];
}

function costOf(kind: Kind, object: Loose): Record<string, string> {
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

/** Counted anew, so that two requests in one instant do not both find the last place free. */
function usedOf(registry: Registry, namespace: string, name: string): string {
  const counted = /^count\/([a-z]+)(?:\.(.+))?$/.exec(name);
  const kind = counted ? registry.kindOf(counted[2] ?? '', counted[1] ?? '') : registry.kindOf('', COUNTED.has(name) ? name : name.startsWith('services.') ? 'services' : name === 'requests.storage' ? 'persistentvolumeclaims' : 'pods');
  if (!kind) return '0';
  const objects = (registry.list(kind, { namespace }).items as readonly Stored<KubeObject>[] as unknown as Loose[]).filter((one) => kind.plural !== 'pods' || !['Succeeded', 'Failed'].includes(one['status']?.phase ?? ''));
  return sum(objects.map((one) => costOf(kind, one)[name] ?? '0'));
}

function sum(amounts: readonly string[]): string {
  let total: Quantity | undefined;
  for (const amount of amounts) {
    const quantity = parseQuantity(amount);
    if (quantity && amount !== '0') total = addQuantities(total, quantity);
  }
  return total ? printQuantity(total) : '0';
}
