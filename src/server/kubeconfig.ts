/** The text of a kubeconfig as `kind get kubeconfig` writes it: one cluster, one user, one context. Knows no files. */
import type { ClusterIdentity } from './identity.ts';

/** @param name of the cluster: context, cluster and user are called `kind-<name>` */
export function kubeconfigOf(name: string, url: string, identity: ClusterIdentity, namespace?: string): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${base64(identity.authority.certificate)}
    server: ${url}
  name: kind-${name}
contexts:
- context:
    cluster: kind-${name}
${namespace ? `    namespace: ${namespace}\n` : ''}    user: kind-${name}
  name: kind-${name}
current-context: kind-${name}
kind: Config
preferences: {}
users:
- name: kind-${name}
  user:
    client-certificate-data: ${base64(identity.admin.certificate)}
    client-key-data: ${base64(identity.admin.key)}
`;
}
