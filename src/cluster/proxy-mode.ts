/**
 * Switches kube-proxy on a real cluster as labs teach it: modules, ConfigMap, restart, look. And cleans up after the
 * former mode, whose rules kube-proxy leaves behind between iptables and IPVS. See kube-proxy's `--cleanup`.
 */
import { UserError } from '../base/user-error.ts';
import type { ClusterSpec } from './cluster.ts';
import type { Engine } from './engine.ts';
import type { KubectlClient } from './kubectl-client.ts';
import { IPVS_MODULES, loadModules } from './modules.ts';
import { waitFor } from './wait-for.ts';

export interface ProxyNodes {
  readonly kubectl: KubectlClient;
  readonly engine: Engine;
  readonly nodes: readonly string[];
  /** Absent where Flannel is, which kube-proxy does not concern. */
  readonly calico?: Calico;
  /** Longest time that a kube-proxy may need to come up. */
  readonly patienceMs?: number;
}

/** What of Calico matters when kube-proxy changes. */
export interface Calico {
  /** Where its DaemonSet is: the manifest and the operator differ. */
  readonly namespace: 'kube-system' | 'calico-system';
  /** Does Felix look at kube-proxy and go to nftables with it? From v3.32 on. */
  readonly followsKubeProxy: boolean;
}

type Mode = ClusterSpec['proxyMode'];

const PATIENCE_MS = 90_000;
const PAUSE_MS = 1_000;

/** @throws UserError when the nodes' kernel cannot, or a kube-proxy does not come up in that mode */
export async function switchProxyMode(at: ProxyNodes, mode: Mode, say: (line: string) => void): Promise<void> {
  if (mode === 'ipvs') await requireIpvs(at);
  await requireFollower(at, mode);
  say('changing the ConfigMap of kube-proxy');
  const { parseDocument } = await import('yaml');
  const { data } = await at.kubectl.json<{ readonly data: Readonly<Record<string, string>> }>(['-n', 'kube-system', 'get', 'configmap', 'kube-proxy']);
  const config = parseDocument(data['config.conf'] ?? '');
  config.set('mode', mode);
  // As kind writes it: in nftables mode what looks out of order must not be taken for invalid, and dropped.
  config.setIn(['conntrack', 'tcpBeLiberal'], mode === 'nftables');
  await at.kubectl.must(['-n', 'kube-system', 'patch', 'configmap', 'kube-proxy', '--type=merge', '-p', JSON.stringify({ data: { 'config.conf': config.toString() } })]);
  await restartProxies(at, mode, say);
}

/** Are all kube-proxies in this mode, as they say themselves? */
export async function areInMode({ engine, nodes }: Pick<ProxyNodes, 'engine' | 'nodes'>, mode: Mode): Promise<boolean> {
  for (const node of nodes) if ((await modeOn(engine, node)) !== mode) return false;
  return true;
}

/**
 * Every kube-proxy reads its configuration anew, since it does not notice a changed ConfigMap; what the former mode left
 * in the kernel goes. @throws UserError when one does not come up in `mode`, or something stays
 */
export async function restartProxies(at: ProxyNodes, mode: Mode, say: (line: string) => void): Promise<void> {
  const before = await modeOn(at.engine, at.nodes[0] ?? '');
  say('restarting kube-proxy, and removing the rules of its former mode');
  await cleanAndRestart(at, mode);
  let left = await leftBehind(at, mode);
  // One that wrote its rules once more between its clean-up and its end has gone now: a second time none of that mode is left to do so.
  if (left) {
    await cleanAndRestart(at, mode);
    left = await leftBehind(at, mode);
  }
  if (left) throw new UserError(`After the switch of kube-proxy to ${mode}, node ${left.node} still has ${left.what}.`, `Restart that node (${at.engine.name} restart ${left.node}), or make the cluster anew.`);
  if (at.calico && before !== mode && [before, mode].includes('nftables')) await restartCalico(at.kubectl, at.calico, say);
}

