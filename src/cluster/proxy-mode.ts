/**
 * Switches kube-proxy on a real cluster as the lab teaches it: modules, ConfigMap, restart, look. And cleans up after the
 * former mode, whose rules kube-proxy leaves behind between iptables and IPVS. See kube-proxy's `--cleanup`.
 */
import { UserError } from '../base/user-error.ts';
import type { ClusterSpec } from './cluster.ts';
import type { Engine } from './engine.ts';
import type { KubectlClient } from './kubectl-client.ts';
import { IPVS_MODULES, loadModules } from './modules.ts';

export interface ProxyNodes {
  readonly kubectl: KubectlClient;
  readonly engine: Engine;
  readonly nodes: readonly string[];
}

type Mode = ClusterSpec['proxyMode'];

/** @throws UserError when the nodes' kernel cannot, or a kube-proxy does not come up in that mode */
export async function switchProxyMode(at: ProxyNodes, mode: Mode, say: (line: string) => void): Promise<void> {
  if (mode === 'ipvs') await requireIpvs(at);
  say('changing the ConfigMap of kube-proxy');
  const { parseDocument } = await import('yaml');
  const { data } = await at.kubectl.json<{ readonly data: Readonly<Record<string, string>> }>(['-n', 'kube-system', 'get', 'configmap', 'kube-proxy']);
  const config = parseDocument(data['config.conf'] ?? '');
  config.set('mode', mode);
  await at.kubectl.must(['-n', 'kube-system', 'patch', 'configmap', 'kube-proxy', '--type=merge', '-p', JSON.stringify({ data: { 'config.conf': config.toString() } })]);
  await restartProxies(at, say);
  await requireMode(at, mode);
}

/** Former rules go, and every kube-proxy reads its configuration anew: it does not notice a changed ConfigMap. */
export async function restartProxies({ kubectl, engine, nodes }: ProxyNodes, say: (line: string) => void): Promise<void> {
  say('removing rules of the former mode');
  const pods = (await kubectl.must(['-n', 'kube-system', 'get', 'pods', '-l', 'k8s-app=kube-proxy', '-o', 'name'])).split('\n').filter((line) => line !== '');
  for (const pod of pods) await kubectl.run(['-n', 'kube-system', 'exec', pod, '--', '/usr/local/bin/kube-proxy', '--cleanup']);
  // While it is there Calico stays in its own IPVS mode, and nodes take traffic to ClusterIPs for themselves.
  for (const node of nodes) await engine.exec(node, ['sh', '-c', 'ip link show kube-ipvs0 >/dev/null 2>&1 && ip link delete kube-ipvs0; true']);
  say('restarting kube-proxy');
  await kubectl.must(['-n', 'kube-system', 'rollout', 'restart', 'daemonset/kube-proxy']);
  await kubectl.must(['-n', 'kube-system', 'rollout', 'status', 'daemonset/kube-proxy', '--timeout=120s'], { action: 'See why it does not start: kubectl -n kube-system logs ds/kube-proxy.' });
}

/** What the kube-proxy of a node says of itself. */
export async function modeOn(engine: Engine, node: string): Promise<string> {
  return (await engine.exec(node, ['curl', '-s', '--max-time', '5', 'http://localhost:10249/proxyMode'])).stdout.trim();
}

async function requireMode({ engine, nodes }: ProxyNodes, mode: Mode): Promise<void> {
  for (const node of nodes) {
    const is = await modeOn(engine, node);
    if (is !== mode) throw new UserError(`kube-proxy on ${node} is in ${is === '' ? 'no' : is} mode, and ${mode} was wanted.`, 'See its log: kubectl -n kube-system logs ds/kube-proxy.');
  }
}

async function requireIpvs({ engine, nodes: [node = ''] }: ProxyNodes): Promise<void> {
  const loaded = await loadModules(engine, node, IPVS_MODULES);
  const missing = IPVS_MODULES.filter((name) => !loaded.includes(name));
  if (missing.length > 0) throw new UserError(`IPVS needs the kernel modules ${missing.join(', ')}, and they cannot be loaded here.`, `Load them on this machine (sudo modprobe -a ${missing.join(' ')}), or do this on the simulator: --backend simulator.`);
}
