/**
 * A namespace that is deleted takes everything in it along, and goes last. What holds it up stands in its conditions.
 * See pkg/controller/namespace/deletion/namespaced_resources_deleter.go.
 */
import type { Stored } from '../api/object.ts';
import { draft, isEqual } from '../api/deep.ts';
import { timestamp } from '../api/time.ts';
import { withCondition } from './conditions.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { find, unlessGone } from './objects.ts';
import type { Condition, Namespace } from './shapes.ts';

/**
 * namespaceDeletionGracePeriod: so long does the real controller wait before it begins, for API servers that have not yet
 * heard of the deletion.
 */
const GRACE_MS = 5000;
/** How often to look again while something remains; pods need their grace period. */
const RETRY_MS = 500;

export function namespaceController(context: ControllerContext): Controller {
  return {
    name: 'namespace',
    watches: [{ group: '', resource: 'namespaces', toKeys: (object) => [{ name: object.metadata.name }] }],
    reconcile: ({ name }) => {
      const namespace = find<Namespace>(context.registry, 'namespaces', { name });
      if (!namespace?.metadata.deletionTimestamp || !namespace.spec?.finalizers?.includes('kubernetes')) return;
      const wait = Date.parse(namespace.metadata.deletionTimestamp) + GRACE_MS - context.clock.unixMs();
      if (wait > 0) return { againAfterMs: wait };
      deleteContents(context, name);
      const remains = remaining(context, name);
      writeConditions(context, namespace, remains);
      if (remains.length > 0) return { againAfterMs: RETRY_MS };
      unlessGone(() => {
        const next = draft<Namespace>(context.registry.get('namespaces', name) as unknown as Stored<Namespace>);
        next.spec = { ...next.spec, finalizers: (next.spec?.finalizers ?? []).filter((one) => one !== 'kubernetes') };
        context.registry.update('namespaces', next, { subresource: 'finalize' });
      });
    },
  };
}

/** Workloads first would be kinder, the real one deletes in whatever order discovery gives; the end is the same. */
function deleteContents({ registry }: ControllerContext, namespace: string): void {
  for (const kind of registry.kinds) {
    if (!kind.stored || !kind.namespaced || !kind.verbs.includes('deletecollection')) {
      if (kind.stored && kind.namespaced && kind.verbs.includes('delete')) {
        for (const { metadata } of registry.list(kind, { namespace }).items) unlessGone(() => registry.delete(kind, metadata.name, namespace));
      }
      continue;
    }
    if (registry.list(kind, { namespace, limit: 1 }).items.length > 0) registry.deleteCollection(kind, { namespace });
  }
}

interface Remaining {
  readonly resource: string;
  readonly count: number;
  readonly finalizers: readonly string[];
}

function remaining({ registry }: ControllerContext, namespace: string): readonly Remaining[] {
  const found: Remaining[] = [];
  for (const kind of registry.kinds) {
    // The same events are served in two groups; one row is enough.
    if (!kind.stored || !kind.namespaced || !kind.verbs.includes('delete') || kind.group === 'events.k8s.io') continue;
    const { items } = registry.list(kind, { namespace });
    if (items.length > 0) found.push({ resource: kind.group ? `${kind.plural}.${kind.group}` : `${kind.plural}.`, count: items.length, finalizers: items.flatMap((item) => item.metadata.finalizers ?? []) });
  }
  return found;
}

function writeConditions({ registry, clock }: ControllerContext, namespace: Stored<Namespace>, remains: readonly Remaining[]): void {
  const lastTransitionTime = timestamp(clock.unixMs());
  const finalizers = new Map<string, number>();
  for (const name of remains.flatMap((one) => one.finalizers)) finalizers.set(name, (finalizers.get(name) ?? 0) + 1);
  const left = remains.map((one) => `${one.resource} has ${one.count} resource instances`).join(', ');
  const held = [...finalizers].map(([name, count]) => `${name} in ${count} resource instances`).join(', ');
  const wanted: Condition[] = [
    { type: 'NamespaceDeletionDiscoveryFailure', status: 'False', lastTransitionTime, reason: 'ResourcesDiscovered', message: 'All resources successfully discovered' },
    { type: 'NamespaceDeletionGroupVersionParsingFailure', status: 'False', lastTransitionTime, reason: 'ParsedGroupVersions', message: 'All legacy kube types successfully parsed' },
    { type: 'NamespaceDeletionContentFailure', status: 'False', lastTransitionTime, reason: 'ContentDeleted', message: 'All content successfully deleted, may be waiting on finalization' },
    left
      ? { type: 'NamespaceContentRemaining', status: 'True', lastTransitionTime, reason: 'SomeResourcesRemain', message: `Some resources are remaining: ${left}` }
      : { type: 'NamespaceContentRemaining', status: 'False', lastTransitionTime, reason: 'ContentRemoved', message: 'All content successfully removed' },
    held
      ? { type: 'NamespaceFinalizersRemaining', status: 'True', lastTransitionTime, reason: 'SomeFinalizersRemain', message: `Some content in the namespace has finalizers remaining: ${held}` }
      : { type: 'NamespaceFinalizersRemaining', status: 'False', lastTransitionTime, reason: 'ContentHasNoFinalizers', message: 'All content-preserving finalizers finished' },
  ];
  const conditions = wanted.reduce<Condition[]>((all, one) => withCondition(all, one), draft<Condition[]>(namespace.status?.conditions ?? []));
  if (isEqual(conditions, namespace.status?.conditions)) return;
  unlessGone(() => registry.update('namespaces', { ...draft<Namespace>(namespace), status: { phase: 'Terminating', conditions } } as Namespace, { subresource: 'status' }));
}
