/** Calico as its VXLAN manifest installs it (v3.32, `CALICO_IPV4POOL_VXLAN: Always`): no BIRD, no Typha. */
import type { Encapsulation } from '../topology.ts';
import { calicoDefinitions } from './calico-definitions.ts';
import { CONTROL_PLANE_TOLERATION, configMap, hostPath, LINUX_ONLY, serviceAccount, type Manifest } from './manifest.ts';

const VERSION = 'v3.32.1';
const NODE_LABELS = { 'k8s-app': 'calico-node' };
const CONTROLLER_LABELS = { 'k8s-app': 'calico-kube-controllers' };

const NETWORK_CONFIG = `{
  "name": "k8s-pod-network",
  "cniVersion": "0.3.1",
  "plugins": [
    {
      "type": "calico",
      "log_level": "info",
      "log_file_path": "/var/log/calico/cni/cni.log",
      "datastore_type": "kubernetes",
      "nodename": "__KUBERNETES_NODE_NAME__",
      "mtu": __CNI_MTU__,
      "ipam": {
          "type": "calico-ipam"
      },
      "policy": {
          "type": "k8s"
      },
      "kubernetes": {
          "kubeconfig": "__KUBECONFIG_FILEPATH__"
      }
    },
    {
      "type": "portmap",
      "snat": true,
      "capabilities": {"portMappings": true}
    }
  ]
}`;

/** The pool's modes as the manifest's environment says them: IP-in-IP, VXLAN, and what carries the routes. */
const MODES = {
  vxlan: { ipip: 'Never', vxlan: 'Always', backend: 'vxlan' },
  'vxlan-cross-subnet': { ipip: 'Never', vxlan: 'CrossSubnet', backend: 'vxlan' },
  ipip: { ipip: 'Always', vxlan: 'Never', backend: 'bird' },
  none: { ipip: 'Never', vxlan: 'Never', backend: 'bird' },
} as const satisfies Record<Encapsulation, unknown>;

export function calicoManifests(encapsulation: Encapsulation = 'vxlan'): readonly Manifest[] {
  return [
    ...calicoDefinitions(),
    serviceAccount('calico-node', 'kube-system'),
    serviceAccount('calico-kube-controllers', 'kube-system'),
    serviceAccount('calico-cni-plugin', 'kube-system'),
    configMap('calico-config', 'kube-system', { typha_service_name: 'none', calico_backend: MODES[encapsulation].backend, veth_mtu: '0', cni_network_config: NETWORK_CONFIG }),
    { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'calico-node', namespace: 'kube-system', labels: NODE_LABELS }, spec: nodeDaemonSet(MODES[encapsulation]) },
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'calico-kube-controllers', namespace: 'kube-system', labels: CONTROLLER_LABELS }, spec: controllersDeployment() },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'calico-kube-controllers', namespace: 'kube-system', labels: CONTROLLER_LABELS },
      spec: { maxUnavailable: 1, selector: { matchLabels: CONTROLLER_LABELS } },
    },
  ];
}

