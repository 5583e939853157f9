/**
 * Every node gets a /24 of the pod network, in the order in which nodes join; a node that leaves frees its own.
 * Also the ttl annotation, which kubelets read as "how long may I cache a secret". See pkg/controller/nodeipam, .../ttl.
 */
import { cidr, fromNumber, networkOf, toNumber } from '../base/address.ts';
import { draft } from '../api/deep.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { find, keyOf, list } from './objects.ts';
import type { Node } from './shapes.ts';

/** What kubeadm's podSubnet is in kind. */
const POD_NETWORK = cidr('10.244.0.0/16');
const NODE_PREFIX = 24;
const TTL = 'node.alpha.kubernetes.io/ttl';

export function nodeIpamController({ registry }: ControllerContext): Controller {
  return {
    name: 'node-ipam',
    watches: [{ group: '', resource: 'nodes', toKeys: (object, type) => (type === 'DELETED' ? [] : [keyOf(object)]) }],
    reconcile: (key) => {
      const node = find<Node>(registry, 'nodes', key);
      if (!node) return;
      if (node.metadata.annotations?.[TTL] !== undefined && node.spec?.podCIDR) return;
      const next = draft<Node>(node);
      next.metadata.annotations = { [TTL]: '0', ...next.metadata.annotations };
      if (!next.spec?.podCIDR) {
        const free = firstFree(new Set(list<Node>(registry, 'nodes').map((one) => one.spec?.podCIDR)));
        if (free) next.spec = { ...next.spec, podCIDR: free, podCIDRs: [free] };
      }
      registry.update('nodes', next);
    },
  };
}

function firstFree(taken: ReadonlySet<string | undefined>): string | undefined {
  const first = toNumber(networkOf(POD_NETWORK));
  for (let index = 0; index < 2 ** (NODE_PREFIX - POD_NETWORK.prefix); index++) {
    const candidate = `${fromNumber(first + index * 2 ** (32 - NODE_PREFIX))}/${NODE_PREFIX}`;
    if (!taken.has(candidate)) return candidate;
  }
  return undefined;
}
