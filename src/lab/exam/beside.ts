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
  const needs: readonly Capability[] = lab.touches === 'cluster' ? [...lab.needs, 'cluster-wide'] : lab.needs;
  return needs.filter((need) => !offered.has(need));
}

export function mayStandBeside(one: Lab, other: Lab): boolean {
  if (isClusterWide(one) || isClusterWide(other)) return false;
  const [a, b] = [specFor(one), specFor(other)];
  return a.cni === b.cni && a.workers === b.workers && a.proxyMode === b.proxyMode && !one.namespaces.some((name) => other.namespaces.includes(name));
}

/** How many tasks share a cluster, and how many clusters there may be. */
export interface Room {
  readonly perCluster: number;
  readonly clusters?: number;
}

/** Labs by the cluster that they share, with one more: the first cluster where there is room and nobody minds. Undefined when there is none. */
export function placed(lab: Lab, clusters: readonly (readonly Lab[])[], { perCluster, clusters: most = Infinity }: Room): readonly (readonly Lab[])[] | undefined {
  const home = clusters.findIndex((others) => others.length < perCluster && others.every((other) => mayStandBeside(lab, other)));
  if (home >= 0) return clusters.map((others, index) => (index === home ? [...others, lab] : others));
  // Of few clusters, one is for those who share.
  const isLast = clusters.length === most - 1 && most < Infinity;
  if (clusters.length >= most || (isLast && isClusterWide(lab) && clusters.every(([first]) => isClusterWide(first!)))) return undefined;
  return [...clusters, [lab]];
}
