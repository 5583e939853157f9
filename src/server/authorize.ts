/**
 * May this user do this? RBAC over the stored roles and bindings, and the few grants that every cluster begins with.
 * Knows no HTTP. See plugin/pkg/auth/authorizer/rbac and pkg/registry/rbac/validation/rule.go.
 */
import { ApiError } from '../api/status.ts';
import type { Registry, UserInfo } from '../kinds/registry.ts';
import { ADMIN_GROUP } from './identity.ts';
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

interface Binding {
  readonly subjects?: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[] | null;
  readonly roleRef: { readonly kind: string; readonly name: string };
}

/** Nobody asks roles about these groups: `system:masters` never, the other by the binding that kubeadm makes. */
const ADMIN_GROUPS: readonly string[] = ['system:masters', ADMIN_GROUP];

/** What the bootstrap roles system:discovery, system:basic-user and system:public-info-viewer grant. */
const EVERYBODY: readonly PolicyRule[] = [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/', '/healthz/*', '/livez/*', '/readyz/*'] }];
const AUTHENTICATED: readonly PolicyRule[] = [
  { verbs: ['create'], apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'] },
  { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
  { verbs: ['get'], nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*'] },
];
const SERVICE_ACCOUNTS: readonly PolicyRule[] = [{ verbs: ['get'], nonResourceURLs: ['/.well-known/openid-configuration', '/.well-known/openid-configuration/', '/openid/v1/jwks', '/openid/v1/jwks/'] }];

export function isAllowed(registry: Registry, user: UserInfo, attributes: Attributes): boolean {
  if (isAdmin(user)) return true;
  const namespace = attributes.type === 'resource' ? attributes.namespace : undefined;
  return rulesOf(registry, user, namespace).some((rule) => covers(rule, attributes));
}

export const isAdmin = (user: UserInfo): boolean => user.groups.some((group) => ADMIN_GROUPS.includes(group));

/** Every rule that holds for a user, in a namespace or (without one) in the whole cluster. */
export function rulesOf(registry: Registry, user: UserInfo, namespace: string | undefined): readonly PolicyRule[] {
  const rules: PolicyRule[] = [...EVERYBODY];
  if (user.groups.includes('system:authenticated')) rules.push(...AUTHENTICATED);
  if (user.groups.includes('system:serviceaccounts')) rules.push(...SERVICE_ACCOUNTS);
  if (isAdmin(user)) rules.push({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, { verbs: ['*'], nonResourceURLs: ['*'] });
  for (const binding of bindings(registry, 'clusterrolebindings')) if (names(binding, user)) rules.push(...roleRules(registry, binding, undefined));
  if (namespace === undefined) return rules;
  for (const binding of bindings(registry, 'rolebindings', namespace)) if (names(binding, user, namespace)) rules.push(...roleRules(registry, binding, namespace));
  return rules;
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

/** A service account without a namespace, in a RoleBinding, is not a subject at all; the server fills it in or refuses it. */
function names(binding: Binding, user: UserInfo, namespace?: string): boolean {
  return (binding.subjects ?? []).some((subject) => {
    if (subject.kind === 'User') return subject.name === user.username;
    if (subject.kind === 'Group') return user.groups.includes(subject.name);
    return user.username === `system:serviceaccount:${subject.namespace ?? namespace ?? ''}:${subject.name}`;
  });
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
