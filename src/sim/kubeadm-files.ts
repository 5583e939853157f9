/**
 * What kubeadm and kind leave on a node's disk for its kubelet: configuration, flags, kubeconfig, unit files, authority.
 * A kubelet reads them at every start, so whoever edits them changes it. Knows no certificates: those are handed in.
 * See cmd/kubeadm/app/phases/kubelet and kind's images/base/files.
 */
import { encodeBase64 } from '../base/base64.ts';
import type { FileSystem } from '../machine/files.ts';
import { CONFIGURATION, ENVIRONMENT_FILES, KUBECONFIG } from '../node/kubelet/launch.ts';
import { DNS_SERVICE_IP, type NodePlan } from './topology.ts';

export const CLIENT_CERTIFICATE = '/var/lib/kubelet/pki/kubelet-client-current.pem';

/** The configuration of every kubelet: the ConfigMap kubelet-config has the same. */
export const KUBELET_CONFIGURATION = `apiVersion: kubelet.config.k8s.io/v1beta1
authentication:
  anonymous:
    enabled: false
  webhook:
    cacheTTL: 0s
    enabled: true
  x509:
    clientCAFile: /etc/kubernetes/pki/ca.crt
authorization:
  mode: Webhook
  webhook:
    cacheAuthorizedTTL: 0s
    cacheUnauthorizedTTL: 0s
cgroupDriver: systemd
cgroupRoot: /kubelet
clusterDNS:
- ${DNS_SERVICE_IP}
clusterDomain: cluster.local
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
cpuManagerReconcilePeriod: 0s
evictionHard:
  imagefs.available: 0%
  nodefs.available: 0%
  nodefs.inodesFree: 0%
evictionPressureTransitionPeriod: 0s
failSwapOn: false
fileCheckFrequency: 0s
healthzBindAddress: 127.0.0.1
healthzPort: 10248
httpCheckFrequency: 0s
imageGCHighThresholdPercent: 100
imageMaximumGCAge: 0s
imageMinimumGCAge: 0s
kind: KubeletConfiguration
logging:
  flushFrequency: 0
  options:
    json:
      infoBufferSize: "0"
    text:
      infoBufferSize: "0"
  verbosity: 0
memorySwap: {}
nodeStatusReportFrequency: 0s
nodeStatusUpdateFrequency: 0s
rotateCertificates: true
runtimeRequestTimeout: 0s
shutdownGracePeriod: 0s
shutdownGracePeriodCriticalPods: 0s
staticPodPath: /etc/kubernetes/manifests
streamingConnectionIdleTimeout: 0s
syncFrequency: 0s
volumeStatsAggPeriod: 0s
`;

/** As kind writes it: started again a second after it ended, however often. */
const KUBELET_UNIT = `[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=http://kubernetes.io/docs/

[Service]
ExecStart=/usr/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=1s
KillMode=process

[Install]
WantedBy=multi-user.target
`;

const KUBEADM_DROP_IN = `[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`;

export interface KubeadmFiles {
  readonly plan: NodePlan;
  readonly cluster: string;
  /** `https://…:6443` */
  readonly server: string;
  /** PEM. */
  readonly authority: string;
  /** Certificates, keys and kubeconfigs by path, as kubeadm issues them. */
  readonly credentials: Readonly<Record<string, string>>;
}

export function writeKubeadmFiles(files: FileSystem, { plan, cluster, server, authority, credentials }: KubeadmFiles): void {
  const write = (path: string, content: string, mode = 0o644) => {
    files.mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true });
    files.write(path, content, { mode });
  };
  const [kubeadmFlags, defaults] = ENVIRONMENT_FILES as [string, string];
  write('/etc/kubernetes/pki/ca.crt', authority);
  write(KUBECONFIG, kubeletConf(cluster, server, authority), 0o600);
  write(CONFIGURATION, KUBELET_CONFIGURATION);
  write(kubeadmFlags, `KUBELET_KUBEADM_ARGS="--node-ip=${plan.address} --node-labels= --provider-id=kind://docker/${cluster}/${plan.name}"\n`);
  write(defaults, 'KUBELET_EXTRA_ARGS=--runtime-cgroups=/system.slice/containerd.service\n');
  write('/etc/systemd/system/kubelet.service', KUBELET_UNIT);
  write('/etc/systemd/system/kubelet.service.d/10-kubeadm.conf', KUBEADM_DROP_IN);
  write('/kind/version', 'v1.35.0\n');
  write(CLIENT_CERTIFICATE, '', 0o600);
  for (const [path, content] of Object.entries(credentials)) write(path, content, /\.(crt|pub)$/.test(path) ? 0o644 : 0o600);
}

function kubeletConf(cluster: string, server: string, authority: string): string {
  return `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${encodeBase64(authority)}
    server: ${server}
  name: ${cluster}
contexts:
- context:
    cluster: ${cluster}
    namespace: default
    user: default-auth
  name: default-context
current-context: default-context
kind: Config
preferences: {}
users:
- name: default-auth
  user:
    client-certificate: ${CLIENT_CERTIFICATE}
    client-key: ${CLIENT_CERTIFICATE}
`;
}
