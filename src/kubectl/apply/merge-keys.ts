/**
 * Which lists of the built-in kinds are merged by key, and which maps keep only the keys they are given: the
 * `patchStrategy` and `patchMergeKey` tags of k8s.io/api, by the path of the field.
 */
export type ListStrategy = { readonly type: 'merge'; readonly key?: string } | { readonly type: 'replace' };

/** By the name of the field, when it means the same wherever it stands. */
const KEYS: Readonly<Record<string, string>> = {
  containers: 'name', initContainers: 'name', ephemeralContainers: 'name', volumes: 'name', env: 'name', volumeMounts: 'mountPath', volumeDevices: 'devicePath',
  imagePullSecrets: 'name', hostAliases: 'ip', topologySpreadConstraints: 'topologyKey', ownerReferences: 'uid', conditions: 'type', addresses: 'type',
  resourceClaims: 'name', schedulingGates: 'name', secrets: 'name', podIPs: 'ip', hostIPs: 'ip', webhooks: 'name', validations: '',
};

const PRIMITIVE_SETS = new Set(['finalizers', 'podCIDRs']);

/** @param path field names from the object down, without list positions */
export function listStrategy(path: readonly string[]): ListStrategy {
  const name = path.at(-1)!;
  if (PRIMITIVE_SETS.has(name)) return { type: 'merge' };
  if (name === 'ports') {
    const parent = path.at(-2);
    if (parent === 'containers' || parent === 'initContainers' || parent === 'ephemeralContainers') return { type: 'merge', key: 'containerPort' };
    // A Service's; an endpoint's, a policy's or an ingress's ports are atomic.
    return parent === 'spec' ? { type: 'merge', key: 'port' } : { type: 'replace' };
  }
  // A node's addresses merge by type, those of Endpoints and EndpointSlices do not.
  if (name === 'addresses' && path[0] !== 'status') return { type: 'replace' };
  const key = KEYS[name];
  return key ? { type: 'merge', key } : { type: 'replace' };
}

/** A map that is a value as a whole (`patchStrategy: replace`): the selector of a PodDisruptionBudget. */
export function replacesMap(path: readonly string[], kind: unknown): boolean {
  return kind === 'PodDisruptionBudget' && path.join('.') === 'spec.selector';
}

/** `retainKeys`: a union, where giving one member drops the others. */
export function retainsKeys(path: readonly string[]): boolean {
  const name = path.at(-1);
  return name === 'volumes' || (name === 'strategy' && path.length === 2);
}
