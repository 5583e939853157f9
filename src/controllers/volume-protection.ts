/**
 * Claims that a pod uses, and volumes that a claim uses, wait with their deletion.
 * See pkg/controller/volume/pvcprotection and pvprotection.
 */
import { draft } from '../api/deep.ts';
import type { KubeObject, ObjectKey, Stored } from '../api/object.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { find, keyOf, list, unlessGone } from './objects.ts';
import { isFinished } from './pods.ts';
import type { Pod } from './shapes.ts';
import type { Claim, PersistentVolume } from './storage/volumes.ts';

const CLAIM_FINALIZER = 'kubernetes.io/pvc-protection';
const VOLUME_FINALIZER = 'kubernetes.io/pv-protection';

/** The claims that a pod mounts. */
export function claimNames(pod: Stored<Pod>): readonly string[] {
  const { volumes = [] } = pod.spec as { readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName: string } }[] };
  return volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
}

export function claimProtection({ registry }: ControllerContext): Controller {
  const claimsOf = (object: Stored<KubeObject>): readonly ObjectKey[] => claimNames(object as unknown as Stored<Pod>).map((name) => ({ namespace: object.metadata.namespace ?? 'default', name }));
  return {
    name: 'pvc-protection',
    watches: [
      { group: '', resource: 'persistentvolumeclaims', toKeys: (object, type) => (type === 'DELETED' ? [] : [keyOf(object)]) },
      { group: '', resource: 'pods', toKeys: claimsOf },
    ],
    reconcile: (key) => {
      const claim = find<Claim>(registry, 'persistentvolumeclaims', key);
      if (!claim?.metadata.deletionTimestamp) return;
      const isUsed = list<Pod>(registry, 'pods', key.namespace).some((pod) => !isFinished(pod) && pod.spec.nodeName && claimNames(pod).includes(key.name));
      if (!isUsed) release(registry, 'persistentvolumeclaims', claim as unknown as Stored<KubeObject>, CLAIM_FINALIZER);
    },
  };
}

export function volumeProtection({ registry }: ControllerContext): Controller {
  return {
    name: 'pv-protection',
    watches: [{ group: '', resource: 'persistentvolumes', toKeys: (object, type) => (type === 'DELETED' ? [] : [{ name: object.metadata.name }]) }],
    reconcile: ({ name }) => {
      const volume = registry.find('persistentvolumes', name) as unknown as Stored<PersistentVolume> | undefined;
      if (volume?.metadata.deletionTimestamp && volume.status?.phase !== 'Bound') release(registry, 'persistentvolumes', volume as unknown as Stored<KubeObject>, VOLUME_FINALIZER);
    },
  };
}

function release(registry: ControllerContext['registry'], kind: string, object: Stored<KubeObject>, finalizer: string): void {
  if (!object.metadata.finalizers?.includes(finalizer)) return;
  const next = draft<KubeObject>(object);
  const left = (next.metadata.finalizers ?? []).filter((one) => one !== finalizer);
  if (left.length > 0) next.metadata.finalizers = left;
  else delete next.metadata.finalizers;
  unlessGone(() => registry.update(kind, next));
}
