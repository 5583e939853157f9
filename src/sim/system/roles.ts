/**
 * The roles and bindings that every cluster begins with: what people bind to (cluster-admin, admin, edit, view, the last
 * three aggregated), and what lets everybody ask who they are and what there is.
 * See plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go.
 * Differs from Kubernetes: roles of the system's own components are left out, since those do not ask the API over the network.
 */
import type { Manifest } from './manifest.ts';

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const RBAC = 'rbac.authorization.k8s.io';

const VIEWED: readonly (readonly [group: string, resources: readonly string[]])[] = [
  ['', ['configmaps', 'endpoints', 'persistentvolumeclaims', 'persistentvolumeclaims/status', 'pods', 'replicationcontrollers', 'replicationcontrollers/scale', 'serviceaccounts', 'services', 'services/status']],
  ['', ['bindings', 'events', 'limitranges', 'namespaces/status', 'pods/log', 'pods/status', 'replicationcontrollers/status', 'resourcequotas', 'resourcequotas/status']],
  ['', ['namespaces']],
  ['discovery.k8s.io', ['endpointslices']],
  ['apps', ['controllerrevisions', 'daemonsets', 'daemonsets/status', 'deployments', 'deployments/scale', 'deployments/status', 'replicasets', 'replicasets/scale', 'replicasets/status', 'statefulsets', 'statefulsets/scale', 'statefulsets/status']],
  ['autoscaling', ['horizontalpodautoscalers', 'horizontalpodautoscalers/status']],
  ['batch', ['cronjobs', 'cronjobs/status', 'jobs', 'jobs/status']],
  ['policy', ['poddisruptionbudgets', 'poddisruptionbudgets/status']],
  ['networking.k8s.io', ['ingresses', 'ingresses/status', 'networkpolicies']],
];

const EDITED: readonly (readonly [group: string, resources: readonly string[]])[] = [
  ['', ['pods', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy']],
  ['', ['configmaps', 'events', 'persistentvolumeclaims', 'replicationcontrollers', 'replicationcontrollers/scale', 'secrets', 'serviceaccounts', 'services', 'services/proxy']],
  ['apps', ['daemonsets', 'deployments', 'deployments/rollback', 'deployments/scale', 'replicasets', 'replicasets/scale', 'statefulsets', 'statefulsets/scale']],
  ['autoscaling', ['horizontalpodautoscalers']],
  ['batch', ['cronjobs', 'jobs']],
  ['policy', ['poddisruptionbudgets']],
  ['networking.k8s.io', ['ingresses', 'networkpolicies']],
];

const rules = (table: typeof VIEWED, verbs: readonly string[]): readonly Rule[] => table.map(([group, resources]) => ({ apiGroups: [group], resources, verbs }));

const TO_EDIT: readonly Rule[] = [
  { apiGroups: [''], resources: ['pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy', 'secrets', 'services/proxy'], verbs: READ },
  { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] },
  ...rules(EDITED, WRITE),
  { apiGroups: [''], resources: ['pods/eviction', 'serviceaccounts/token'], verbs: ['create'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: [...WRITE, ...READ] },
];
const TO_ADMIN: readonly Rule[] = [
  { apiGroups: ['authorization.k8s.io'], resources: ['localsubjectaccessreviews'], verbs: ['create'] },
  { apiGroups: [RBAC], resources: ['rolebindings', 'roles'], verbs: [...WRITE, ...READ] },
];
const EVERYTHING: readonly Rule[] = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, { nonResourceURLs: ['*'], verbs: ['*'] }];

/** What a client asks before it knows what there is. */
const DISCOVERY: readonly Rule[] = [{ nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/healthz', '/livez', '/openapi', '/openapi/*', '/readyz', '/version', '/version/'], verbs: ['get'] }];
const PUBLIC: readonly Rule[] = [{ nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'], verbs: ['get'] }];
const BASIC: readonly Rule[] = [
  { apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'], verbs: ['create'] },
  { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
];
const ISSUER: readonly Rule[] = [{ nonResourceURLs: ['/.well-known/openid-configuration', '/.well-known/openid-configuration/', '/openid/v1/jwks', '/openid/v1/jwks/'], verbs: ['get'] }];

export function bootstrapRoles(): readonly Manifest[] {
  const authenticated = ['system:authenticated'];
  return [
    role('cluster-admin', EVERYTHING),
    aggregate('admin', {}),
    aggregate('edit', { [`${RBAC}/aggregate-to-admin`]: 'true' }),
    aggregate('view', { [`${RBAC}/aggregate-to-edit`]: 'true' }),
    ...([['admin', TO_ADMIN], ['edit', TO_EDIT], ['view', rules(VIEWED, READ)]] as const).map(([to, list]) => role(`system:aggregate-to-${to}`, list, { [`${RBAC}/aggregate-to-${to}`]: 'true' })),
    role('system:basic-user', BASIC),
    role('system:discovery', DISCOVERY),
    role('system:public-info-viewer', PUBLIC),
    role('system:service-account-issuer-discovery', ISSUER),
    binding('cluster-admin', ['system:masters']),
    binding('system:basic-user', authenticated),
    binding('system:discovery', authenticated),
    binding('system:public-info-viewer', [...authenticated, 'system:unauthenticated']),
    binding('system:service-account-issuer-discovery', ['system:serviceaccounts']),
    { ...binding('cluster-admin', ['kubeadm:cluster-admins']), metadata: { name: 'kubeadm:cluster-admins' } },
  ];
}

const metadata = (name: string, labels: Readonly<Record<string, string>> = {}) => ({ name, annotations: { [`${RBAC}/autoupdate`]: 'true' }, labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels } });

function role(name: string, list: readonly Rule[], labels?: Readonly<Record<string, string>>): Manifest {
  return { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: metadata(name, labels), rules: list };
}

/** Its rules are those of the roles that are labelled for it; a controller writes them. */
function aggregate(name: string, labels: Readonly<Record<string, string>>): Manifest {
  const clusterRoleSelectors = [{ matchLabels: { [`${RBAC}/aggregate-to-${name}`]: 'true' } }];
  return { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: metadata(name, labels), aggregationRule: { clusterRoleSelectors }, rules: null };
}

/** Of the role of the same name. */
function binding(name: string, groups: readonly string[]): Manifest {
  return {
    apiVersion: `${RBAC}/v1`, kind: 'ClusterRoleBinding', metadata: metadata(name),
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
    subjects: groups.map((group) => ({ apiGroup: RBAC, kind: 'Group', name: group })),
  };
}
