/**
 * kind's storage: a directory on the node where the first consumer runs, for every claim of a class that names it.
 * Works only while its pod runs. See github.com/rancher/local-path-provisioner.
 * Differs from local-path-provisioner: directories are made and removed without a helper pod.
 */
import type { Stored } from '../api/object.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { keyOf, list, unlessGone, find } from './objects.ts';
import { isReady } from './pods.ts';
import type { Pod } from './shapes.ts';
import { classOf, SELECTED_NODE, type Claim, type PersistentVolume } from './storage/volumes.ts';

const PROVISIONER = 'rancher.io/local-path';
const NAMESPACE = 'local-path-storage';
const FOLDER = '/var/local-path-provisioner';
/** How long a volume takes to make. */
const MAKE_MS = 1500;

export function localPathProvisioner(context: ControllerContext): Controller {
  const { registry, clock } = context;
  const pending = () => list<Claim>(registry, 'persistentvolumeclaims').filter((claim) => !claim.spec.volumeName).map(keyOf);
  const begun = new Map<string, number>();
  return {
    name: 'local-path-provisioner',
    watches: [
      { group: '', resource: 'persistentvolumeclaims', toKeys: (object, type) => (type === 'DELETED' ? [] : [keyOf(object)]) },
      { group: '', resource: 'persistentvolumes', toKeys: (object, type) => (type === 'DELETED' ? [] : [{ name: object.metadata.name }]) },
      { group: '', resource: 'pods', toKeys: (object) => (object.metadata.namespace === NAMESPACE ? pending() : []) },
    ],
    reconcile: (key) => {
      const own = list<Pod>(registry, 'pods', NAMESPACE).find((pod) => pod.metadata.labels?.['app'] === 'local-path-provisioner' && isReady(pod));
      if (!own) return;
      if (key.namespace === undefined) return remove(context, key.name);
      const claim = find<Claim>(registry, 'persistentvolumeclaims', key);
      if (!claim || claim.spec.volumeName || claim.metadata.deletionTimestamp || !isOurs(claim)) return;
      const storageClass = classOf(registry, claim);
      const node = claim.metadata.annotations?.[SELECTED_NODE];
      if (!storageClass) return;
      const name = `pvc-${claim.metadata.uid}`;
      const tell = (type: 'Normal' | 'Warning', reason: string, message: string) => context.record({ object: claim, type, reason, message, component: `${PROVISIONER}_${own.metadata.name}_${own.metadata.uid}` });
      if (!begun.has(name)) {
        begun.set(name, clock.now());
        tell('Normal', 'Provisioning', `External provisioner is provisioning volume for claim "${key.namespace}/${key.name}"`);
        if (node === undefined) tell('Warning', 'ProvisioningFailed', `failed to provision volume with StorageClass "${storageClass.metadata.name}": configuration error, no node was specified`);
      }
      if (node === undefined) return;
      const leftMs = begun.get(name)! + MAKE_MS - clock.now();
      if (leftMs > 0) return { againAfterMs: leftMs };
      begun.delete(name);
      if (!registry.find('persistentvolumes', name)) registry.create('persistentvolumes', volumeFor(claim, name, node, storageClass.reclaimPolicy ?? 'Delete'));
      tell('Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${name}`);
    },
  };
}

const isOurs = (claim: Stored<Claim>): boolean => claim.metadata.annotations?.['volume.kubernetes.io/storage-provisioner'] === PROVISIONER;

function volumeFor(claim: Stored<Claim>, name: string, node: string, reclaimPolicy: 'Retain' | 'Delete'): PersistentVolume {
  const { namespace = 'default' } = claim.metadata;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations: { 'local.path.provisioner/selected-node': node, 'pv.kubernetes.io/provisioned-by': PROVISIONER } },
    spec: {
      accessModes: [...(claim.spec.accessModes ?? [])],
      capacity: { storage: claim.spec.resources?.requests?.storage ?? '0' },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: claim.metadata.name, namespace, resourceVersion: claim.metadata.resourceVersion ?? '', uid: claim.metadata.uid ?? '' },
      hostPath: { path: `${FOLDER}/${name}_${namespace}_${claim.metadata.name}`, type: 'DirectoryOrCreate' },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] }] } },
      persistentVolumeReclaimPolicy: reclaimPolicy,
      storageClassName: claim.spec.storageClassName ?? '',
      volumeMode: claim.spec.volumeMode ?? 'Filesystem',
    },
  };
}

/** A volume of ours whose claim is gone, and whose policy says so, goes too. */
function remove({ registry }: ControllerContext, name: string): void {
  const volume = registry.find('persistentvolumes', name) as unknown as Stored<PersistentVolume> | undefined;
  if (volume?.metadata.annotations?.['pv.kubernetes.io/provisioned-by'] !== PROVISIONER || volume.metadata.deletionTimestamp) return;
  if (volume.status?.phase === 'Released' && volume.spec.persistentVolumeReclaimPolicy === 'Delete') unlessGone(() => registry.delete('persistentvolumes', name, undefined));
}
