/**
 * The garbage collector: what its owner leaves behind goes too (background), goes first (foreground), or is let go
 * (orphan). Watches every kind there is. See pkg/controller/garbagecollector/garbagecollector.go.
 */
import type { KubeObject, ObjectKey, OwnerReference, Stored } from '../api/object.ts';
import { draft } from '../api/deep.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Registry } from '../kinds/registry.ts';
import type { Controller, ControllerContext, WatchRule } from './controller.ts';
import { kindOfOwner, unlessGone } from './objects.ts';

/** Owners of events and leases are nobody's business. */
const IGNORED = new Set(['events', 'events.events.k8s.io']);

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

interface Reference {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

export function garbageCollector({ registry }: ControllerContext): Controller {
  const graph = new Graph(registry);
  const rule = (kind: Kind): WatchRule => ({ group: kind.group, resource: kind.plural, toKeys: (object, type) => graph.observe(fullName(kind), object, type) });
  const kinds = [...new Map(registry.kinds.filter((kind) => kind.stored && !kind.custom && kind.verbs.includes('delete')).map((kind) => [fullName(kind), kind])).values()];
  return {
    name: 'garbage-collector',
    watches: kinds.filter((kind) => !IGNORED.has(fullName(kind))).map(rule),
    watchesCustom: rule,
    reconcile: (key) => {
      const [kind = '', ...name] = key.name.split('/');
      // A custom kind may be gone before what was said of it.
      const object = isServed(registry, kind) ? registry.find(kind, name.join('/'), key.namespace) : undefined;
      if (!object) return;
      const { finalizers = [], deletionTimestamp } = object.metadata;
      if (deletionTimestamp && finalizers.includes(ORPHAN)) return orphanDependents(registry, graph, kind, object);
      if (deletionTimestamp && finalizers.includes(FOREGROUND)) return deleteDependents(registry, graph, kind, object);
      if (!deletionTimestamp) collect(registry, graph, kind, object);
    },
  };
}

const isServed = (registry: Registry, name: string): boolean => {
  const [plural = '', ...group] = name.split('.');
  return registry.kindOf(group.join('.'), plural) !== undefined;
};

const fullName = (kind: Kind) => (kind.group ? `${kind.plural}.${kind.group}` : kind.plural);

/** Who owns whom, by uid. */
class Graph {
  readonly #dependents = new Map<string, Map<string, Reference>>();
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** Remembers the object's owners; returns what must be looked at because of it. */
  observe(kind: string, object: Stored<KubeObject>, type: 'ADDED' | 'MODIFIED' | 'DELETED'): readonly ObjectKey[] {
    const { uid = '', namespace, name, ownerReferences = [], finalizers = [], deletionTimestamp } = object.metadata;
    const self = { kind, namespace, name };
    for (const owner of ownerReferences) {
      const dependents = this.#dependents.get(owner.uid) ?? new Map<string, Reference>();
      if (type === 'DELETED') dependents.delete(uid);
      else dependents.set(uid, self);
      this.#dependents.set(owner.uid, dependents);
    }
    if (type === 'DELETED') {
      const left = this.dependents(uid);
      this.#dependents.delete(uid);
      // Owners that wait for this one to be gone may be in its namespace or have none.
      const owners = ownerReferences.flatMap((owner) => this.#ownerKeys(owner, namespace));
      return [...left.map(toKey), ...owners];
    }
    const isWaiting = deletionTimestamp !== undefined && (finalizers.includes(FOREGROUND) || finalizers.includes(ORPHAN));
    return isWaiting || ownerReferences.length > 0 ? [toKey(self)] : [];
  }

  dependents(uid: string): readonly Reference[] {
    return [...(this.#dependents.get(uid)?.values() ?? [])];
  }

  #ownerKeys(owner: OwnerReference, namespace: string | undefined): readonly ObjectKey[] {
    const kind = kindOfOwner(this.#registry, owner);
    return kind ? [toKey({ kind: fullName(kind), namespace: kind.namespaced ? namespace : undefined, name: owner.name })] : [];
  }
}

function toKey({ kind, namespace, name }: Reference): ObjectKey {
  return { ...(namespace === undefined ? {} : { namespace }), name: `${kind}/${name}` };
}

function ownerObject(registry: Registry, owner: OwnerReference, namespace: string | undefined): Stored<KubeObject> | undefined {
  const kind = kindOfOwner(registry, owner);
  if (!kind) return undefined;
  const found = registry.find(kind, owner.name, kind.namespaced ? namespace : undefined);
  return found?.metadata.uid === owner.uid ? found : undefined;
}

/** All owners gone: the object goes. Some gone: their references go. */
function collect(registry: Registry, graph: Graph, kind: string, object: Stored<KubeObject>): void {
  const { name, namespace, uid = '', ownerReferences = [] } = object.metadata;
  if (ownerReferences.length === 0) return;
  const owners = ownerReferences.map((reference) => ({ reference, owner: ownerObject(registry, reference, namespace) }));
  const isWaiting = (owner: Stored<KubeObject>) => owner.metadata.deletionTimestamp !== undefined && (owner.metadata.finalizers ?? []).includes(FOREGROUND);
  const solid = owners.filter(({ owner }) => owner && !isWaiting(owner));
  const waiting = owners.filter(({ owner }) => owner && isWaiting(owner));
  if (solid.length > 0) {
    if (solid.length === owners.length) return;
    const next = draft<KubeObject>(object);
    next.metadata.ownerReferences = solid.map(({ reference }) => reference);
    unlessGone(() => registry.update(kind, next));
    return;
  }
  const hasOwn = graph.dependents(uid).length > 0;
  const propagationPolicy = waiting.length > 0 && hasOwn ? 'Foreground' : 'Background';
  unlessGone(() => registry.delete(kind, name, namespace, { propagationPolicy, preconditions: { uid } }));
}

function deleteDependents(registry: Registry, graph: Graph, kind: string, owner: Stored<KubeObject>): void {
  const uid = owner.metadata.uid ?? '';
  let blocking = 0;
  for (const reference of graph.dependents(uid)) {
    const dependent = registry.find(reference.kind, reference.name, reference.namespace);
    const own = dependent?.metadata.ownerReferences?.find((one) => one.uid === uid);
    if (!dependent || !own) continue;
    if (!dependent.metadata.deletionTimestamp) collect(registry, graph, reference.kind, dependent);
    if (own.blockOwnerDeletion && registry.find(reference.kind, reference.name, reference.namespace)?.metadata.uid === dependent.metadata.uid) blocking++;
  }
  if (blocking === 0) removeFinalizer(registry, kind, owner, FOREGROUND);
}

function orphanDependents(registry: Registry, graph: Graph, kind: string, owner: Stored<KubeObject>): void {
  for (const reference of graph.dependents(owner.metadata.uid ?? '')) {
    const dependent = registry.find(reference.kind, reference.name, reference.namespace);
    if (!dependent) continue;
    const next = draft<KubeObject>(dependent);
    const left = (next.metadata.ownerReferences ?? []).filter((one) => one.uid !== owner.metadata.uid);
    if (left.length === 0) delete next.metadata.ownerReferences;
    else next.metadata.ownerReferences = left;
    unlessGone(() => registry.update(reference.kind, next));
  }
  removeFinalizer(registry, kind, owner, ORPHAN);
}

function removeFinalizer(registry: Registry, kind: string, object: Stored<KubeObject>, finalizer: string): void {
  unlessGone(() => {
    const current = registry.get(kind, object.metadata.name, object.metadata.namespace);
    const next = draft<KubeObject>(current);
    const left = (next.metadata.finalizers ?? []).filter((one) => one !== finalizer);
    if (left.length === 0) delete next.metadata.finalizers;
    else next.metadata.finalizers = left;
    registry.update(kind, next);
  });
}
