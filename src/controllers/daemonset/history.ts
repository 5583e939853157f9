/**
 * Revisions of a DaemonSet: one ControllerRevision per template it ever had, what `rollout undo` goes back to.
 * See pkg/controller/daemon/update.go and pkg/controller/history.
 */
import type { Stored } from '../../api/object.ts';
import { draft, isEqual } from '../../api/deep.ts';
import type { ControllerContext } from '../controller.ts';
import { controllerReference, unlessGone } from '../objects.ts';
import { podTemplateHash } from '../pod-template-hash.ts';
import { claim } from '../selectors.ts';
import type { ControllerRevision, DaemonSet } from '../shapes.ts';

const KIND = 'controllerrevisions.apps';
export const HASH_LABEL = 'controller-revision-hash';

/** The revision of the present template, made or renumbered if need be. */
export function currentRevision({ registry }: ControllerContext, daemonSet: Stored<DaemonSet>): Stored<ControllerRevision> {
  const history = revisions(registry, daemonSet);
  const data = { spec: { template: { ...daemonSet.spec.template, $patch: 'replace' } } };
  const next = Math.max(0, ...history.map((one) => one.revision)) + 1;
  const same = history.filter((one) => isEqual(one.data, data)).sort((a, b) => b.revision - a.revision)[0];
  if (same) {
    if (same.revision === next - 1) return same;
    return registry.update(KIND, { ...draft<ControllerRevision>(same), revision: next } as ControllerRevision) as unknown as Stored<ControllerRevision>;
  }
  const hash = podTemplateHash(daemonSet.spec.template, daemonSet.status?.collisionCount);
  const { 'kubectl.kubernetes.io/last-applied-configuration': lastApplied, ...annotations } = daemonSet.metadata.annotations ?? {};
  const revision: ControllerRevision = {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${daemonSet.metadata.name}-${hash}`,
      namespace: daemonSet.metadata.namespace ?? 'default',
      labels: { ...daemonSet.spec.template.metadata?.labels, [HASH_LABEL]: hash },
      annotations: { ...annotations, ...(lastApplied === undefined ? {} : { 'kubectl.kubernetes.io/last-applied-configuration': lastApplied }) },
      ownerReferences: [controllerReference(daemonSet)],
    },
    data,
    revision: next,
  };
  return registry.create(KIND, revision, { namespace: daemonSet.metadata.namespace ?? 'default' }) as unknown as Stored<ControllerRevision>;
}

/** Forgets old revisions that no pod has, beyond the limit. */
export function trimHistory({ registry }: ControllerContext, daemonSet: Stored<DaemonSet>, current: Stored<ControllerRevision>, liveHashes: ReadonlySet<string | undefined>): void {
  const dead = revisions(registry, daemonSet)
    .filter((one) => one.metadata.uid !== current.metadata.uid && !liveHashes.has(one.metadata.labels?.[HASH_LABEL]))
    .sort((a, b) => a.revision - b.revision);
  for (const one of dead.slice(0, Math.max(0, dead.length - (daemonSet.spec.revisionHistoryLimit ?? 10)))) {
    unlessGone(() => registry.delete(KIND, one.metadata.name, one.metadata.namespace));
  }
}

function revisions(registry: ControllerContext['registry'], daemonSet: Stored<DaemonSet>): readonly Stored<ControllerRevision>[] {
  return claim<ControllerRevision>(registry, KIND, daemonSet, daemonSet.spec.selector);
}