const nodeName = { name: 'KUBERNETES_NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } };
const fromConfig = (name: string, key: string) => ({ name, valueFrom: { configMapKeyRef: { name: 'calico-config', key } } });

function nodeDaemonSet(mode: (typeof MODES)[Encapsulation]): Record<string, unknown> {
  return {
    selector: { matchLabels: NODE_LABELS },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
    template: {
      metadata: { labels: NODE_LABELS },
      spec: {
        nodeSelector: LINUX_ONLY,
        hostNetwork: true,
        tolerations: [{ effect: 'NoSchedule', operator: 'Exists' }, { key: 'CriticalAddonsOnly', operator: 'Exists' }, { effect: 'NoExecute', operator: 'Exists' }],
        serviceAccountName: 'calico-node',
        terminationGracePeriodSeconds: 0,
        priorityClassName: 'system-node-critical',
        initContainers: [
          {
            name: 'upgrade-ipam', image: `quay.io/calico/cni:${VERSION}`, imagePullPolicy: 'IfNotPresent', command: ['/opt/cni/bin/calico-ipam', '-upgrade'],
            env: [nodeName, fromConfig('CALICO_NETWORKING_BACKEND', 'calico_backend')],
            volumeMounts: [{ mountPath: '/var/lib/cni/networks', name: 'host-local-net-dir' }, { mountPath: '/host/opt/cni/bin', name: 'cni-bin-dir' }],
            securityContext: { privileged: true },
          },
          {
            name: 'install-cni', image: `quay.io/calico/cni:${VERSION}`, imagePullPolicy: 'IfNotPresent', command: ['/opt/cni/bin/install'],
            env: [
              { name: 'CNI_CONF_NAME', value: '10-calico.conflist' },
              fromConfig('CNI_NETWORK_CONFIG', 'cni_network_config'), nodeName, fromConfig('CNI_MTU', 'veth_mtu'), { name: 'SLEEP', value: 'false' },
            ],
            volumeMounts: [{ mountPath: '/host/opt/cni/bin', name: 'cni-bin-dir' }, { mountPath: '/host/etc/cni/net.d', name: 'cni-net-dir' }],
            securityContext: { privileged: true },
          },
          {
            name: 'ebpf-bootstrap', image: `quay.io/calico/node:${VERSION}`, imagePullPolicy: 'IfNotPresent', command: ['calico-node', '-init', '-best-effort'],
            volumeMounts: [{ mountPath: '/sys/fs', name: 'sys-fs' }, { mountPath: '/var/run/calico', name: 'var-run-calico' }],
            securityContext: { privileged: true },
          },
        ],
        containers: [{
          name: 'calico-node', image: `quay.io/calico/node:${VERSION}`, imagePullPolicy: 'IfNotPresent',
          env: [
            { name: 'DATASTORE_TYPE', value: 'kubernetes' }, { name: 'WAIT_FOR_DATASTORE', value: 'true' },
            { name: 'NODENAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
            fromConfig('CALICO_NETWORKING_BACKEND', 'calico_backend'),
            { name: 'CLUSTER_TYPE', value: 'k8s,bgp' }, { name: 'IP', value: 'autodetect' },
            { name: 'CALICO_IPV4POOL_IPIP', value: mode.ipip }, { name: 'CALICO_IPV4POOL_VXLAN', value: mode.vxlan },
            fromConfig('FELIX_VXLANMTU', 'veth_mtu'),
            { name: 'CALICO_DISABLE_FILE_LOGGING', value: 'true' }, { name: 'FELIX_DEFAULTENDPOINTTOHOSTACTION', value: 'ACCEPT' },
            { name: 'FELIX_IPV6SUPPORT', value: 'false' }, { name: 'FELIX_HEALTHENABLED', value: 'true' },
          ],
          securityContext: { privileged: true },
          resources: { requests: { cpu: '250m' } },
          lifecycle: { preStop: { exec: { command: ['/bin/calico-node', '-shutdown'] } } },
          livenessProbe: { exec: { command: ['/bin/calico-node', '-felix-live'] }, periodSeconds: 10, initialDelaySeconds: 10, failureThreshold: 6, timeoutSeconds: 10 },
          readinessProbe: { exec: { command: ['/bin/calico-node', '-felix-ready'] }, periodSeconds: 10, timeoutSeconds: 10 },
          volumeMounts: [
            { mountPath: '/host/etc/cni/net.d', name: 'cni-net-dir' }, { mountPath: '/lib/modules', name: 'lib-modules', readOnly: true },
            { mountPath: '/run/xtables.lock', name: 'xtables-lock' }, { mountPath: '/var/run/calico', name: 'var-run-calico' },
            { mountPath: '/var/lib/calico', name: 'var-lib-calico' }, { mountPath: '/var/log/calico/cni', name: 'cni-log-dir', readOnly: true },
          ],
        }],
        volumes: [
          hostPath('lib-modules', '/lib/modules'), hostPath('var-run-calico', '/var/run/calico', 'DirectoryOrCreate'), hostPath('var-lib-calico', '/var/lib/calico', 'DirectoryOrCreate'),
          hostPath('xtables-lock', '/run/xtables.lock', 'FileOrCreate'), hostPath('sys-fs', '/sys/fs/', 'DirectoryOrCreate'),
          hostPath('cni-bin-dir', '/opt/cni/bin', 'DirectoryOrCreate'), hostPath('cni-net-dir', '/etc/cni/net.d'), hostPath('cni-log-dir', '/var/log/calico/cni'),
          hostPath('host-local-net-dir', '/var/lib/cni/networks'),
        ],
      },
    },
  };
}

function controllersDeployment(): Record<string, unknown> {
  return {
    replicas: 1,
    selector: { matchLabels: CONTROLLER_LABELS },
    strategy: { type: 'Recreate' },
    template: {
      metadata: { name: 'calico-kube-controllers', namespace: 'kube-system', labels: CONTROLLER_LABELS },
      spec: {
        nodeSelector: LINUX_ONLY,
        tolerations: [{ key: 'CriticalAddonsOnly', operator: 'Exists' }, CONTROL_PLANE_TOLERATION],
        serviceAccountName: 'calico-kube-controllers',
        priorityClassName: 'system-cluster-critical',
        containers: [{
          name: 'calico-kube-controllers', image: `quay.io/calico/kube-controllers:${VERSION}`, imagePullPolicy: 'IfNotPresent',
          env: [{ name: 'ENABLED_CONTROLLERS', value: 'node,loadbalancer' }, { name: 'DATASTORE_TYPE', value: 'kubernetes' }],
          livenessProbe: { exec: { command: ['/usr/bin/check-status', '-l'] }, periodSeconds: 10, initialDelaySeconds: 10, failureThreshold: 6, timeoutSeconds: 10 },
          readinessProbe: { exec: { command: ['/usr/bin/check-status', '-r'] }, periodSeconds: 10 },
          securityContext: { runAsNonRoot: true },
        }],
      },
    },
  };
}
