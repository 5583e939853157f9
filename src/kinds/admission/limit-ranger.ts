/**
 * LimitRange objects give containers default requests and limits, and refuse what is outside their bounds.
 * See plugin/pkg/admission/limitranger/admission.go.
 */
import { forbidden } from '../../api/status.ts';
import type { Loose } from '../define.ts';
import type { Admission, AdmissionRequest } from './index.ts';
import { claimProblems, podProblems, type Limit, type Usage } from './limit-constraints.ts';

type Amounts = Record<string, string>;

export const limitRanger: Admission = {
  name: 'LimitRanger',
  create({ registry, kind, object }) {
    if (kind.group !== '' || kind.plural !== 'pods') return;
    for (const limits of limitsOf({ registry, object })) {
      for (const limit of limits as readonly { type: string; default?: Amounts; defaultRequest?: Amounts }[]) {
        if (limit.type === 'Container') giveDefaults(object as Loose, limit);
      }
    }
  },
  judgeCreate: judge,
  judgeUpdate(request) {
    // What a pod asks for changes through its resize alone; a claim may grow.
    if (request.kind.plural === 'persistentvolumeclaims' ? request.options.subresource === undefined : request.options.subresource === 'resize') judge(request);
  },
};

/** The first LimitRange that objects refuses; it names everything that is wrong. */
function judge({ registry, kind, object }: Pick<AdmissionRequest, 'registry' | 'kind' | 'object'>): void {
  if (kind.group !== '' || (kind.plural !== 'pods' && kind.plural !== 'persistentvolumeclaims')) return;
  const { spec } = object as Loose;
  for (const limits of limitsOf({ registry, object })) {
    const problems = kind.plural === 'pods' ? podProblems(limits, spec) : claimProblems(limits, (spec.resources ?? {}) as Usage);
    if (problems.length > 0) throw forbidden(kind, object.metadata.name, problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`);
  }
}

function limitsOf({ registry, object }: Pick<AdmissionRequest, 'registry' | 'object'>): readonly (readonly Limit[])[] {
  return registry.list('limitranges', { namespace: object.metadata.namespace }).items.map((range) => ((range as Loose)['spec']?.limits ?? []) as readonly Limit[]);
}

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
