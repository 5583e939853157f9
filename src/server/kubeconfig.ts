/** The text of a kubeconfig: one cluster, one user, one context; as kind writes it, and as kubeadm does. Knows no files. */
import type { KeyPair } from './certificate.ts';
import type { ClusterIdentity } from './identity.ts';

interface Kubeconfig {
  readonly cluster: string;
  readonly user: string;
  readonly context: string;
  readonly server: string;
  /** The authority's certificate, PEM. */
  readonly authority: string;
  readonly pair: KeyPair;
  readonly namespace?: string | undefined;
}

/** As `kind get kubeconfig` prints it. @param name of the cluster: context, cluster and user are called `kind-<name>` */
export function kubeconfigOf(name: string, url: string, identity: ClusterIdentity, namespace?: string): string {
  const all = `kind-${name}`;
  return kubeconfigText({ cluster: all, user: all, context: all, server: url, authority: identity.authority.certificate, pair: identity.admin, namespace });
}

export function kubeconfigText({ cluster, user, context, server, authority, pair, namespace }: Kubeconfig): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${base64(authority)}
    server: ${server}
  name: ${cluster}
contexts:
- context:
    cluster: ${cluster}
${namespace ? `    namespace: ${namespace}\n` : ''}    user: ${user}
  name: ${context}
current-context: ${context}
kind: Config
preferences: {}
users:
- name: ${user}
  user:
    client-certificate-data: ${base64(pair.certificate)}
    client-key-data: ${base64(pair.key)}
`;
}
