/**
 * Who owns which fields: what an update takes over, what an apply claims, gives up and collides with.
 * Knows no kinds and no HTTP. See structured-merge-diff/merge/update.go and apimachinery/pkg/util/managedfields.
 */
import type { ManagedFieldsEntry } from '../object.ts';
import { difference, fromFieldsV1, intersection, isEmpty, isSameSet, NOTHING, paths, toFieldsV1, union, type FieldSet } from './field-set.ts';
import type { Shape } from './shape.ts';
import { compare, fieldsOf, mergeTyped, removeFields, withParents } from './typed.ts';

export interface Manager {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource?: string | undefined;
}

export interface Owned extends Manager {
  readonly time?: string | undefined;
  readonly fields: FieldSet;
}

export interface Conflict {
  readonly owner: Owned;
  readonly path: string;
}

export interface Applied {
  readonly object: unknown;
  readonly owners: readonly Owned[];
  /** Not empty: nothing else counts. */
  readonly conflicts: readonly Conflict[];
}

export function decodeOwners(entries: readonly ManagedFieldsEntry[] | undefined): Owned[] {
  return (entries ?? []).filter((entry) => entry.operation !== undefined).map((entry) => ({
    manager: entry.manager ?? '', operation: entry.operation!, apiVersion: entry.apiVersion ?? '', subresource: entry.subresource, time: entry.time, fields: fromFieldsV1(entry.fieldsV1),
  }));
}

/** Appliers first, then by time and name. */
export function encodeOwners(owners: readonly Owned[]): ManagedFieldsEntry[] {
  const order = ({ operation, time, manager, apiVersion, subresource }: Owned) => [operation, time ?? '', manager, apiVersion, subresource ?? ''].join('\0');
  return owners.filter(({ fields }) => !isEmpty(fields)).toSorted((a, b) => (order(a) < order(b) ? -1 : 1)).map(({ manager, operation, apiVersion, subresource, time, fields }) => ({
    manager, operation, apiVersion, ...(time !== undefined && { time }), fieldsType: 'FieldsV1', fieldsV1: toFieldsV1(fields), ...(subresource !== undefined && { subresource }),
  }));
}

/** Somebody wrote the object: what changed is theirs, and no longer anybody else's. `owners` itself when nothing changed. */
export function ownByUpdate(shape: Shape, before: unknown, after: unknown, owners: readonly Owned[], who: Manager, time: string, strip: (set: FieldSet) => FieldSet): readonly Owned[] {
  const { added, modified, removed } = compare(shape, before, after);
  const taken = union(added, modified);
  if (isEmpty(taken) && isEmpty(removed)) return owners;
  const left = owners.map((owner) => ({ ...owner, fields: difference(difference(owner.fields, taken), removed) }));
  const fresh = strip(taken);
  if (isEmpty(fresh)) return left;
  const own = left.find((owner) => isSameManager(owner, who));
  return [...left.filter((owner) => owner !== own), { ...who, time, fields: union(own?.fields ?? NOTHING, fresh) }];
}

/** A configuration is applied: its fields are set, those that it no longer names and nobody else owns are removed. */
export function applyConfiguration(shape: Shape, live: unknown, config: unknown, owners: readonly Owned[], who: Manager, options: { time: string; force: boolean; strip: (set: FieldSet) => FieldSet }): Applied {
  const last = owners.find((owner) => isSameManager(owner, who));
  const claimed = options.strip(fieldsOf(shape, config));
  const others = owners.filter((owner) => owner !== last);
  const merged = mergeTyped(shape, live, config);
  const object = last ? prune(shape, merged, last.fields, [claimed, ...others.map(({ fields }) => fields)]) : merged;
  const { added, modified, removed } = compare(shape, live, object);
  const taken = union(added, modified);
  const collisions = others.map((owner) => ({ owner, fields: intersection(owner.fields, taken) })).filter(({ fields }) => !isEmpty(fields));
  if (collisions.length > 0 && !options.force) return { object, owners, conflicts: collisions.flatMap(({ owner, fields }) => paths(fields).map((path) => ({ owner, path }))) };
  const isUnchanged = last && isSameSet(last.fields, claimed) && isEmpty(taken) && isEmpty(removed);
  const own: Owned = { ...who, time: isUnchanged ? last.time : options.time, fields: claimed };
  return { object, conflicts: [], owners: [...others.map((owner) => ({ ...owner, fields: difference(difference(owner.fields, taken), removed) })), own] };
}

/** Takes out what the manager had applied before and nobody names now; what hung below goes along. */
function prune(shape: Shape, merged: unknown, last: FieldSet, owned: readonly FieldSet[]): unknown {
  const named = (set: FieldSet) => withParents(shape, set);
  const all = named(fieldsOf(shape, merged));
  const left = (value: unknown) => named(fieldsOf(shape, value ?? {}));
  const without = removeFields(shape, merged, named(last));
  const kept = removeFields(shape, merged, difference(difference(all, left(without)), named(owned.reduce(union, NOTHING))));
  return removeFields(shape, merged, intersection(difference(all, left(kept)), named(last)));
}

/** An applier is the same whatever version it speaks. */
export function isSameManager(a: Manager, b: Manager): boolean {
  return a.manager === b.manager && a.operation === b.operation && (a.subresource ?? '') === (b.subresource ?? '') && (a.operation === 'Apply' || a.apiVersion === b.apiVersion);
}
