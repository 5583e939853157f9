/** A resource on its way through kustomize: the object, and what it was called before. See kustomize/api/resource. */
import type { KubeObject } from '../object.ts';

export interface Resource {
  readonly object: KubeObject;
  /** Names that it had, the first one first: patches may call it by any. */
  readonly names: readonly string[];
  /** Made by a generator: its name gets a hash in the end. */
  readonly hashed: boolean;
}

export function resourceOf(object: KubeObject, hashed = false): Resource {
  return { object, names: [object.metadata?.name ?? ''], hashed };
}

export const groupOf = (object: KubeObject): string => (object.apiVersion?.includes('/') ? object.apiVersion.split('/')[0]! : '');
export const versionOf = (object: KubeObject): string => object.apiVersion?.split('/').at(-1) ?? '';

/** `Deployment.v1.apps/web.prod`: as kustomize's messages name it. */
export function idOf(object: KubeObject): string {
  return `${[object.kind, versionOf(object), groupOf(object) || '[noGrp]'].join('.')}/${object.metadata?.name ?? ''}.${object.metadata?.namespace ?? '[noNs]'}`;
}

const CLUSTER_WIDE = new Set([
  'APIService', 'CSIDriver', 'CSINode', 'CertificateSigningRequest', 'ClusterRole', 'ClusterRoleBinding', 'ComponentStatus', 'CustomResourceDefinition', 'FlowSchema', 'IngressClass', 'MutatingWebhookConfiguration',
  'Namespace', 'Node', 'PersistentVolume', 'PriorityClass', 'PriorityLevelConfiguration', 'RuntimeClass', 'StorageClass', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding', 'ValidatingWebhookConfiguration', 'VolumeAttachment',
]);

/** Whether objects of the kind live in namespaces; of unknown kinds it is assumed. */
export function isNamespaced(object: KubeObject): boolean {
  return !CLUSTER_WIDE.has(object.kind ?? '');
}

const FIRST = [
  'Namespace', 'ResourceQuota', 'StorageClass', 'CustomResourceDefinition', 'ServiceAccount', 'PodSecurityPolicy', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'ConfigMap', 'Secret', 'Endpoints', 'Service',
  'LimitRange', 'PriorityClass', 'PersistentVolume', 'PersistentVolumeClaim', 'Deployment', 'StatefulSet', 'CronJob', 'PodDisruptionBudget',
];
const LAST = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

/** What others need comes first; then by group, version, kind, namespace and name. */
export function inOrder(resources: readonly Resource[]): readonly Resource[] {
  const rank = ({ kind = '' }: KubeObject) => (FIRST.includes(kind) ? FIRST.indexOf(kind) - FIRST.length : LAST.includes(kind) ? 1 + LAST.indexOf(kind) : 0);
  const key = (object: KubeObject) => [groupOf(object) || '~G', versionOf(object), object.kind, object.metadata?.namespace ?? '~X', object.metadata?.name].join('_');
  return [...resources].sort(({ object: a }, { object: b }) => rank(a) - rank(b) || (key(a) < key(b) ? -1 : 1));
}
