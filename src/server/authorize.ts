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

/** Nobody asks roles about these groups: `system:masters` never, the other by the binding that kubeadm makes. */
const ADMIN_GROUPS: readonly string[] = ['system:masters', ADMIN_GROUP];

/** What the bootstrap roles system:discovery, system:basic-user and system:public-info-viewer grant. */
const EVERYBODY: readonly PolicyRule[] = [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'] }];
const AUTHENTICATED: readonly PolicyRule[] = [
  { verbs: ['create'], apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'] },
  { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
  { verbs: ['get'], nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/healthz', '/livez', '/openapi', '/openapi/*', '/readyz', '/version', '/version/'] },
];
const SERVICE_ACCOUNTS: readonly PolicyRule[] = [{ verbs: ['get'], nonResourceURLs: ['/.well-known/openid-configuration', '/.well-known/openid-configuration/', '/openid/v1/jwks', '/openid/v1/jwks/'] }];
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
  const group = (name: string) => user.groups.includes(name);
  for (const admins of ADMIN_GROUPS) if (group(admins)) yield* builtIn(EVERYTHING, admins === ADMIN_GROUP ? ADMIN_GROUP : 'cluster-admin', 'cluster-admin', admins);
  for (const who of ['system:authenticated', 'system:unauthenticated']) if (group(who)) yield* builtIn(EVERYBODY, 'system:public-info-viewer', 'system:public-info-viewer', who);
  if (group('system:authenticated')) yield* builtIn(AUTHENTICATED, 'system:basic-user', 'system:basic-user', 'system:authenticated');
  if (group('system:serviceaccounts')) yield* builtIn(SERVICE_ACCOUNTS, 'system:service-account-issuer-discovery', 'system:service-account-issuer-discovery', 'system:serviceaccounts');
  yield* fromBindings(registry, 'clusterrolebindings', user, undefined);
  if (namespace !== undefined) yield* fromBindings(registry, 'rolebindings', user, namespace);
}

function* builtIn(rules: readonly PolicyRule[], binding: string, role: string, subject: string): Generator<Grant> {
  for (const rule of rules) yield { rule, by: `ClusterRoleBinding ${JSON.stringify(binding)} of ClusterRole ${JSON.stringify(role)} to Group ${JSON.stringify(subject)}` };
}

function* fromBindings(registry: Registry, resource: 'rolebindings' | 'clusterrolebindings', user: UserInfo, namespace: string | undefined): Generator<Grant> {
  for (const binding of bindings(registry, resource, namespace)) {
    const subject = (binding.subjects ?? []).find((each) => isSubject(each, user, namespace));
    // What administrators may do has been said.
    if (!subject || (subject.kind === 'Group' && ADMIN_GROUPS.includes(subject.name))) continue;
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
