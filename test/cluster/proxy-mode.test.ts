/** kube-proxy from one mode to another on a real cluster, against fakes: what is called, what is looked at, what is refused. */
import { afterEach, expect, test } from 'vitest';
import type { ClusterSpec } from '../../src/cluster/cluster.ts';
import { Engine } from '../../src/cluster/engine.ts';
import { KubectlClient } from '../../src/cluster/kubectl-client.ts';
import { switchProxyMode } from '../../src/cluster/proxy-mode.ts';
import { Tools } from '../../src/cluster/tools.ts';
import { FakeWorld } from './fakes/world.ts';

const worlds: FakeWorld[] = [];
afterEach(() => worlds.splice(0).forEach((made) => made.remove()));

test('kube-proxy is switched, cleaned up after, and looked at', async () => {
  const fake = new FakeWorld();
  worlds.push(fake);
  const cluster = await fake.backend().up({ name: 'lab', workers: 1, cni: 'calico', proxyMode: 'iptables' });
  fake.forgetCalls();
  fake.set('proxy-mode', 'ipvs');
  await cluster.switchProxyMode!('ipvs', () => undefined);
  expect(fake.calls().map((call) => call.replace(/kubectl --kubeconfig=\S+ ?\S*kubeconfig/, 'kubectl'))).toMatchInlineSnapshot(`
    [
      "docker exec --privileged lab-control-plane modprobe ip_vs",
      "docker exec --privileged lab-control-plane modprobe ip_vs_rr",
      "docker exec --privileged lab-control-plane modprobe ip_vs_wrr",
      "docker exec --privileged lab-control-plane modprobe ip_vs_sh",
      "docker exec --privileged lab-control-plane modprobe nf_conntrack",
      "kubectl -n kube-system get configmap kube-proxy -o json",
      "kubectl -n kube-system patch configmap kube-proxy --type=merge -p {"data":{"config.conf":"mode: ipvs\\nconntrack:\\n  tcpBeLiberal: false\\n"}}",
      "docker exec --privileged lab-control-plane curl -s --max-time 5 http://localhost:10249/proxyMode",
      "kubectl -n kube-system get pods -l k8s-app=kube-proxy -o name",
      "kubectl -n kube-system exec pod/kube-proxy-x -- /usr/local/bin/kube-proxy --cleanup",
      "kubectl -n kube-system delete pod/kube-proxy-x --ignore-not-found --grace-period=1 --timeout=60s",
      "docker exec --privileged lab-control-plane curl -s --max-time 5 http://localhost:10249/proxyMode",
      "docker exec --privileged lab-worker curl -s --max-time 5 http://localhost:10249/proxyMode",
      "docker exec --privileged lab-control-plane sh -c iptables-save -t nat | grep -q '^:KUBE-SVC-' >/dev/null 2>&1",
      "docker exec --privileged lab-control-plane sh -c nft list tables | grep -q kube-proxy >/dev/null 2>&1",
      "docker exec --privileged lab-worker sh -c iptables-save -t nat | grep -q '^:KUBE-SVC-' >/dev/null 2>&1",
      "docker exec --privileged lab-worker sh -c nft list tables | grep -q kube-proxy >/dev/null 2>&1",
    ]
  `);
  expect((await fake.backend().list())[0]?.proxyMode).toBe('ipvs');
});

