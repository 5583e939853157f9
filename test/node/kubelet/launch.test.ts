/** What a kubelet makes of the files that it starts with, and what it says when they are wrong. */
import { expect, test } from 'vitest';
import { FileSystem } from '../../../src/machine/files.ts';
import { LaunchError } from '../../../src/node/kubelet/configuration.ts';
import { CONFIGURATION, KUBECONFIG, launch } from '../../../src/node/kubelet/launch.ts';
import { CLIENT_CERTIFICATE, writeKubeadmFiles } from '../../../src/sim/kubeadm-files.ts';
import { ipv4 } from '../../../src/base/address.ts';

const API = { host: 'cka-control-plane', address: '172.18.0.2', port: 6443 };
const FLAGS = '/var/lib/kubelet/kubeadm-flags.env';

/** @param edits path, what is there, what shall be there instead */
function start(...edits: readonly (readonly [path: string, from: string | RegExp, to: string])[]) {
  const files = new FileSystem();
  writeKubeadmFiles(files, { plan: { name: 'cka-worker', role: 'worker', address: ipv4('172.18.0.3') }, cluster: 'cka', server: 'https://cka-control-plane:6443', authority: 'PEM\n', credentials: {} });
  for (const [path, from, to] of edits) files.write(path, files.read(path).replace(from, to));
  return launch(files, API);
}

test('as kubeadm left it, it runs with the values of its configuration', () => {
  const { argv, configuration, access } = start();
  expect(argv.slice(3)).toEqual(['--config=/var/lib/kubelet/config.yaml', '--node-ip=172.18.0.3', '--node-labels=', '--provider-id=kind://docker/cka/cka-worker', '--runtime-cgroups=/system.slice/containerd.service']);
  expect(configuration).toEqual({
    staticPodPath: '/etc/kubernetes/manifests', clusterDNS: ['10.96.0.10'], clusterDomain: 'cluster.local', maxPods: 110, port: 10250, healthzPort: 10248,
    resolvConf: '/etc/resolv.conf', systemReserved: {}, kubeReserved: {}, clientCAFile: '/etc/kubernetes/pki/ca.crt',
  });
  expect(access).toEqual({ server: 'https://cka-control-plane:6443' });
});

test.each([
  ['a field', [CONFIGURATION, 'failSwapOn: false', 'maxPods: 20'], { maxPods: 20 }],
  ['another folder', [CONFIGURATION, '/etc/kubernetes/manifests', '/etc/static'], { staticPodPath: '/etc/static' }],
  ['no DNS', [CONFIGURATION, /clusterDNS:\n- .*\n/, ''], { clusterDNS: [] }],
  ['a field that nobody knows', [CONFIGURATION, 'failSwapOn', 'failSwapOff'], {}],
  ['a flag outdoes the file', [FLAGS, '--node-labels=', '--max-pods=5 --cluster-dns 10.96.0.11'], { maxPods: 5, clusterDNS: ['10.96.0.11'] }],
] as const)('%s takes effect', (_what, edit, expected) => {
  expect(start(edit).configuration).toMatchObject(expected);
});

const LOADING = `failed to load kubelet config file, path: ${CONFIGURATION}, error: failed to load Kubelet config file ${CONFIGURATION}, error `;
test.each([
  ['no YAML', [CONFIGURATION, 'clusterDNS:', 'clusterDNS'], `${LOADING}failed to decode: yaml: line 17: mapping values are not allowed in this context`],
  ['a tab', [CONFIGURATION, '  anonymous', '\tanonymous'], `${LOADING}failed to decode: yaml: line 3: found character that cannot start any token`],
  ['nothing', [CONFIGURATION, /[^]*/, ''], `${LOADING}kubelet config file "${CONFIGURATION}" was empty`],
  ['another kind', [CONFIGURATION, 'kind: Kubelet', 'kind: Kublet'], `${LOADING}failed to decode: no kind "KubletConfiguration" is registered for version "kubelet.config.k8s.io/v1beta1" in scheme "pkg/kubelet/apis/config/scheme/scheme.go:33"`],
  ['text for a number', [CONFIGURATION, 'healthzPort: 10248', 'healthzPort: soon'], `${LOADING}failed to decode: json: cannot unmarshal string into Go struct field KubeletConfiguration.healthzPort of type int32`],
  ['an authority that is not there', [CONFIGURATION, 'pki/ca.crt', 'pki/wrong.crt'], 'failed to construct kubelet dependencies: unable to load client CA file /etc/kubernetes/pki/wrong.crt: open /etc/kubernetes/pki/wrong.crt: no such file or directory'],
  ['a flag of long ago', [FLAGS, '--node-labels=', '--network-plugin=cni'], 'failed to parse kubelet flag: unknown flag: --network-plugin'],
  ['another configuration file', [FLAGS, '--node-labels=', '--config=/none'], 'failed to load kubelet config file, path: /none, error: failed to load Kubelet config file /none, error failed to read kubelet config file "/none", error: open /none: no such file or directory'],
  ['no context', [KUBECONFIG, 'current-context: default', 'current-context: '], 'failed to run Kubelet: unable to load bootstrap kubeconfig: stat /etc/kubernetes/bootstrap-kubelet.conf: no such file or directory'],
  ['a certificate that is not there', [KUBECONFIG, CLIENT_CERTIFICATE, '/none.pem'], 'failed to run Kubelet: unable to load bootstrap kubeconfig: stat /etc/kubernetes/bootstrap-kubelet.conf: no such file or directory'],
] as const)('with %s it does not run', (_what, edit, message) => {
  expect(() => start(edit)).toThrow(new LaunchError(message));
});

test.each([
  ['another port', 'cka-control-plane:6553', 'dial tcp 172.18.0.2:6553: connect: connection refused'],
  ['another name', 'cka-control-plan:6443', 'dial tcp: lookup cka-control-plan: no such host'],
  ['another address', '172.18.0.77:6443', 'dial tcp 172.18.0.77:6443: connect: no route to host'],
  ['its address', '172.18.0.2:6443', undefined],
] as const)('with %s of the API server it runs alone, or not', (_what, place, failure) => {
  expect(start([KUBECONFIG, 'cka-control-plane:6443', place]).access?.failure).toBe(failure);
});
