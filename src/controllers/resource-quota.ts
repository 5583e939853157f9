/**
 * ResourceQuota: counts what a namespace uses of what it may use. Only counts; refusing what is too much is admission's.
 * See pkg/controller/resourcequota/resource_quota_controller.go and pkg/quota/v1/evaluator/core.
 */
import type { KubeObject, ObjectKey, Stored } from '../api/object.ts';
import { draft, isEqual } from '../api/deep.ts';
import { addQuantities, parseQuantity, printQuantity, type Quantity } from '../api/quantity.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { find, keyOf, list } from './objects.ts';
import { isFinished } from './pods.ts';
import type { Pod, Service } from './shapes.ts';

interface ResourceQuota extends KubeObject {
  spec?: { hard?: Record<string, string> };
  status?: { hard?: Record<string, string>; used?: Record<string, string> };
}

/** Objects that a quota may count under their plain name. */
const COUNTED = ['configmaps', 'persistentvolumeclaims', 'replicationcontrollers', 'resourcequotas', 'secrets', 'services'];

export function resourceQuotaController(context: ControllerContext): Controller {
  const { registry } = context;
  const quotasOf = (object: Stored<KubeObject>): readonly ObjectKey[] => list<ResourceQuota>(registry, 'resourcequotas', object.metadata.namespace).map(keyOf);
  return {
    name: 'resourcequota',
    watches: [
      { group: '', resource: 'resourcequotas', toKeys: (object, type) => (type === 'DELETED' ? [] : [keyOf(object)]) },
      { group: '', resource: 'pods', toKeys: quotasOf },
      ...COUNTED.filter((resource) => resource !== 'resourcequotas').map((resource) => ({ group: '', resource, toKeys: quotasOf })),
      { group: 'apps', resource: 'deployments', toKeys: quotasOf },
    ],
    reconcile: (key) => {
      const quota = find<ResourceQuota>(registry, 'resourcequotas', key);
      if (!quota) return;
      const hard = { ...quota.spec?.hard };
      const used = Object.fromEntries(Object.keys(hard).flatMap((name) => {
        const amount = usedOf(context, key.namespace ?? 'default', name);
        return amount === undefined ? [] : [[name, amount]];
      }));
      const status = { hard, used };
      if (!isEqual(status, quota.status)) registry.update('resourcequotas', { ...draft<ResourceQuota>(quota), status } as ResourceQuota, { subresource: 'status' });
    },
  };
}

/** Undefined for a name that nothing counts. */
function usedOf({ registry }: ControllerContext, namespace: string, name: string): string | undefined {
  const pods = () => list<Pod>(registry, 'pods', namespace).filter((pod) => !isFinished(pod));
  if (name === 'pods' || name === 'count/pods') return String(pods().length);
  if (COUNTED.includes(name)) return String(list(registry, name, namespace).length);
  if (name === 'services.nodeports' || name === 'services.loadbalancers') {
    const types = name === 'services.nodeports' ? ['NodePort', 'LoadBalancer'] : ['LoadBalancer'];
    return String(list<Service>(registry, 'services', namespace).filter((service) => types.includes(service.spec.type ?? 'ClusterIP')).length);
  }
  const counted = /^count\/([a-z]+)(?:\.(.+))?$/.exec(name);
  if (counted) return registry.kindOf(counted[2] ?? '', counted[1] ?? '') ? String(list(registry, name.slice('count/'.length), namespace).length) : undefined;
  const [section, resource] = name.startsWith('limits.') ? (['limits', name.slice('limits.'.length)] as const) : (['requests', name.replace(/^requests\./, '')] as const);
  if (!['cpu', 'memory', 'ephemeral-storage'].includes(resource)) return undefined;
  let total: Quantity | undefined;
  for (const pod of pods()) {
    for (const container of pod.spec.containers) {
      const amount = parseQuantity(String(container.resources?.[section]?.[resource] ?? ''));
      if (amount) total = addQuantities(total, amount);
    }
  }
  return total ? printQuantity(total) : '0';
}
