/**
 * Every namespace has the cluster's CA, for pods that talk to the API server. The CA itself is where kubeadm clusters
 * publish it: kube-system/extension-apiserver-authentication; until it is there, the map waits empty.
 * See pkg/controller/certificates/rootcacertpublisher/publisher.go.
 */
import type { KubeObject, Stored } from '../api/object.ts';
import { draft, isEqual } from '../api/deep.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { find, list } from './objects.ts';
import { isNamespaceTerminating } from './pod-control.ts';
import type { Namespace } from './shapes.ts';

const NAME = 'kube-root-ca.crt';
const SOURCE = { namespace: 'kube-system', name: 'extension-apiserver-authentication' };
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
}

export function rootCaController({ registry }: ControllerContext): Controller {
  return {
    name: 'root-ca',
    watches: [
      { group: '', resource: 'namespaces', toKeys: (object) => [{ name: object.metadata.name }] },
      {
        group: '',
        resource: 'configmaps',
        toKeys: ({ metadata }) => {
          if (metadata.name === NAME) return [{ name: metadata.namespace ?? 'default' }];
          const isSource = metadata.name === SOURCE.name && metadata.namespace === SOURCE.namespace;
          return isSource ? list<Namespace>(registry, 'namespaces').map(({ metadata: { name } }) => ({ name })) : [];
        },
      },
    ],
    reconcile: ({ name: namespace }) => {
      const owner = find<Namespace>(registry, 'namespaces', { name: namespace });
      if (!owner || owner.status?.phase === 'Terminating') return;
      const data = { 'ca.crt': find<ConfigMap>(registry, 'configmaps', SOURCE)?.data?.['client-ca-file'] ?? '' };
      const current: Stored<ConfigMap> | undefined = find<ConfigMap>(registry, 'configmaps', { namespace, name: NAME });
      if (current) {
        if (!isEqual(current.data, data)) registry.update('configmaps', { ...draft<ConfigMap>(current), data } as ConfigMap);
        return;
      }
      const configMap: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: NAME, namespace, annotations: { 'kubernetes.io/description': DESCRIPTION } }, data };
      try {
        registry.create('configmaps', configMap, { namespace });
      } catch (error) {
        if (!isNamespaceTerminating(error)) throw error;
      }
    },
  };
}
