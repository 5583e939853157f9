/**
 * The roles that every cluster begins with and that people bind to: cluster-admin, admin, edit, view.
 * See plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go.
 * Differs from Kubernetes: written out instead of aggregated, for the API groups that are served; roles of the system's
 * own components are left out, since those do not ask the API over the network.
 */
import type { Manifest } from './manifest.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
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

const view = rules(VIEWED, READ);
const edit: readonly Rule[] = [
  { apiGroups: [''], resources: ['pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy', 'secrets', 'services/proxy'], verbs: READ },
  { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] },
  ...rules(EDITED, WRITE),
  { apiGroups: [''], resources: ['pods/eviction', 'serviceaccounts/token'], verbs: ['create'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: [...WRITE, ...READ] },
  ...view,
];
const admin: readonly Rule[] = [
  ...edit,
  { apiGroups: ['authorization.k8s.io'], resources: ['localsubjectaccessreviews'], verbs: ['create'] },
  { apiGroups: [RBAC], resources: ['rolebindings', 'roles'], verbs: [...WRITE, ...READ] },
];

export function bootstrapRoles(): readonly Manifest[] {
  const metadata = (name: string) => ({ name, annotations: { [`${RBAC}/autoupdate`]: 'true' }, labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } });
  const role = (name: string, list: readonly object[]): Manifest => ({ apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: metadata(name), rules: list });
  const binding = (meta: Manifest['metadata'], group: string): Manifest => ({ apiVersion: `${RBAC}/v1`, kind: 'ClusterRoleBinding', metadata: meta, roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'cluster-admin' }, subjects: [{ apiGroup: RBAC, kind: 'Group', name: group }] });
  return [
    role('cluster-admin', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, { nonResourceURLs: ['*'], verbs: ['*'] }]),
    role('admin', admin),
    role('edit', edit),
    role('view', view),
    binding(metadata('cluster-admin'), 'system:masters'),
    binding({ name: 'kubeadm:cluster-admins' }, 'kubeadm:cluster-admins'),
  ];
}
