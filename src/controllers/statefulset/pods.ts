/**
 * The pod of an ordinal: its name, its place in the DNS, its claims. See pkg/controller/statefulset/stateful_set_utils.go
 * and stateful_pod_control.go.
 */
import { draft, isEqual } from '../../api/deep.ts';
import type { OwnerReference, Stored } from '../../api/object.ts';
import { ApiError } from '../../api/status.ts';
import type { ControllerContext } from '../controller.ts';
import { controllerReference, find, unlessGone } from '../objects.ts';
import { isNamespaceTerminating } from '../pod-control.ts';
import type { Pod } from '../shapes.ts';
import type { Claim, StatefulSet } from './shapes.ts';

const COMPONENT = 'statefulset-controller';
export const REVISION_LABEL = 'controller-revision-hash';

export function ordinalOf(set: Stored<StatefulSet>, pod: Stored<Pod>): number | undefined {
  const digits = pod.metadata.name.startsWith(`${set.metadata.name}-`) ? pod.metadata.name.slice(set.metadata.name.length + 1) : '';
  return /^\d+$/.test(digits) ? Number(digits) : undefined;
}

/** Claims first, then the pod that mounts them; each with its event. @throws ApiError */
export function createOrdinal(context: ControllerContext, set: Stored<StatefulSet>, ordinal: number, template: Stored<StatefulSet>['spec']['template'], revision: string): void {
  const pod = podFor(set, ordinal, template, revision);
  const tell = (type: 'Normal' | 'Warning', message: string) => context.record({ object: set, type, reason: type === 'Normal' ? 'SuccessfulCreate' : 'FailedCreate', message, component: COMPONENT });
  const { name } = set.metadata;
  try {
    for (const wanted of claimsFor(set, ordinal)) {
      if (find(context.registry, 'persistentvolumeclaims', { name: wanted.metadata.name, namespace: wanted.metadata.namespace ?? 'default' })) continue;
      context.registry.create('persistentvolumeclaims', wanted, { namespace: wanted.metadata.namespace ?? 'default' });
      tell('Normal', `create Claim ${wanted.metadata.name} Pod ${pod.metadata.name} in StatefulSet ${name} success`);
    }
    context.registry.create('pods', pod, { namespace: pod.metadata.namespace ?? 'default' });
    tell('Normal', `create Pod ${pod.metadata.name} in StatefulSet ${name} successful`);
  } catch (error) {
    if (error instanceof ApiError && error.status.reason !== 'AlreadyExists' && !isNamespaceTerminating(error)) tell('Warning', `create Pod ${pod.metadata.name} in StatefulSet ${name} failed error: ${error.message}`);
    throw error;
  }
}

export function deleteOrdinal(context: ControllerContext, set: Stored<StatefulSet>, pod: Stored<Pod>): void {
  unlessGone(() => context.registry.delete('pods', pod.metadata.name, pod.metadata.namespace, { preconditions: { uid: pod.metadata.uid ?? '' } }));
  context.record({ object: set, type: 'Normal', reason: 'SuccessfulDelete', message: `delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`, component: COMPONENT });
}

function podFor(set: Stored<StatefulSet>, ordinal: number, template: Stored<StatefulSet>['spec']['template'], revision: string): Pod {
  const name = `${set.metadata.name}-${ordinal}`;
  const { labels, annotations, finalizers } = draft(template.metadata ?? {}) as Pod['metadata'];
  const spec = draft(template.spec) as Pod['spec'] & { volumes?: { name: string }[] };
  const claims = (set.spec.volumeClaimTemplates ?? []).map((claim) => claim.metadata.name);
  const volumes = claims.map((claim) => ({ name: claim, persistentVolumeClaim: { claimName: `${claim}-${name}` } }));
  if (volumes.length > 0) spec.volumes = [...volumes, ...(spec.volumes ?? []).filter((volume) => !claims.includes(volume.name))];
  spec.hostname = name;
  if (set.spec.serviceName) spec.subdomain = set.spec.serviceName;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      generateName: `${set.metadata.name}-`,
      namespace: set.metadata.namespace ?? 'default',
      labels: { ...labels, 'apps.kubernetes.io/pod-index': String(ordinal), [REVISION_LABEL]: revision, 'statefulset.kubernetes.io/pod-name': name },
      ...(annotations ? { annotations } : {}),
      ...(finalizers ? { finalizers } : {}),
      ownerReferences: [controllerReference(set)],
    } as Pod['metadata'],
    spec,
  };
}

function claimsFor(set: Stored<StatefulSet>, ordinal: number): readonly Claim[] {
  return (set.spec.volumeClaimTemplates ?? []).map((template) => {
    const claim = draft<Claim>(template as Stored<Claim>);
    delete claim.status;
    return {
      ...claim,
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        ...claim.metadata,
        name: `${template.metadata.name}-${set.metadata.name}-${ordinal}`,
        namespace: set.metadata.namespace ?? 'default',
        labels: { ...claim.metadata.labels, ...set.spec.selector.matchLabels },
        ...(set.spec.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete' && { ownerReferences: [reference(set)] }),
      },
    };
  });
}

/** With `whenScaled: Delete` a claim goes with the pod that is taken away. */
export function leaveClaimsTo({ registry }: ControllerContext, set: Stored<StatefulSet>, ordinal: number, pod: Stored<Pod>): void {
  if (set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return;
  for (const { metadata } of claimsFor(set, ordinal)) {
    const claim = find<Claim>(registry, 'persistentvolumeclaims', { name: metadata.name, namespace: metadata.namespace ?? 'default' });
    if (!claim) continue;
    const next = draft<Claim>(claim);
    next.metadata.ownerReferences = [reference(pod)];
    if (!isEqual(next, claim)) unlessGone(() => registry.update('persistentvolumeclaims', next));
  }
}

function reference(owner: Stored<StatefulSet> | Stored<Pod>): OwnerReference {
  const { controller: _controller, blockOwnerDeletion: _block, ...plain } = controllerReference(owner as never);
  return plain;
}
