/**
 * Which labs may stand beside each other on one cluster, and the clusters that a set of labs needs. A lab that changes
 * what all share (nodes, kube-proxy, the network plugin) has a cluster to itself: its fault would be everybody's.
 */
import type { Capability, ClusterSpec } from '../../cluster/cluster.ts';
import type { Lab } from '../lab.ts';

const CLUSTER_WIDE: readonly Capability[] = ['node-shell', 'ipvs', 'reset', 'cluster-wide', 'plain-machines', 'kind'];

/** Does a lab touch what all labs of its cluster share? */
export function isClusterWide(lab: Lab): boolean {
  return lab.touches === 'cluster' || lab.setup.some((step) => 'script' in step) || lab.needs.some((need) => CLUSTER_WIDE.includes(need)) || lab.namespaces.some((name) => name === 'default' || name.startsWith('kube-'));
}

/** What a lab asks of its cluster, as far as it decides which cluster that can be. */
export function specFor(lab: Lab): Omit<ClusterSpec, 'name'> {
  return { workers: 2, cni: lab.needs.includes('cni-flannel') ? 'flannel' : 'calico', proxyMode: lab.proxyMode ?? 'iptables' };
}

/** What of a lab's needs its cluster would not have. */
export function missing(lab: Lab, offers: (spec: ClusterSpec) => ReadonlySet<Capability>): readonly Capability[] {
  const offered = offers({ name: 'exam', ...specFor(lab) });
  return lab.needs.filter((need) => !offered.has(need));
}

export function mayStandBeside(one: Lab, other: Lab): boolean {
  if (isClusterWide(one) || isClusterWide(other)) return false;
  const [a, b] = [specFor(one), specFor(other)];
  return a.cni === b.cni && a.workers === b.workers && a.proxyMode === b.proxyMode && !one.namespaces.some((name) => other.namespaces.includes(name));
}

/** Labs by the cluster that they share: the first one where there is room and nobody minds. */
export function arrange(labs: readonly Lab[], perCluster: number): readonly (readonly Lab[])[] {
  const clusters: Lab[][] = [];
  for (const lab of labs) {
    const home = clusters.find((others) => others.length < perCluster && others.every((other) => mayStandBeside(lab, other)));
    if (home) home.push(lab);
    else clusters.push([lab]);
  }
  return clusters;
}
