/**
 * What `kubeadm init` and `kubeadm join` issue for a node: keys, certificates and kubeconfigs, by path. Made anew at
 * every start of a cluster; whoever keeps a node's files keeps them. Knows no machine.
 * See kubeadm's phases/certs and phases/kubeconfig.
 */
import { issueCertificate, type CertificateRequest, type KeyPair } from './certificate.ts';
import { AUTHORITY_NAME, type ClusterIdentity } from './identity.ts';
import { kubeconfigText } from './kubeconfig.ts';

interface Node {
  readonly name: string;
  readonly role: 'control-plane' | 'worker';
  readonly address: string;
}

type Files = Record<string, string>;

const PKI = '/etc/kubernetes/pki';
const YEAR_MS = 365 * 86_400_000;

export function kubeadmCredentials(identity: ClusterIdentity, { cluster, unixMs }: { readonly cluster: string; readonly unixMs: number }): (node: Node) => Readonly<Files> {
  const dates = { notBeforeMs: unixMs - 300_000, notAfterMs: unixMs + YEAR_MS };
  const authority = { ...identity.authority, commonName: AUTHORITY_NAME };
  const client = (commonName: string, organizations: readonly string[] = []): KeyPair => issueCertificate({ commonName, organizations, usage: 'client', ...dates }, authority);
  const conf = (user: string, server: string, pair: KeyPair): string => kubeconfigText({ cluster, user, context: `${user}@${cluster}`, server, authority: identity.authority.certificate, pair });
  return (node) => {
    const kubelet = client(`system:node:${node.name}`, ['system:nodes']);
    const files: Files = { '/var/lib/kubelet/pki/kubelet-client-current.pem': kubelet.certificate + kubelet.key };
    if (node.role === 'worker') return files;
    const shared = `https://${node.name}:6443`;
    const local = `https://${node.address}:6443`;
    return {
      ...files,
      '/etc/kubernetes/admin.conf': conf('kubernetes-admin', shared, identity.admin),
      '/etc/kubernetes/super-admin.conf': conf('kubernetes-super-admin', shared, client('kubernetes-super-admin', ['system:masters'])),
      '/etc/kubernetes/controller-manager.conf': conf('system:kube-controller-manager', local, client('system:kube-controller-manager')),
      '/etc/kubernetes/scheduler.conf': conf('system:kube-scheduler', local, client('system:kube-scheduler')),
      ...pairAt(`${PKI}/ca`, identity.authority),
      ...pairAt(`${PKI}/apiserver`, identity.server),
      ...pairAt(`${PKI}/apiserver-kubelet-client`, client('kube-apiserver-kubelet-client', ['kubeadm:cluster-admins'])),
      ...family(`${PKI}/front-proxy-ca`, 'front-proxy-ca', { [`${PKI}/front-proxy-client`]: { commonName: 'front-proxy-client', usage: 'client' } }, dates),
      ...family(`${PKI}/etcd/ca`, 'etcd-ca', {
        [`${PKI}/etcd/server`]: { ...served(node), usage: 'server' },
        [`${PKI}/etcd/peer`]: { ...served(node), usage: 'server' },
        [`${PKI}/etcd/healthcheck-client`]: { commonName: 'kube-etcd-healthcheck-client', usage: 'client' },
        [`${PKI}/apiserver-etcd-client`]: { commonName: 'kube-apiserver-etcd-client', usage: 'client' },
      }, dates),
      [`${PKI}/sa.key`]: identity.serviceAccount.key,
      [`${PKI}/sa.pub`]: identity.serviceAccount.publicKey,
    };
  };
}

const served = (node: Node) => ({ commonName: node.name, dnsNames: ['localhost', node.name], ipAddresses: [node.address, '127.0.0.1'] });

const pairAt = (path: string, { certificate, key }: KeyPair): Files => ({ [`${path}.crt`]: certificate, [`${path}.key`]: key });

/** An authority of its own, and what it issues. */
function family(path: string, commonName: string, members: Readonly<Record<string, Omit<CertificateRequest, 'notBeforeMs' | 'notAfterMs'>>>, dates: { readonly notBeforeMs: number; readonly notAfterMs: number }): Files {
  const authority = issueCertificate({ commonName, usage: 'authority', dnsNames: [commonName], notBeforeMs: dates.notBeforeMs, notAfterMs: dates.notBeforeMs + 10 * YEAR_MS });
  const issued = Object.entries(members).map(([at, wish]) => pairAt(at, issueCertificate({ ...wish, ...dates }, { ...authority, commonName })));
  return Object.assign(pairAt(path, authority), ...issued) as Files;
}
