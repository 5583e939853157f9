/**
 * Finding and owning objects: the small vocabulary that every controller speaks.
 * What the store hands out is frozen; a controller changes a `draft` of it and hands that back.
 * See apimachinery/pkg/apis/meta/v1/controller_ref.go.
 */
import { ApiError } from '../api/status.ts';
import type { KubeObject, ObjectKey, OwnerReference, Stored } from '../api/object.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Registry } from '../kinds/registry.ts';

/** One object, typed by the caller who knows its kind; undefined when there is none. */
export function find<T extends KubeObject>(registry: Registry, kind: string, key: ObjectKey): Stored<T> | undefined {
  return registry.find(kind, key.name, key.namespace) as Stored<T> | undefined;
}

/** All objects of a kind, in a namespace or everywhere, typed by the caller. */
export function list<T extends KubeObject>(registry: Registry, kind: string, namespace?: string): readonly Stored<T>[] {
  return registry.list(kind, namespace === undefined ? {} : { namespace }).items as unknown as readonly Stored<T>[];
}

export function keyOf(object: { readonly metadata: Stored<KubeObject>['metadata'] }): ObjectKey {
  const { name, namespace } = object.metadata;
  return namespace === undefined ? { name } : { namespace, name };
}

/** The owner that manages this object, if one does. */
export function controllerOf(object: { readonly metadata: { readonly ownerReferences?: readonly OwnerReference[] } }): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true);
}

/** Of any version of its group: an object outlives the version that it was made by. */
export function kindOfOwner(registry: Registry, owner: OwnerReference): Kind | undefined {
  const group = owner.apiVersion.includes('/') ? owner.apiVersion.split('/')[0] : '';
  return registry.kinds.find((one) => one.kind === owner.kind && one.group === group);
}

export function isControlledBy(object: Stored<KubeObject>, owner: Stored<KubeObject>): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid;
}

/** The reference that makes `owner` the controller of what carries it. */
export function controllerReference(owner: Stored<KubeObject>): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** Runs a write whose object may have gone meanwhile; a missing object is what we wanted. */
export function unlessGone<T>(write: () => T): T | undefined {
  try {
    return write();
  } catch (error) {
    if (error instanceof ApiError && error.status.reason === 'NotFound') return undefined;
    throw error;
  }
}
