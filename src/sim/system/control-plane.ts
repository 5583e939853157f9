/**
 * The control plane as static pods, and the objects that `kubeadm init` leaves behind: namespaces, priority classes,
 * ConfigMaps, the `kubernetes` Service.
 */
import { printCidr } from '../../base/address.ts';
import { KUBELET_CONFIGURATION } from '../kubeadm-files.ts';
import { API_SERVICE_IP, KUBERNETES_VERSION, POD_CIDR, SERVICE_CIDR, type NodePlan, type TopologyOptions } from '../topology.ts';
import { configMap, hostPath, type Manifest } from './manifest.ts';
import { bootstrapRoles } from './roles.ts';

/** What exists before the first node joins. */
export function clusterManifests(options: TopologyOptions, authority: string): readonly Manifest[] {
  const namespace = (name: string): Manifest => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  const priority = (name: string, value: number, description: string): Manifest => ({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value, description });
  return [
    ...['default', 'kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage'].map(namespace),
    ...bootstrapRoles(),
    priority('system-cluster-critical', 2_000_000_000, 'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.'),
    priority('system-node-critical', 2_000_001_000, 'Used for system critical pods that must not be moved from their current node.'),
    {
      apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass',
      // kind applies it, and what was applied stays in the annotation.
      metadata: { name: 'standard', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"apiVersion":"storage.k8s.io/v1","kind":"StorageClass","metadata":{"annotations":{"storageclass.kubernetes.io/is-default-class":"true"},"name":"standard"},"provisioner":"rancher.io/local-path","reclaimPolicy":"Delete","volumeBindingMode":"WaitForFirstConsumer"}\n', 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'rancher.io/local-path', reclaimPolicy: 'Delete', volumeBindingMode: 'WaitForFirstConsumer',
    },
    configMap('extension-apiserver-authentication', 'kube-system', { 'client-ca-file': authority, 'requestheader-allowed-names': '["front-proxy-client"]', 'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]', 'requestheader-group-headers': '["X-Remote-Group"]', 'requestheader-username-headers': '["X-Remote-User"]' }),
    configMap('kubeadm-config', 'kube-system', {
      ClusterConfiguration: `apiServer:\n  certSANs:\n  - localhost\n  - 127.0.0.1\napiVersion: kubeadm.k8s.io/v1beta4\nclusterName: ${options.name}\ncontrolPlaneEndpoint: ${options.name}-control-plane:6443\ncontrollerManager:\n  extraArgs:\n  - name: enable-hostpath-provisioner\n    value: "true"\nkind: ClusterConfiguration\nkubernetesVersion: ${KUBERNETES_VERSION}\nnetworking:\n  dnsDomain: cluster.local\n  podSubnet: ${printCidr(POD_CIDR)}\n  serviceSubnet: ${printCidr(SERVICE_CIDR)}\n`,
    }),
    configMap('kubelet-config', 'kube-system', {
      kubelet: KUBELET_CONFIGURATION,
    }),
    {
      apiVersion: 'v1', kind: 'Service',
      metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
      spec: { type: 'ClusterIP', clusterIP: API_SERVICE_IP, ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }], sessionAffinity: 'None' },
    },
  ];
}

/** The API server publishes its own address: no selector, no controller. */
export function apiEndpoints(controlPlane: NodePlan): readonly Manifest[] {
  return [
    {
      apiVersion: 'v1', kind: 'Endpoints',
      metadata: { name: 'kubernetes', namespace: 'default', labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
      subsets: [{ addresses: [{ ip: controlPlane.address }], ports: [{ name: 'https', port: 6443, protocol: 'TCP' }] }],
    },
    {
      apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice',
      metadata: { name: 'kubernetes', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [controlPlane.address], conditions: { ready: true } }],
      ports: [{ name: 'https', port: 6443, protocol: 'TCP' }],
    },
  ];
}

/** kind's storage provisioner: a pod like others, asleep until volumes can be provisioned. */
export function localPathManifests(): readonly Manifest[] {
  const labels = { app: 'local-path-provisioner' };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'local-path-provisioner-service-account', namespace: 'local-path-storage' } },
    {
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'local-path-provisioner', namespace: 'local-path-storage' },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            nodeSelector: { 'kubernetes.io/os': 'linux' },
            tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Equal', effect: 'NoSchedule' }],
            serviceAccountName: 'local-path-provisioner-service-account',
            containers: [{
              name: 'local-path-provisioner', image: 'docker.io/kindest/local-path-provisioner:v20260521-9fb22683', imagePullPolicy: 'IfNotPresent',
              command: ['local-path-provisioner', '--debug', 'start', '--helper-image', 'docker.io/kindest/local-path-helper:v20260131-7181c60a', '--config', '/etc/config/config.json'],
              env: [{ name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }],
            }],
          },
        },
      },
    },
  ];
}

