/**
 * Binds claims to volumes, and says what becomes of a volume whose claim is gone.
 * See pkg/controller/volume/persistentvolume/pv_controller.go.
 * Differs from Kubernetes: claims do not grow (no volume type of the simulator can), and Recycle is not done.
 */
import { draft, isEqual } from '../api/deep.ts';
import type { ObjectKey, Stored } from '../api/object.ts';
import { timestamp } from '../api/time.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { find, keyOf, list } from './objects.ts';
import { BIND_COMPLETED, BOUND_BY_CONTROLLER, classOf, isFor, reserve, SELECTED_NODE, suitable, waitsForConsumer, type Claim, type PersistentVolume } from './storage/volumes.ts';

const COMPONENT = 'persistentvolume-controller';

export function claimBinder(context: ControllerContext): Controller {
  const { registry } = context;
  const unbound = () => list<Claim>(registry, 'persistentvolumeclaims').filter((claim) => claim.status?.phase !== 'Bound').map(keyOf);
  return {
    name: 'persistentvolume-binder',
    watches: [
      { group: '', resource: 'persistentvolumeclaims', toKeys: (object, type) => (type === 'DELETED' ? [] : [keyOf(object)]) },
      { group: '', resource: 'persistentvolumes', toKeys: (object) => claimsOf(object as unknown as Stored<PersistentVolume>, unbound) },
      { group: 'storage.k8s.io', resource: 'storageclasses', toKeys: unbound },
    ],
    reconcile: (key) => {
      const claim = find<Claim>(registry, 'persistentvolumeclaims', key);
      if (claim && !claim.metadata.deletionTimestamp) bindClaim(context, claim);
    },
  };
}

function claimsOf(volume: Stored<PersistentVolume>, unbound: () => readonly ObjectKey[]): readonly ObjectKey[] {
  const { claimRef } = volume.spec;
  return claimRef ? [{ namespace: claimRef.namespace, name: claimRef.name }] : unbound();
}

function bindClaim(context: ControllerContext, claim: Stored<Claim>): void {
  const { registry } = context;
  if (claim.spec.volumeName) {
    const volume = registry.find('persistentvolumes', claim.spec.volumeName) as Stored<PersistentVolume> | undefined;
    if (volume && (isFor(volume, claim) || !volume.spec.claimRef)) return complete(context, claim, volume);
    // Its volume was taken away, or belongs to somebody else: the data is lost, or was never there.
    if (claim.metadata.annotations?.[BIND_COMPLETED]) return lose(context, claim);
    return setPhase(context, claim, { phase: 'Pending' });
  }
  const waits = waitsForConsumer(registry, claim) && !claim.metadata.annotations?.[SELECTED_NODE];
  // A volume that names the claim is not waited for; neither is one that the scheduler has reserved.
  const volume = waits ? list<PersistentVolume>(registry, 'persistentvolumes').find((one) => isFor(one, claim)) : suitable(registry, claim);
  if (volume) return complete(context, claim, volume);
  setPhase(context, claim, { phase: 'Pending' });
  const tell = (type: 'Normal' | 'Warning', reason: string, message: string) => context.record({ object: claim, type, reason, message, component: COMPONENT });
  const storageClass = classOf(registry, claim);
  if (!claim.spec.storageClassName) return tell('Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set');
  if (!storageClass) return tell('Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io ${JSON.stringify(claim.spec.storageClassName)} not found`);
  if (waits) return tell('Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
  if (storageClass.provisioner === 'kubernetes.io/no-provisioner') return tell('Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set');
  handOver(context, claim, storageClass.provisioner);
  tell('Normal', 'ExternalProvisioning', `Waiting for a volume to be created either by the external provisioner '${storageClass.provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`);
}

/** Who provisions is told by annotation. */
function handOver({ registry }: ControllerContext, claim: Stored<Claim>, provisioner: string): void {
  const next = draft<Claim>(claim);
  next.metadata.annotations = { ...next.metadata.annotations, 'volume.beta.kubernetes.io/storage-provisioner': provisioner, 'volume.kubernetes.io/storage-provisioner': provisioner };
  if (!isEqual(next, claim)) registry.update('persistentvolumeclaims', next);
}

function complete(context: ControllerContext, claim: Stored<Claim>, volume: Stored<PersistentVolume>): void {
  const { registry } = context;
  if (volume.spec.claimRef?.uid !== claim.metadata.uid) reserve(registry, volume, claim);
  const next = draft<Claim>(claim);
  const isOurs = !claim.spec.volumeName;
  next.spec.volumeName = volume.metadata.name;
  next.metadata.annotations = { ...next.metadata.annotations, [BIND_COMPLETED]: 'yes', ...(isOurs && { [BOUND_BY_CONTROLLER]: 'yes' }) };
  const written = isEqual(next, claim) ? claim : (registry.update('persistentvolumeclaims', next) as unknown as Stored<Claim>);
  setPhase(context, written, { phase: 'Bound', accessModes: [...(volume.spec.accessModes ?? [])], capacity: { ...(volume.spec.capacity as { storage: string }) } });
}

function lose(context: ControllerContext, claim: Stored<Claim>): void {
  if (claim.status?.phase === 'Lost') return;
  context.record({ object: claim, type: 'Warning', reason: 'ClaimLost', message: 'Bound claim has lost its PersistentVolume. Data on the volume is lost!', component: COMPONENT });
  setPhase(context, claim, { phase: 'Lost' });
}

function setPhase({ registry }: ControllerContext, claim: Stored<Claim>, status: NonNullable<Claim['status']>): void {
  if (isEqual(status, claim.status)) return;
  registry.update('persistentvolumeclaims', { ...draft<Claim>(claim), status } as Claim, { subresource: 'status' });
}

export function volumeController(context: ControllerContext): Controller {
  const { registry } = context;
  return {
    name: 'persistentvolume',
    watches: [
      { group: '', resource: 'persistentvolumes', toKeys: (object, type) => (type === 'DELETED' ? [] : [{ name: object.metadata.name }]) },
      {
        group: '', resource: 'persistentvolumeclaims',
        toKeys: (object) => list<PersistentVolume>(registry, 'persistentvolumes').filter(({ spec }) => spec.claimRef?.name === object.metadata.name && spec.claimRef.namespace === object.metadata.namespace).map(({ metadata }) => ({ name: metadata.name })),
      },
    ],
    reconcile: ({ name }) => {
      const volume = registry.find('persistentvolumes', name) as unknown as Stored<PersistentVolume> | undefined;
      if (!volume) return;
      const phase = phaseOf(context, volume);
      if (volume.status?.phase === phase) return;
      registry.update('persistentvolumes', { ...draft<PersistentVolume>(volume), status: { phase, lastPhaseTransitionTime: timestamp(context.clock.unixMs()) } } as PersistentVolume, { subresource: 'status' });
    },
  };
}

function phaseOf({ registry }: ControllerContext, volume: Stored<PersistentVolume>): NonNullable<PersistentVolume['status']>['phase'] {
  const { claimRef } = volume.spec;
  if (claimRef?.uid === undefined) return 'Available';
  const claim = find<Claim>(registry, 'persistentvolumeclaims', claimRef);
  return claim?.metadata.uid === claimRef.uid ? 'Bound' : 'Released';
}
