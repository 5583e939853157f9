/**
 * ComponentStatus: how scheduler, controller manager and etcd feel. Nothing is stored: it is looked up when somebody
 * asks. Deprecated since 1.19 and still served. See pkg/registry/core/componentstatus/rest.go.
 * Differs from Kubernetes: read from the readiness of their static pods, where the real server asks their health ports.
 */
import type { KubeObject, Stored } from '../api/object.ts';
import { column, defineKind, type Loose } from './define.ts';
import type { Registry } from './registry.ts';

const COMPONENTS = [
  { name: 'scheduler', pod: 'kube-scheduler', url: 'https://127.0.0.1:10259/healthz', healthy: 'ok' },
  { name: 'controller-manager', pod: 'kube-controller-manager', url: 'https://127.0.0.1:10257/healthz', healthy: 'ok' },
  { name: 'etcd-0', pod: 'etcd', url: 'https://127.0.0.1:2379/health', healthy: 'ok' },
] as const;

const conditionOf = (object: Loose) => object['conditions'][0] as { status: string; message?: string; error?: string };

export const componentstatus = defineKind({
  kind: 'ComponentStatus',
  plural: 'componentstatuses',
  shortNames: ['cs'],
  namespaced: false,
  verbs: ['get', 'list'],
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  computed: (registry) => COMPONENTS.map((component) => statusOf(registry, component)),
  columns: [
    column('Name', (object) => object.metadata.name),
    column('Status', (object) => (conditionOf(object).status === 'True' ? 'Healthy' : 'Unhealthy')),
    column('Message', (object) => conditionOf(object).message ?? ''),
    column('Error', (object) => conditionOf(object).error ?? ''),
  ],
});

function statusOf(registry: Registry, { name, pod, url, healthy }: (typeof COMPONENTS)[number]): Stored<KubeObject> {
  const pods = registry.list('pods', { namespace: 'kube-system', labelSelector: `component=${pod},tier=control-plane` }).items as unknown as Loose[];
  const isUp = pods.some((one) => (one['status']?.conditions ?? []).some((condition: { type: string; status: string }) => condition.type === 'Ready' && condition.status === 'True'));
  const refused = `Get "${url}": dial tcp ${new URL(url).host}: connect: connection refused`;
  return {
    apiVersion: 'v1',
    kind: 'ComponentStatus',
    metadata: { name, creationTimestamp: null },
    conditions: [isUp ? { type: 'Healthy', status: 'True', message: healthy } : { type: 'Healthy', status: 'False', message: refused }],
  } as unknown as Stored<KubeObject>;
}
