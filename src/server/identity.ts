/**
 * Who a cluster is: its certificate authority, the API server's certificate, the administrator's, and the key that
 * signs service account tokens. Plain data that its owner stores; made once per cluster, so that a restarted
 * simulator is still trusted by kubeconfigs and shells that are open. See kubeadm's phases/certs.
 */
import { generateKeyPairSync } from 'node:crypto';
import { issueCertificate } from './certificate.ts';
import type { KeyPair } from './certificate.ts';

export interface ClusterIdentity {
  readonly authority: KeyPair;
  readonly server: KeyPair;
  /** User kubernetes-admin in group kubeadm:cluster-admins, as `kubeadm init` writes into admin.conf. */
  readonly admin: KeyPair;
  /**
   * PKCS #8 private and SPKI public key, PEM.
   * Differs from Kubernetes: kubeadm makes an RSA key; P-256 is as valid to every client and made a hundred times faster.
   */
  readonly serviceAccount: { readonly key: string; readonly publicKey: string };
}

const YEAR_MS = 365 * 86_400_000;
export const AUTHORITY_NAME = 'kubernetes';
export const ADMIN_GROUP = 'kubeadm:cluster-admins';

export function createIdentity(o: { readonly clusterName: string; readonly unixMs: number; readonly serviceIp?: string; readonly nodeIp?: string }): ClusterIdentity {
  // A clock that runs a little behind must not make the certificate look not yet valid.
  const dates = { notBeforeMs: o.unixMs - 300_000, notAfterMs: o.unixMs + 10 * YEAR_MS };
  const authority = issueCertificate({ commonName: AUTHORITY_NAME, usage: 'authority', dnsNames: [AUTHORITY_NAME], ...dates });
  const issuer = { ...authority, commonName: AUTHORITY_NAME };
  const server = issueCertificate(
    {
      commonName: 'kube-apiserver',
      usage: 'server',
      dnsNames: [`${o.clusterName}-control-plane`, 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local', 'localhost'],
      ipAddresses: [o.serviceIp ?? '10.96.0.1', ...(o.nodeIp ? [o.nodeIp] : []), '127.0.0.1', '0.0.0.0'],
      ...dates,
    },
    issuer,
  );
  const admin = issueCertificate({ commonName: 'kubernetes-admin', organizations: [ADMIN_GROUP], usage: 'client', ...dates }, issuer);
  const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1', privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
  return { authority, server, admin, serviceAccount: { key: pair.privateKey, publicKey: pair.publicKey } };
}
