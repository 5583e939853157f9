/**
 * A CSINode for every node: which storage drivers have come to it, and none has.
 * Differs from Kubernetes: there every kubelet writes its own. See pkg/volume/csi/nodeinfomanager/nodeinfomanager.go.
 */
import type { Controller, ControllerContext } from './controller.ts';

const RESOURCE = 'csinodes.storage.k8s.io';

export function csiNodeController({ registry }: ControllerContext): Controller {
  return {
    name: 'csi-node',
    watches: [{ group: '', resource: 'nodes', toKeys: ({ metadata: { name } }, type) => (type === 'DELETED' ? [] : [{ name }]) }],
    reconcile: ({ name }) => {
      const node = registry.find('nodes', name);
      if (!node || registry.find(RESOURCE, name)) return;
      // Gone with its node: the garbage collector sees to that.
      const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name, uid: node.metadata.uid ?? '' }];
      registry.create(RESOURCE, { apiVersion: 'storage.k8s.io/v1', kind: 'CSINode', metadata: { name, ownerReferences }, spec: { drivers: null } } as never);
    },
  };
}
