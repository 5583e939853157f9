/**
 * The cluster that a lab is put on when the learner names none: where it runs already, else the usual one, else one
 * beside it that has the network plugin or the mode of kube-proxy that the lab asks for. Makes no cluster.
 */
import type { ClusterInfo, ClusterSpec } from '../cluster/cluster.ts';
import type { Lab } from './lab.ts';
import type { Attempt } from './progress.ts';

/** @param usual name of the usual cluster @param known clusters that exist @param attempts oldest first */
export function usualCluster(lab: Lab, usual: string, known: readonly ClusterInfo[], attempts: readonly Attempt[]): ClusterSpec {
  const running = attempts.findLast((attempt) => attempt.lab === lab.id && attempt.endedAt === undefined);
  const home = known.find(({ name }) => name === running?.cluster) ?? known.find(({ name }) => name === usual);
  const cni = home === undefined || home.cni === 'other' ? 'calico' : home.cni;
  const is = { name: home?.name ?? usual, workers: home && home.nodes.length > 0 ? home.nodes.length - 1 : 2, cni, proxyMode: home?.proxyMode ?? 'iptables' } as const;
  // What a lab does to its own cluster is no reason to look for another one.
  if (running && home?.name === running.cluster) return is;
  const plugin = lab.needs.includes('cni-flannel') ? 'flannel' : lab.needs.includes('cni-calico') || lab.needs.includes('network-policy') ? 'calico' : is.cni;
  const mode = lab.proxyMode ?? (lab.touches === 'cluster' ? is.proxyMode : 'iptables');
  const differs = [...(plugin === is.cni ? [] : [plugin]), ...(mode === is.proxyMode ? [] : [mode])];
  return differs.length === 0 ? is : { name: [usual, ...differs].join('-'), workers: 2, cni: plugin, proxyMode: mode };
}
