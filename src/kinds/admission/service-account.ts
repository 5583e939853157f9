/**
 * Every pod runs as a service account and finds its token mounted.
 * See plugin/pkg/admission/serviceaccount/admission.go.
 */
import { NAME_ALPHABET } from '../../base/rng.ts';
import { forbidden } from '../../api/status.ts';
import type { Loose } from '../define.ts';
import type { Admission } from './index.ts';

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

interface PodSpec {
  serviceAccountName?: string;
  serviceAccount?: string;
  automountServiceAccountToken?: boolean;
  imagePullSecrets?: unknown[];
  volumes?: { name: string; projected?: unknown }[];
  containers: { volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[] }[];
  initContainers?: PodSpec['containers'];
}

export const serviceAccount: Admission = {
  name: 'ServiceAccount',
  create({ registry, kind, object }) {
    if (kind.group !== '' || kind.plural !== 'pods') return;
    // Mirror pods are the kubelet's own; they have no account.
    if (object.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return;
    const spec = (object as Loose)['spec'] as PodSpec;
    spec.serviceAccountName ||= spec.serviceAccount || 'default';
    spec.serviceAccount = spec.serviceAccountName;
    const { namespace = 'default', name } = object.metadata;
    const account = registry.find('serviceaccounts', spec.serviceAccountName, namespace) as Loose | undefined;
    if (!account) throw forbidden(kind, name, `error looking up service account ${namespace}/${spec.serviceAccountName}: serviceaccount "${spec.serviceAccountName}" not found`);
    const automount = spec.automountServiceAccountToken ?? (account['automountServiceAccountToken'] as boolean | undefined) ?? true;
    if (automount) mountToken(spec, () => `kube-api-access-${registry.rng.text(5, NAME_ALPHABET)}`);
    const secrets = account['imagePullSecrets'] as unknown[] | undefined;
    if (!spec.imagePullSecrets?.length && secrets?.length) spec.imagePullSecrets = structuredClone(secrets);
  },
};

function mountToken(spec: PodSpec, makeName: () => string): void {
  const existing = spec.volumes?.find((volume) => volume.name.startsWith('kube-api-access-'));
  const name = existing?.name ?? makeName();
  let used = false;
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    if (container.volumeMounts?.some((mount) => mount.mountPath === MOUNT_PATH)) continue;
    (container.volumeMounts ??= []).push({ name, readOnly: true, mountPath: MOUNT_PATH });
    used = true;
  }
  if (used && !existing) (spec.volumes ??= []).push({ name, projected: structuredClone(TOKEN_VOLUME) });
}

/** 3607 s: an hour and a margin by which the token's life is recognised as this mount's. */
const TOKEN_VOLUME = {
  sources: [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
  ],
  defaultMode: 0o644,
};
