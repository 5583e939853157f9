/**
 * May this user do this? RBAC over the stored roles and bindings.
 * Knows no HTTP. See plugin/pkg/auth/authorizer/rbac and pkg/registry/rbac/validation/rule.go.
 */
import { ApiError } from '../api/status.ts';
import type { Registry, UserInfo } from '../kinds/registry.ts';
import type { RequestInfo } from './request-info.ts';

/** What is asked for: a verb on a resource, or a verb (`get`) on a path that is none. */
export type Attributes =
  | ({ readonly type: 'resource' } & Pick<RequestInfo, 'group' | 'resource' | 'namespace' | 'name' | 'subresource'> & { readonly verb: string })
  | { readonly type: 'path'; readonly verb: string; readonly path: string };

export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

interface Role {
  readonly rules?: readonly PolicyRule[] | null;
}

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

interface Binding {
  readonly metadata: { readonly name: string };
  readonly subjects?: readonly Subject[] | null;
  readonly roleRef: { readonly kind: string; readonly name: string };
}

/** Whoever is in this group may do all, whatever roles and bindings say: the way back for who has deleted them. */
const PRIVILEGED = 'system:masters';
const EVERYTHING: readonly PolicyRule[] = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, { verbs: ['*'], nonResourceURLs: ['*'] }];

/** A rule that holds for a user, and by which binding. */
export interface Grant {
  readonly rule: PolicyRule;
  /** `ClusterRoleBinding "x" of ClusterRole "y" to User "z"` */
  readonly by: string;
}

/** The grant that allows it; undefined when nothing does. */
export function allowedBy(registry: Registry, user: UserInfo, attributes: Attributes): Grant | undefined {
  const namespace = attributes.type === 'resource' ? attributes.namespace : undefined;
  for (const grant of grantsOf(registry, user, namespace)) if (covers(grant.rule, attributes)) return grant;
  return undefined;
}

/** Everything that a user may do, in a namespace or (without one) in the whole cluster. */
export function* grantsOf(registry: Registry, user: UserInfo, namespace: string | undefined): Generator<Grant> {
  if (user.groups.includes(PRIVILEGED)) for (const rule of EVERYTHING) yield { rule, by: `ClusterRoleBinding "cluster-admin" of ClusterRole "cluster-admin" to Group "${PRIVILEGED}"` };
  yield* fromBindings(registry, 'clusterrolebindings', user, undefined);
  if (namespace !== undefined) yield* fromBindings(registry, 'rolebindings', user, namespace);
}

function* fromBindings(registry: Registry, resource: 'rolebindings' | 'clusterrolebindings', user: UserInfo, namespace: string | undefined): Generator<Grant> {
  for (const binding of bindings(registry, resource, namespace)) {
    const subject = (binding.subjects ?? []).find((each) => isSubject(each, user, namespace));
    // What they may do has been said.
    if (!subject || (subject.kind === 'Group' && subject.name === PRIVILEGED)) continue;
    const { name } = binding.metadata;
    const { kind: roleKind, name: roleName } = binding.roleRef;
    const what = namespace === undefined ? `ClusterRoleBinding ${JSON.stringify(name)}` : `RoleBinding ${JSON.stringify(`${name}/${namespace}`)}`;
    const whom = subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace ?? namespace}` : subject.name;
    const by = `${what} of ${roleKind} ${JSON.stringify(roleName)} to ${subject.kind} ${JSON.stringify(whom)}`;
    for (const rule of roleRules(registry, binding, namespace)) yield { rule, by };
  }
}

/** The refusal of a server whose authorizer said no. */
export function forbid(user: UserInfo, attributes: Attributes): ApiError {
  if (attributes.type === 'path') {
    return new ApiError(403, 'Forbidden', `forbidden: User ${JSON.stringify(user.username)} cannot ${attributes.verb} path ${JSON.stringify(attributes.path)}`, {});
  }
  const { group, resource, subresource, name, namespace, verb } = attributes;
  const qualified = group ? `${resource}.${group}` : resource;
  const what = subresource ? `${resource}/${subresource}` : resource;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  const message = `${qualified}${name ? ` ${JSON.stringify(name)}` : ''} is forbidden: User ${JSON.stringify(user.username)} cannot ${verb} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}`;
  return new ApiError(403, 'Forbidden', message, { ...(name && { name }), ...(group && { group }), kind: resource });
}

function bindings(registry: Registry, resource: 'rolebindings' | 'clusterrolebindings', namespace?: string): readonly Binding[] {
  const kind = registry.kindOf('rbac.authorization.k8s.io', resource);
  return kind ? (registry.list(kind, { namespace }).items as unknown as readonly Binding[]) : [];
}

function roleRules(registry: Registry, binding: Binding, namespace: string | undefined): readonly PolicyRule[] {
  const resource = binding.roleRef.kind === 'Role' ? 'roles' : 'clusterroles';
  const kind = registry.kindOf('rbac.authorization.k8s.io', resource);
  const role = kind && (registry.find(kind, binding.roleRef.name, resource === 'roles' ? namespace : undefined) as unknown as Role | undefined);
  return role?.rules ?? [];
}

/** In a RoleBinding, a service account without a namespace is one of the binding's own. */
function isSubject(subject: Subject, user: UserInfo, namespace: string | undefined): boolean {
  if (subject.kind === 'User') return subject.name === user.username;
  if (subject.kind === 'Group') return user.groups.includes(subject.name);
  return user.username === `system:serviceaccount:${subject.namespace ?? namespace ?? ''}:${subject.name}`;
}

function covers(rule: PolicyRule, attributes: Attributes): boolean {
  if (!has(rule.verbs, attributes.verb)) return false;
  if (attributes.type === 'path') return (rule.nonResourceURLs ?? []).some((url) => url === '*' || url === attributes.path || (url.endsWith('*') && attributes.path.startsWith(url.slice(0, -1))));
  const { group, resource, subresource, name } = attributes;
  const what = subresource ? `${resource}/${subresource}` : resource;
  const isNamed = (rule.resourceNames ?? []).length === 0 || (name !== undefined && rule.resourceNames!.includes(name));
  return has(rule.apiGroups, group) && isNamed && (has(rule.resources, what) || (subresource !== undefined && (rule.resources ?? []).includes(`*/${subresource}`)));
}

const has = (list: readonly string[] | undefined, item: string): boolean => (list ?? []).includes('*') || (list ?? []).includes(item);
