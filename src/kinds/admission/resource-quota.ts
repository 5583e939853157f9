/**
 * Refuses what a namespace may not have any more. Runs last, when everything else has given the object its final form.
 * See apiserver/pkg/admission/plugin/resourcequota.
 */
import { compareQuantities } from '../../api/quantity.ts';
import { forbidden } from '../../api/status.ts';
import type { Loose } from '../define.ts';
import type { Kind } from '../kind.ts';
import { isInScope } from '../quota/scopes.ts';
import { COMPUTE, costOf, sum, usedOf } from '../quota/usage.ts';
import type { Admission } from './index.ts';

export const resourceQuota: Admission = {
  name: 'ResourceQuota',
  judgeCreate({ registry, kind, object }) {
    const { namespace } = object.metadata;
    if (!kind.namespaced || namespace === undefined || !kind.stored || kind.plural === 'events') return;
    const isPod = kind.group === '' && kind.plural === 'pods';
    const quotas = (registry.list('resourcequotas', { namespace }).items as unknown as readonly Loose[]).filter((quota) => isInScope(quota['spec'] ?? {}, isPod, object as Loose));
    if (quotas.length === 0) return;
    const cost = costOf(kind, object as Loose);
    for (const quota of quotas.toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name))) {
      const hard = (quota['spec']?.hard ?? {}) as Record<string, string>;
      const limited = Object.keys(hard).filter((name) => cost[name] !== undefined).toSorted();
      if (isPod) refuseUnsaid(kind, object as Loose, quota, Object.keys(hard));
      const used = (name: string) => usedOf(registry, quota, name) ?? '0';
      const exceeded = limited.filter((name) => compareQuantities(sum([used(name), cost[name]!]), hard[name]!) > 0);
      if (exceeded.length === 0) continue;
      const list = (amount: (name: string) => string) => exceeded.map((name) => `${name}=${amount(name)}`).join(',');
      throw forbidden(kind, object.metadata.name, `exceeded quota: ${quota.metadata.name}, requested: ${list((name) => cost[name]!)}, used: ${list(used)}, limited: ${list((name) => hard[name]!)}`);
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
