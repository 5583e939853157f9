/** What the system's manifests share. They are the objects that kubeadm and kind write, as values. */
import type { KubeObject } from '../../api/object.ts';

/** An object with whatever its kind has besides metadata. */
export type Manifest = KubeObject & Record<string, unknown>;

export const CONTROL_PLANE_TOLERATION = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };
export const LINUX_ONLY = { 'kubernetes.io/os': 'linux' };

export function hostPath(name: string, path: string, type = ''): Record<string, unknown> {
  return { name, hostPath: { path, type } };
}

export function serviceAccount(name: string, namespace: string): Manifest {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } };
}

export function configMap(name: string, namespace: string, data: Record<string, string>, labels?: Record<string, string>): Manifest {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, ...(labels ? { labels } : {}) }, data };
}
