/**
 * Accepts the names of CustomResourceDefinitions and establishes them; when one is deleted, deletes what it described.
 * See apiextensions-apiserver/pkg/controller/{status/naming_controller,establish,finalizer/crd_finalizer}.go.
 */
import { draft, isEqual } from '../api/deep.ts';
import type { Stored } from '../api/object.ts';
import { timestamp } from '../api/time.ts';
import { CLEANUP_FINALIZER, type Definition, type Names } from '../kinds/custom/definition.ts';
import { isTrue } from '../kinds/custom/custom-kind.ts';
import { withCondition } from './conditions.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { find, unlessGone } from './objects.ts';
import type { Condition } from './shapes.ts';

const RESOURCE = 'customresourcedefinitions.apiextensions.k8s.io';

/** How often to look whether the last instance is gone: finalizers of their own may hold them. */
const RETRY_MS = 500;

export function customResourceDefinitionController(context: ControllerContext): Controller {
  return {
    name: 'custom-resource-definition',
    watches: [{ group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions', toKeys: (object) => [{ name: object.metadata.name }] }],
    reconcile: ({ name }) => {
      const definition = find<Definition>(context.registry, RESOURCE, { name });
      if (!definition) return;
      if (definition.metadata.deletionTimestamp) return clearUp(context, definition);
      acceptNames(context, definition);
    },
  };
}

function acceptNames(context: ControllerContext, definition: Stored<Definition>): void {
  const taken = takenNames(context, definition);
  const { names } = definition.spec;
  const conflict = conflictOf(names as Names, taken);
  const before = definition.status?.acceptedNames;
  const acceptedNames = conflict ? before : names;
  const accepted = conflict ? { status: 'False', reason: conflict.reason, message: `${JSON.stringify(conflict.name)} is already in use` } : { status: 'True', reason: 'NoConflicts', message: 'no conflicts found' };
  const wanted = [{ type: 'NamesAccepted', ...accepted }];
  if (!isTrue(definition, 'Established')) {
    wanted.push(conflict ? { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' } : { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' });
  }
  writeStatus(context, definition, wanted, acceptedNames as Names | undefined);
}

interface Conflict {
  readonly reason: string;
  readonly name: string;
}

function conflictOf({ plural, singular = '', shortNames = [], kind, listKind = '' }: Names, taken: { readonly resources: ReadonlySet<string>; readonly kinds: ReadonlySet<string> }): Conflict | undefined {
  if (taken.resources.has(plural)) return { reason: 'PluralConflict', name: plural };
  if (taken.resources.has(singular)) return { reason: 'SingularConflict', name: singular };
  const short = shortNames.find((name) => taken.resources.has(name));
  if (short !== undefined) return { reason: 'ShortNamesConflict', name: short };
  if (taken.kinds.has(kind)) return { reason: 'KindConflict', name: kind };
  return taken.kinds.has(listKind) ? { reason: 'ListKindConflict', name: listKind } : undefined;
}

/** Names that other definitions of the same group hold. */
function takenNames({ registry }: ControllerContext, { metadata, spec }: Stored<Definition>): { resources: Set<string>; kinds: Set<string> } {
  const others = (registry.list(RESOURCE).items as unknown as Stored<Definition>[]).filter((other) => other.spec.group === spec.group && other.metadata.uid !== metadata.uid).flatMap(({ status }) => status?.acceptedNames ?? []);
  return {
    resources: new Set(others.flatMap(({ plural, singular, shortNames = [] }) => [plural, singular ?? '', ...shortNames]).filter(Boolean)),
    kinds: new Set(others.flatMap(({ kind, listKind }) => [kind, listKind ?? '']).filter(Boolean)),
  };
}

/** Instances first, then the finalizer; they may have finalizers of their own. */
function clearUp(context: ControllerContext, definition: Stored<Definition>): void | { againAfterMs: number } {
  const { registry } = context;
  if (!definition.metadata.finalizers?.includes(CLEANUP_FINALIZER)) return undefined;
  writeStatus(context, definition, [{ type: 'Terminating', status: 'True', reason: 'InstanceDeletionInProgress', message: 'CustomResource deletion is in progress' }], definition.status?.acceptedNames as Names | undefined);
  const kind = registry.kinds.find((one) => one.definedBy === definition.metadata.name);
  for (const { metadata } of kind ? registry.list(kind).items : []) if (!metadata.deletionTimestamp) unlessGone(() => registry.delete(kind!, metadata.name, metadata.namespace));
  if (kind && registry.list(kind, { limit: 1 }).items.length > 0) return { againAfterMs: RETRY_MS };
  unlessGone(() => {
    const next = draft<Definition>(registry.get(RESOURCE, definition.metadata.name) as unknown as Stored<Definition>);
    next.metadata.finalizers = (next.metadata.finalizers ?? []).filter((one) => one !== CLEANUP_FINALIZER);
    registry.update(RESOURCE, next);
  });
  return undefined;
}

function writeStatus({ registry, clock }: ControllerContext, definition: Stored<Definition>, wanted: readonly { type: string; status: string; reason: string; message: string }[], acceptedNames: Names | undefined): void {
  const lastTransitionTime = timestamp(clock.unixMs());
  const before = draft<Condition[]>((definition.status?.conditions ?? []) as Condition[]);
  const conditions = wanted.reduce<Condition[]>((all, one) => withCondition(all, { ...one, lastTransitionTime } as Condition), before);
  const status = { ...draft<object>(definition.status ?? {}), conditions, ...(acceptedNames && { acceptedNames: draft<Names>(acceptedNames) }) };
  if (isEqual(status, definition.status)) return;
  unlessGone(() => registry.updateStatus(RESOURCE, { ...draft<Definition>(definition), status } as unknown as Definition));
}
