/**
 * The short names that courses and practice machines give to nodes, beside the names that they have: `controlplane`,
 * `node01`, `node02` … For ssh and scp only: a node's own name is what Kubernetes knows. Reads names; knows no cluster.
 */
import type { ClusterInfo } from './cluster.ts';

/** Short name by short name, the node that is meant; none that is a real name here. */
export function nodeAliases({ nodes, machines = [] }: Pick<ClusterInfo, 'nodes' | 'machines'>): ReadonlyMap<string, string> {
  const planes = nodes.filter((name) => name.endsWith('-control-plane'));
  const workers = nodes.filter((name) => !planes.includes(name));
  const pairs = [...planes.slice(0, 1).map((name) => ['controlplane', name] as const), ...workers.map((name, at) => [`node${String(at + 1).padStart(2, '0')}`, name] as const)];
  return new Map(pairs.filter(([alias]) => !nodes.includes(alias) && !machines.includes(alias)));
}

/** Every name that ssh takes. */
export const reachableNames = (info: Pick<ClusterInfo, 'nodes' | 'machines'>): readonly string[] => [...info.nodes, ...(info.machines ?? []), ...nodeAliases(info).keys()];

/** The node or machine that is meant; undefined when there is none. */
export function nodeNamed(info: Pick<ClusterInfo, 'nodes' | 'machines'>, typed: string): string | undefined {
  return [...info.nodes, ...(info.machines ?? [])].find((name) => name === typed) ?? nodeAliases(info).get(typed);
}
