/**
 * Revisions of a StatefulSet: every template it had, by which `rollout undo` finds back and pods tell old from new.
 * See pkg/controller/history/controller_history.go.
 */
import { draft, isEqual } from '../../api/deep.ts';
import type { Stored } from '../../api/object.ts';
import type { ControllerContext } from '../controller.ts';
import { controllerReference, unlessGone } from '../objects.ts';
import { podTemplateHash } from '../pod-template-hash.ts';
import { claim } from '../selectors.ts';
import type { ControllerRevision } from '../shapes.ts';
import type { StatefulSet } from './shapes.ts';

const KIND = 'controllerrevisions.apps';

export interface Revisions {
  /** What a pod below the partition, or not yet updated, is made of. */
  readonly current: Stored<ControllerRevision>;
  readonly update: Stored<ControllerRevision>;
}

export function revisionsOf({ registry }: ControllerContext, set: Stored<StatefulSet>): Revisions {
  const history = [...claim<ControllerRevision>(registry, KIND, set, set.spec.selector)].sort((a, b) => a.revision - b.revision);
  const data = { spec: { template: { ...set.spec.template, $patch: 'replace' } } };
  const latest = history.at(-1)?.revision ?? 0;
  const same = history.findLast((one) => isEqual(one.data, data));
  let update = same;
  if (!update) {
    const hash = podTemplateHash(set.spec.template, set.status?.collisionCount);
    const revision: ControllerRevision = {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name: `${set.metadata.name}-${hash}`,
        namespace: set.metadata.namespace ?? 'default',
        labels: { ...set.spec.template.metadata?.labels, 'controller.kubernetes.io/hash': hash },
        ...(set.metadata.annotations && { annotations: { ...set.metadata.annotations } }),
        ownerReferences: [controllerReference(set)],
      },
      data,
      revision: latest + 1,
    };
    update = registry.create(KIND, revision, { namespace: set.metadata.namespace ?? 'default' }) as unknown as Stored<ControllerRevision>;
  } else if (update.revision < latest) {
    // Back to an old template: its revision becomes the newest.
    update = registry.update(KIND, { ...draft<ControllerRevision>(update), revision: latest + 1 } as ControllerRevision) as unknown as Stored<ControllerRevision>;
  }
  return { current: history.find((one) => one.metadata.name === set.status?.currentRevision) ?? update, update };
}

/** The template that a revision keeps. */
export function templateOf(revision: Stored<ControllerRevision>): Stored<StatefulSet>['spec']['template'] {
  const { $patch: _patch, ...template } = (revision.data as { spec: { template: Stored<StatefulSet>['spec']['template'] & { $patch?: string } } }).spec.template;
  return template;
}

export function trim({ registry }: ControllerContext, set: Stored<StatefulSet>, live: ReadonlySet<string | undefined>): void {
  const dead = claim<ControllerRevision>(registry, KIND, set, set.spec.selector)
    .filter((one) => !live.has(one.metadata.name))
    .toSorted((a, b) => a.revision - b.revision);
  for (const one of dead.slice(0, Math.max(0, dead.length - (set.spec.revisionHistoryLimit ?? 10)))) unlessGone(() => registry.delete(KIND, one.metadata.name, one.metadata.namespace));
}