const SWITCHES: Readonly<Record<string, { readonly mode: ClusterSpec['proxyMode']; readonly is: string; readonly before?: (fake: FakeWorld) => void; readonly says?: string; readonly calls: readonly string[] }>> = {
  'to nftables: what looks out of order is let through, and Calico follows': { mode: 'nftables', is: 'nftables', calls: ['kubectl -n kube-system patch configmap kube-proxy --type=merge -p {"data":{"config.conf":"mode: nftables\\nconntrack:\\n  tcpBeLiberal: true\\n"}}', 'kubectl -n kube-system rollout restart daemonset/calico-node'] },
  'to IPVS: Calico sees by itself': { mode: 'ipvs', is: 'ipvs', calls: ['kubectl -n kube-system patch configmap kube-proxy --type=merge -p {"data":{"config.conf":"mode: ipvs\\nconntrack:\\n  tcpBeLiberal: false\\n"}}'] },
  'a kernel without IPVS': { mode: 'ipvs', is: '', before: (fake) => fake.set('no-modules', 'ip_vs\n'), says: 'IPVS needs the kernel modules ip_vs, ip_vs_rr, ip_vs_wrr, ip_vs_sh, and they cannot be loaded here.', calls: [] },
  'a kube-proxy that does not come up': { mode: 'ipvs', is: '', says: 'kube-proxy on lab-control-plane is in no mode, and ipvs was wanted.', calls: ['patch'] },
  'one that stays as it was': { mode: 'ipvs', is: 'iptables', says: 'kube-proxy on lab-control-plane is in iptables mode, and ipvs was wanted.', calls: ['patch'] },
  'rules that were written once more before the end': { mode: 'ipvs', is: 'ipvs', before: (fake) => fake.set('left-once', 'iptables-save\n'), calls: ['patch'] },
  'rules that stay': { mode: 'ipvs', is: 'ipvs', before: (fake) => fake.set('left', 'iptables-save\n'), says: 'After the switch of kube-proxy to ipvs, node lab-control-plane still has chains KUBE-SVC-… in iptables.', calls: ['patch'] },
  'a device that stays': { mode: 'iptables', is: 'iptables', before: (fake) => fake.set('left', 'kube-ipvs0 >/dev/null 2>&1$\n'), says: 'After the switch of kube-proxy to iptables, node lab-control-plane still has the device kube-ipvs0.', calls: ['patch'] },
};

test.each([
  ['the operator\'s Calico is where the operator put it', { namespace: 'calico-system', followsKubeProxy: true }, undefined, ['-n calico-system rollout restart daemonset/calico-node']],
  ['a Calico that would not follow is not left behind', { namespace: 'kube-system', followsKubeProxy: false }, 'The Calico that goes with this kind release does not follow kube-proxy to nftables and back.', []],
] as const)('to nftables: %s', async (_name, calico, says, calls) => {
  const fake = new FakeWorld();
  worlds.push(fake);
  fake.set('proxy-mode', 'iptables');
  fake.set('becomes', 'nftables');
  const engine = new Engine('docker', new Tools({ env: fake.env }));
  const told = await switchProxyMode({ kubectl: KubectlClient.for('k', { engine, name: 'x' }, engine.tools), engine, nodes: ['lab-control-plane'], calico, patienceMs: 0 }, 'nftables', () => undefined).then(() => undefined, (error: Error) => error.message);
  expect([told, fake.calls().filter((call) => call.includes(' rollout restart ')).map((call) => call.replace('kubectl --kubeconfig=k ', ''))]).toEqual([says, calls]);
});

test.each(Object.entries(SWITCHES))('a switch %s', async (_name, { mode, is, before, says, calls }) => {
  const fake = new FakeWorld();
  worlds.push(fake);
  before?.(fake);
  fake.set('proxy-mode', 'iptables');
  fake.set('becomes', is);
  const engine = new Engine('docker', new Tools({ env: fake.env }));
  const at = { kubectl: KubectlClient.for('k', { engine, name: 'x' }, engine.tools), engine, nodes: ['lab-control-plane', 'lab-worker'], calico: { namespace: 'kube-system', followsKubeProxy: true }, patienceMs: 0 } as const;
  const told = await switchProxyMode(at, mode, () => undefined).then(() => undefined, (error: Error) => error.message);
  expect(told).toBe(says);
  const made = fake.calls().map((call) => call.replace('kubectl --kubeconfig=k', 'kubectl')).filter((call) => / patch | rollout restart /.test(call));
  expect(made).toHaveLength(calls.length);
  made.forEach((call, at_) => expect(call).toContain(calls[at_]));
});
