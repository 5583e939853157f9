/**
 * LimitRange objects give containers default requests and limits.
 * Differs from Kubernetes: minimum, maximum and ratio of a LimitRange are not enforced yet; defaults are applied.
 * See plugin/pkg/admission/limitranger/admission.go.
 */
import type { Loose } from '../define.ts';
import type { Admission } from './index.ts';

type Amounts = Record<string, string>;

export const limitRanger: Admission = {
  name: 'LimitRanger',
  create({ registry, kind, object }) {
    if (kind.group !== '' || kind.plural !== 'pods') return;
    const ranges = registry.list('limitranges', { namespace: object.metadata.namespace }).items as unknown as Loose[];
    for (const range of ranges) {
      for (const limit of (range['spec']?.limits ?? []) as { type: string; default?: Amounts; defaultRequest?: Amounts }[]) {
        if (limit.type === 'Container') giveDefaults(object as Loose, limit);
      }
    }
  },
};

function giveDefaults(pod: Loose, limit: { default?: Amounts; defaultRequest?: Amounts }): void {
  const notes: string[] = [];
  for (const [list, label] of [['containers', 'container'], ['initContainers', 'init container']] as const) {
    for (const container of (pod['spec'][list] ?? []) as { name: string; resources?: { requests?: Amounts; limits?: Amounts } }[]) {
      const resources = (container.resources ??= {});
      const requested = fill((resources.requests ??= {}), limit.defaultRequest);
      const limited = fill((resources.limits ??= {}), limit.default);
      if (Object.keys(resources.requests).length === 0) delete resources.requests;
      if (Object.keys(resources.limits).length === 0) delete resources.limits;
      if (requested.length > 0) notes.push(`${requested.join(', ')} request for ${label} ${container.name}`);
      if (limited.length > 0) notes.push(`${limited.join(', ')} limit for ${label} ${container.name}`);
    }
  }
  if (notes.length > 0) (pod.metadata.annotations ??= {})['kubernetes.io/limit-ranger'] = `LimitRanger plugin set: ${notes.join('; ')}`;
}

function fill(amounts: Amounts, defaults: Amounts | undefined): string[] {
  const missing = Object.keys(defaults ?? {}).filter((resource) => amounts[resource] === undefined).toSorted();
  for (const resource of missing) amounts[resource] = defaults![resource]!;
  return missing;
}
