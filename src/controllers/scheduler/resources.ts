/**
 * What pods ask for and what nodes have left. Amounts are in thousandths: of cores, of bytes.
 * See component-helpers/resource and pkg/scheduler/framework/plugins/noderesources/fit.go.
 */
import type { Stored } from '../../api/object.ts';
import { milliValue } from '../../api/quantity.ts';
import type { ContainerShape, Node, Pod } from '../shapes.ts';

export type Amounts = Readonly<Record<string, number>>;

/**
 * Containers run together, so they add up; init containers run one after another, so only the greatest counts,
 * on top of the sidecars that started before it.
 */
export function podRequests(spec: Stored<Pod['spec']>): Amounts {
  const containers: Record<string, number> = {};
  for (const container of spec.containers) add(containers, requestsOf(container));
  const sidecars: Record<string, number> = {};
  const init: Record<string, number> = {};
  for (const container of spec.initContainers ?? []) {
    const requests = requestsOf(container);
    if (container.restartPolicy === 'Always') {
      add(sidecars, requests);
      raise(init, sidecars);
    } else {
      const together = { ...sidecars };
      add(together, requests);
      raise(init, together);
    }
  }
  add(containers, sidecars);
  raise(containers, init);
  for (const [name, quantity] of Object.entries(spec.overhead ?? {})) containers[name] = (containers[name] ?? 0) + milliValue(quantity);
  return containers;
}

function requestsOf(container: Stored<ContainerShape>): Amounts {
  return amounts(container.resources?.requests);
}

export function amounts(list: Readonly<Record<string, string | number>> | undefined): Amounts {
  return Object.fromEntries(Object.entries(list ?? {}).map(([name, quantity]) => [name, milliValue(String(quantity))]));
}

function add(total: Record<string, number>, more: Amounts): void {
  for (const [name, amount] of Object.entries(more)) total[name] = (total[name] ?? 0) + amount;
}

function raise(total: Record<string, number>, least: Amounts): void {
  for (const [name, amount] of Object.entries(least)) total[name] = Math.max(total[name] ?? 0, amount);
}

/** What the pods of a node have taken. */
export function usedOn(pods: readonly Stored<Pod>[]): Amounts {
  const used: Record<string, number> = {};
  for (const pod of pods) add(used, podRequests(pod.spec));
  return used;
}

export interface Shortage {
  readonly reason: string;
  /** More than the node has in all: no other pod's death would help. */
  readonly isHopeless: boolean;
}

export function shortages(requests: Amounts, used: Amounts, podCount: number, node: Stored<Node>): readonly Shortage[] {
  const allocatable = amounts(node.status?.allocatable);
  const short: Shortage[] = [];
  if (podCount + 1 > (allocatable['pods'] ?? 110_000) / 1000) short.push({ reason: 'Too many pods', isHopeless: false });
  for (const name of Object.keys(requests).sort(byImportance)) {
    const wanted = requests[name] ?? 0;
    const has = allocatable[name] ?? 0;
    if (wanted > 0 && wanted > has - (used[name] ?? 0)) short.push({ reason: `Insufficient ${name}`, isHopeless: wanted > has });
  }
  return short;
}

const IMPORTANCE = ['cpu', 'memory', 'ephemeral-storage'];

function byImportance(a: string, b: string): number {
  const rank = (name: string) => (IMPORTANCE.includes(name) ? IMPORTANCE.indexOf(name) : IMPORTANCE.length);
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}