/** etcd, kube-apiserver, kube-controller-manager, kube-scheduler: what lies in /etc/kubernetes/manifests. */
export function staticPods(options: TopologyOptions, node: NodePlan): readonly Manifest[] {
  // etcd tells its health where it tells its metrics, and there it speaks plainly.
  const probe = (port: number, path: string, host: string, scheme: 'HTTP' | 'HTTPS') => ({ httpGet: { host, path, port, scheme }, failureThreshold: 8, initialDelaySeconds: 10, periodSeconds: 10, timeoutSeconds: 15 });
  const pod = (component: string, image: string, cpu: string, command: readonly string[], port: number, host: string, memory?: string): Manifest => ({
    apiVersion: 'v1', kind: 'Pod',
    metadata: { name: component, namespace: 'kube-system', labels: { component, tier: 'control-plane' } },
    spec: {
      containers: [{
        name: component, image, imagePullPolicy: 'IfNotPresent', command,
        livenessProbe: probe(port, component === 'etcd' ? '/health?exclude=NOSPACE&serializable=true' : component === 'kube-apiserver' ? '/livez' : '/healthz', host, component === 'etcd' ? 'HTTP' : 'HTTPS'),
        resources: { requests: { cpu, ...(memory ? { memory } : {}) } },
        volumeMounts: [{ mountPath: component === 'etcd' ? '/var/lib/etcd' : '/etc/kubernetes/pki', name: 'files', readOnly: component !== 'etcd' }],
      }],
      hostNetwork: true, priorityClassName: 'system-node-critical', priority: 2_000_001_000,
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      volumes: [hostPath('files', component === 'etcd' ? '/var/lib/etcd' : '/etc/kubernetes/pki', 'DirectoryOrCreate')],
    },
  });
  const ip = node.address;
  return [
    pod('etcd', 'registry.k8s.io/etcd:3.6.6-0', '100m', [
      'etcd', `--advertise-client-urls=https://${ip}:2379`, '--cert-file=/etc/kubernetes/pki/etcd/server.crt', '--client-cert-auth=true', '--data-dir=/var/lib/etcd',
      `--initial-advertise-peer-urls=https://${ip}:2380`, `--initial-cluster=${node.name}=https://${ip}:2380`, `--listen-client-urls=https://127.0.0.1:2379,https://${ip}:2379`,
      '--listen-metrics-urls=http://127.0.0.1:2381', `--listen-peer-urls=https://${ip}:2380`, `--name=${node.name}`,
    ], 2381, '127.0.0.1', '100Mi'),
    pod('kube-apiserver', `registry.k8s.io/kube-apiserver:${KUBERNETES_VERSION}`, '250m', [
      'kube-apiserver', `--advertise-address=${ip}`, '--allow-privileged=true', '--authorization-mode=Node,RBAC', '--client-ca-file=/etc/kubernetes/pki/ca.crt',
      '--enable-admission-plugins=NodeRestriction', '--enable-bootstrap-token-auth=true', '--etcd-servers=https://127.0.0.1:2379', '--secure-port=6443',
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local', '--service-account-key-file=/etc/kubernetes/pki/sa.pub', `--service-cluster-ip-range=${printCidr(SERVICE_CIDR)}`,
      '--tls-cert-file=/etc/kubernetes/pki/apiserver.crt', '--tls-private-key-file=/etc/kubernetes/pki/apiserver.key',
    ], 6443, ip),
    pod('kube-controller-manager', `registry.k8s.io/kube-controller-manager:${KUBERNETES_VERSION}`, '200m', [
      'kube-controller-manager', '--allocate-node-cidrs=true', '--authentication-kubeconfig=/etc/kubernetes/controller-manager.conf', '--bind-address=127.0.0.1', `--cluster-cidr=${printCidr(POD_CIDR)}`,
      `--cluster-name=${options.name}`, '--controllers=*,bootstrapsigner,tokencleaner', '--kubeconfig=/etc/kubernetes/controller-manager.conf', '--leader-elect=true', `--service-cluster-ip-range=${printCidr(SERVICE_CIDR)}`, '--use-service-account-credentials=true',
    ], 10257, '127.0.0.1'),
    pod('kube-scheduler', `registry.k8s.io/kube-scheduler:${KUBERNETES_VERSION}`, '100m', [
      'kube-scheduler', '--authentication-kubeconfig=/etc/kubernetes/scheduler.conf', '--authorization-kubeconfig=/etc/kubernetes/scheduler.conf', '--bind-address=127.0.0.1', '--kubeconfig=/etc/kubernetes/scheduler.conf', '--leader-elect=true',
    ], 10259, '127.0.0.1'),
  ];
}
