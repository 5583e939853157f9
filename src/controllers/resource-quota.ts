/**
 * ResourceQuota: counts what a namespace uses of what it may use. Only counts; refusing what is too much is admission's.
 * See pkg/controller/resourcequota/resource_quota_controller.go.
 */
import type { KubeObject, ObjectKey, Stored } from '../api/object.ts';
import { draft, isEqual } from '../api/deep.ts';
import type { Loose } from '../kinds/define.ts';
import { usedOf } from '../kinds/quota/usage.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { find, keyOf, list } from './objects.ts';

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
        const amount = usedOf(registry, quota as unknown as Loose, name);
        return amount === undefined ? [] : [[name, amount]];
      }));
      const status = { hard, used };
      if (!isEqual(status, quota.status)) registry.update('resourcequotas', { ...draft<ResourceQuota>(quota), status } as ResourceQuota, { subresource: 'status' });
    },
  };
}
