/**
 * How many pods a rollout may have and may lose: pure numbers, percentages rounded the way that keeps the promise
 * (surge up, unavailable down). Knows no objects but their counts. See pkg/controller/deployment/util/deployment_util.go.
 */
export type Amount = number | string | undefined;

export interface Bounds {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** `25%` of a whole, or a plain number. */
export function resolveAmount(amount: Amount, whole: number, round: 'up' | 'down'): number {
  if (amount === undefined) return 0;
  if (typeof amount === 'number') return amount;
  if (!amount.endsWith('%')) return Number(amount) || 0;
  const exact = (Number(amount.slice(0, -1)) * whole) / 100;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}

/** Both at zero would never move: then one pod may be missing. */
export function resolveBounds(maxSurge: Amount, maxUnavailable: Amount, replicas: number): Bounds {
  const surge = resolveAmount(maxSurge, replicas, 'up');
  const unavailable = resolveAmount(maxUnavailable, replicas, 'down');
  return { maxSurge: surge, maxUnavailable: surge === 0 && unavailable === 0 ? 1 : Math.min(unavailable, replicas) };
}

/** The size the new ReplicaSet may grow to now, given how many pods all ReplicaSets want. */
export function newReplicaSetSize(o: { replicas: number; newSize: number; allSize: number; maxSurge: number }): number {
  const room = o.replicas + o.maxSurge - o.allSize;
  return room <= 0 ? o.newSize : o.newSize + Math.min(room, o.replicas - o.newSize);
}

/** How many old pods may go without falling under the minimum, new ones that are not available counted against it. */
export function removableOldPods(o: { replicas: number; maxUnavailable: number; allSize: number; newSize: number; newAvailable: number }): number {
  const minAvailable = o.replicas - o.maxUnavailable;
  return o.allSize - minAvailable - (o.newSize - o.newAvailable);
}

export interface Share {
  readonly size: number;
  /** What `deployment.kubernetes.io/max-replicas` says: the deployment's greatest size when this one was last sized. */
  readonly annotatedMax: number | undefined;
}

/**
 * A deployment scaled in the middle of a rollout: every ReplicaSet takes its share, the first one the rounding error.
 * @param sets in the order of who is served first: the greatest
 */
export function proportionalSizes(sets: readonly Share[], replicas: number, maxSurge: number, statusReplicas: number): number[] {
  const allowed = replicas > 0 ? replicas + maxSurge : 0;
  const toAdd = allowed - sets.reduce((sum, set) => sum + set.size, 0);
  let added = 0;
  const sizes = sets.map((set) => {
    if (toAdd === 0 || set.size === 0 || added === toAdd) return set.size;
    const fraction = replicas === 0 ? -set.size : Math.round((set.size * (replicas + maxSurge)) / (set.annotatedMax || statusReplicas || 1)) - set.size;
    const share = toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added);
    added += share;
    return set.size + share;
  });
  if (toAdd !== 0 && sizes.length > 0) sizes[0] = Math.max(0, (sizes[0] ?? 0) + toAdd - added);
  return sizes;
}