async function cleanAndRestart(at: ProxyNodes, mode: Mode): Promise<void> {
  const { kubectl, engine, nodes } = at;
  const pods = (await kubectl.must(['-n', 'kube-system', 'get', 'pods', '-l', 'k8s-app=kube-proxy', '-o', 'name'])).split('\n').filter((line) => line !== '');
  for (const pod of pods) {
    await kubectl.run(['-n', 'kube-system', 'exec', pod, '--', '/usr/local/bin/kube-proxy', '--cleanup'], { timeoutMs: 60_000 });
    await kubectl.must(['-n', 'kube-system', 'delete', pod, '--ignore-not-found', '--grace-period=1', '--timeout=60s']);
  }
  // While it is there Calico stays in its own IPVS mode, and nodes take traffic to ClusterIPs for themselves.
  if (mode !== 'ipvs') for (const node of nodes) await engine.exec(node, ['sh', '-c', 'ip link show kube-ipvs0 >/dev/null 2>&1 && ip link delete kube-ipvs0; true']);
  for (const node of nodes) await requireMode(at, node, mode);
}

/** What the kube-proxy of a node says of itself. */
async function modeOn(engine: Engine, node: string): Promise<string> {
  return (await engine.exec(node, ['curl', '-s', '--max-time', '5', 'http://localhost:10249/proxyMode'])).stdout.trim();
}

async function requireMode({ engine, patienceMs = PATIENCE_MS }: ProxyNodes, node: string, mode: Mode): Promise<void> {
  let is = '';
  if (await waitFor(async () => (is = await modeOn(engine, node)) === mode, { timeoutMs: patienceMs, everyMs: PAUSE_MS })) return;
  throw new UserError(`kube-proxy on ${node} is in ${is === '' ? 'no' : is} mode, and ${mode} was wanted.`, 'See its log: kubectl -n kube-system logs ds/kube-proxy.');
}

/** Felix chooses between iptables and nftables when it starts, by what kube-proxy uses. */
async function restartCalico(kubectl: KubectlClient, { namespace }: Calico, say: (line: string) => void): Promise<void> {
  say('restarting Calico, which follows kube-proxy to its tables');
  await kubectl.must(['-n', namespace, 'rollout', 'restart', 'daemonset/calico-node']);
  await kubectl.must(['-n', namespace, 'rollout', 'status', 'daemonset/calico-node', '--timeout=300s']);
}

/** An older Calico stays where it was installed, and its policies would be in other tables than the Services. */
async function requireFollower({ calico, engine, nodes: [node = ''] }: ProxyNodes, mode: Mode): Promise<void> {
  if (!calico || calico.followsKubeProxy || (mode !== 'nftables' && (await modeOn(engine, node)) !== 'nftables')) return;
  throw new UserError('The Calico that goes with this kind release does not follow kube-proxy to nftables and back.', `Make a cluster for that mode: cka cluster up --backend kind --name ${mode} --proxy-mode ${mode}; or install kind v0.30 or newer.`);
}

/** What each mode would leave, and how to see it. */
const LEFT: Readonly<Record<Mode, readonly [what: string, look: string]>> = {
  iptables: ['chains KUBE-SVC-… in iptables', "iptables-save -t nat | grep -q '^:KUBE-SVC-'"],
  ipvs: ['the device kube-ipvs0', 'ip link show kube-ipvs0'],
  nftables: ['the table kube-proxy in nftables', 'nft list tables | grep -q kube-proxy'],
};

/** @returns the first node with something of another mode; undefined when there is none */
async function leftBehind({ engine, nodes }: ProxyNodes, mode: Mode): Promise<{ readonly node: string; readonly what: string } | undefined> {
  for (const node of nodes) {
    for (const [former, [what, look]] of Object.entries(LEFT)) {
      if (former !== mode && (await engine.exec(node, ['sh', '-c', `${look} >/dev/null 2>&1`])).exitCode === 0) return { node, what };
    }
  }
  return undefined;
}

async function requireIpvs({ engine, nodes: [node = ''] }: ProxyNodes): Promise<void> {
  const loaded = await loadModules(engine, node, IPVS_MODULES);
  const missing = IPVS_MODULES.filter((name) => !loaded.includes(name));
  if (missing.length > 0) throw new UserError(`IPVS needs the kernel modules ${missing.join(', ')}, and they cannot be loaded here.`, `Load them on this machine (sudo modprobe -a ${missing.join(' ')}), or do this on the simulator: --backend simulator.`);
}
