/**
 * `kubectl auth can-i`: the questions of authorization.k8s.io, answered by the authorizer that guards the requests.
 * See kubernetes/pkg/registry/authorization.
 */
import type { KubeObject, Stored } from '../api/object.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Registry, UserInfo } from '../kinds/registry.ts';
import { allowedBy, grantsOf } from './authorize.ts';
import type { Attributes } from './authorize.ts';

interface ReviewSpec {
  readonly resourceAttributes?: { readonly namespace?: string; readonly verb?: string; readonly group?: string; readonly resource?: string; readonly subresource?: string; readonly name?: string };
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string };
  /** Of whom, when it is not the asker. */
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
  /** Of a rules review. */
  readonly namespace?: string;
}

export const isAccessReview = (kind: Kind): boolean => kind.group === 'authorization.k8s.io';

/** @param asker whose rights a Self… review is about */
export function reviewAccess(registry: Registry, review: Stored<KubeObject>, asker: UserInfo): Stored<KubeObject> {
  const { spec } = review as unknown as { readonly spec: ReviewSpec };
  const status = review.kind === 'SelfSubjectRulesReview' ? rulesStatus(registry, asker, spec.namespace ?? '') : accessStatus(registry, review.kind.startsWith('Self') ? asker : subjectOf(spec), spec);
  return { ...review, status } as Stored<KubeObject>;
}

const subjectOf = ({ user = '', groups = [], uid }: ReviewSpec): UserInfo => ({ username: user, groups, ...(uid && { uid }) });

function accessStatus(registry: Registry, user: UserInfo, spec: ReviewSpec): object {
  const grant = allowedBy(registry, user, attributesOf(spec));
  return grant ? { allowed: true, reason: `RBAC: allowed by ${grant.by}` } : { allowed: false };
}

function attributesOf({ resourceAttributes, nonResourceAttributes }: ReviewSpec): Attributes {
  if (!resourceAttributes) return { type: 'path', verb: nonResourceAttributes?.verb ?? '', path: nonResourceAttributes?.path ?? '' };
  const { verb = '', group = '', resource = '', namespace, name, subresource } = resourceAttributes;
  return { type: 'resource', verb, group, resource, namespace: namespace || undefined, name: name || undefined, subresource: subresource || undefined };
}

function rulesStatus(registry: Registry, user: UserInfo, namespace: string): object {
  const rules = [...grantsOf(registry, user, namespace || undefined)].map((grant) => grant.rule);
  return {
    resourceRules: rules.filter((rule) => rule.resources).map(({ verbs, apiGroups, resources, resourceNames }) => ({ verbs, apiGroups, resources, ...(resourceNames && { resourceNames }) })),
    nonResourceRules: rules.filter((rule) => rule.nonResourceURLs).map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: false,
  };
}
