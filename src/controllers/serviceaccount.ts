/** Every namespace has a service account named default. See pkg/controller/serviceaccount/serviceaccounts_controller.go. */
import type { KubeObject } from '../api/object.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { find } from './objects.ts';
import { isNamespaceTerminating } from './pod-control.ts';
import type { Namespace } from './shapes.ts';

export function serviceAccountController({ registry }: ControllerContext): Controller {
  return {
    name: 'serviceaccount',
    watches: [
      { group: '', resource: 'namespaces', toKeys: (object) => [{ name: object.metadata.name }] },
      { group: '', resource: 'serviceaccounts', toKeys: (object, type) => (type === 'DELETED' ? [{ name: object.metadata.namespace ?? 'default' }] : []) },
    ],
    reconcile: ({ name }) => {
      const namespace = find<Namespace>(registry, 'namespaces', { name });
      if (!namespace || namespace.status?.phase === 'Terminating' || find(registry, 'serviceaccounts', { namespace: name, name: 'default' })) return;
      try {
        registry.create('serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } } as KubeObject, { namespace: name });
      } catch (error) {
        if (!isNamespaceTerminating(error)) throw error;
      }
    },
  };
}
