/** Flannel as its manifest installs it (v0.28), with the VXLAN backend. */
import { printCidr } from '../../base/address.ts';
import { POD_CIDR, type Encapsulation } from '../topology.ts';
import { configMap, hostPath, serviceAccount, type Manifest } from './manifest.ts';

const LABELS = { app: 'flannel', tier: 'node' };
const VERSION = 'v0.28.9';
const PLUGIN_VERSION = 'v1.9.1-flannel3';

const CNI_CONFIG = `{
  "name": "cbr0",
  "cniVersion": "0.3.1",
  "plugins": [
    {
      "type": "flannel",
      "delegate": {
        "hairpinMode": true,
        "isDefaultGateway": true
      }
    },
    {
      "type": "portmap",
      "capabilities": {
        "portMappings": true
      }
    }
  ]
}
`;

/** @param encapsulation anything but `none` is VXLAN */
export function flannelManifests(encapsulation?: Encapsulation): readonly Manifest[] {
  const netConf = `{\n  "Network": "${printCidr(POD_CIDR)}",\n  "EnableNFTables": false,\n  "Backend": {\n    "Type": "${encapsulation === 'none' ? 'host-gw' : 'vxlan'}"\n  }\n}\n`;
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-flannel', labels: { 'k8s-app': 'flannel', 'pod-security.kubernetes.io/enforce': 'privileged' } } },
    serviceAccount('flannel', 'kube-flannel'),
    configMap('kube-flannel-cfg', 'kube-flannel', { 'cni-conf.json': CNI_CONFIG, 'net-conf.json': netConf }, { ...LABELS, 'k8s-app': 'flannel' }),
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'kube-flannel-ds', namespace: 'kube-flannel', labels: { ...LABELS, 'k8s-app': 'flannel' } },
      spec: { selector: { matchLabels: { app: 'flannel' } }, template: { metadata: { labels: LABELS }, spec: podSpec() } },
    },
  ];
}

function podSpec(): Record<string, unknown> {
  const probe = (path: string, times: Record<string, number>) => ({ httpGet: { path, port: 8081 }, ...times });
  return {
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/os', operator: 'In', values: ['linux'] }] }] } } },
    hostNetwork: true,
    priorityClassName: 'system-node-critical',
    tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }],
    serviceAccountName: 'flannel',
    initContainers: [
      { name: 'install-cni-plugin', image: `ghcr.io/flannel-io/flannel-cni-plugin:${PLUGIN_VERSION}`, command: ['cp'], args: ['-f', '/flannel', '/opt/cni/bin/flannel'], volumeMounts: [{ name: 'cni-plugin', mountPath: '/opt/cni/bin' }] },
      { name: 'install-cni', image: `ghcr.io/flannel-io/flannel:${VERSION}`, command: ['cp'], args: ['-f', '/etc/kube-flannel/cni-conf.json', '/etc/cni/net.d/10-flannel.conflist'], volumeMounts: [{ name: 'cni', mountPath: '/etc/cni/net.d' }, { name: 'flannel-cfg', mountPath: '/etc/kube-flannel/' }] },
    ],
    containers: [{
      name: 'kube-flannel',
      image: `ghcr.io/flannel-io/flannel:${VERSION}`,
      command: ['/opt/bin/flanneld'],
      args: ['--ip-masq', '--kube-subnet-mgr'],
      resources: { requests: { cpu: '100m', memory: '50Mi' } },
      securityContext: { privileged: false, capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } },
      livenessProbe: probe('/healthz', { initialDelaySeconds: 30, periodSeconds: 10, failureThreshold: 3 }),
      readinessProbe: probe('/readyz', { initialDelaySeconds: 5, periodSeconds: 10 }),
      env: [
        { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
        { name: 'EVENT_QUEUE_DEPTH', value: '5000' }, { name: 'CONT_WHEN_CACHE_NOT_READY', value: 'false' },
      ],
      volumeMounts: [{ name: 'run', mountPath: '/run/flannel' }, { name: 'flannel-cfg', mountPath: '/etc/kube-flannel/' }, { name: 'xtables-lock', mountPath: '/run/xtables.lock' }],
    }],
    volumes: [
      hostPath('run', '/run/flannel'), hostPath('cni-plugin', '/opt/cni/bin'), hostPath('cni', '/etc/cni/net.d'),
      { name: 'flannel-cfg', configMap: { name: 'kube-flannel-cfg' } }, hostPath('xtables-lock', '/run/xtables.lock', 'FileOrCreate'),
    ],
  };
}
