/**
 * Label selectors as controllers use them: the object form of a spec against the labels of an object.
 * Also the two-way matter of adoption: an orphan that matches is taken, a child that no longer matches is let go.
 * See pkg/controller/controller_ref_manager.go.
 */
import type { KubeObject, Stored } from '../api/object.ts';
import type { Registry } from '../kinds/registry.ts';
import { draft } from '../api/deep.ts';
import { matchesLabelSelectorObject } from '../api/selector.ts';
import { controllerOf, controllerReference, list, unlessGone } from './objects.ts';
import type { LabelSelector } from './shapes.ts';

type Read = Stored<LabelSelector>;
type Labels = Readonly<Record<string, string>>;

/** An empty selector matches everything, no selector nothing. */
export function selects(selector: Read | undefined, labels: Labels | undefined): boolean {
  return matchesLabelSelectorObject(selector, labels);
}

export function isEmptySelector(selector: Read | undefined): boolean {
  return Object.keys(selector?.matchLabels ?? {}).length === 0 && (selector?.matchExpressions ?? []).length === 0;
}

/** The objects of `kind` in the owner's namespace that it controls, after adopting orphans and releasing strangers. */
export function claim<T extends KubeObject>(registry: Registry, kind: string, owner: Stored<KubeObject>, selector: Read): readonly Stored<T>[] {
  const claimed: Stored<T>[] = [];
  for (const object of list<T>(registry, kind, owner.metadata.namespace)) {
    const metadata = (object as unknown as Stored<KubeObject>).metadata;
    const current = controllerOf({ metadata });
    const matches = selects(selector, metadata.labels);
    if (current && current.uid !== owner.metadata.uid) continue;
    if (current && matches) claimed.push(object);
    else if (current && !owner.metadata.deletionTimestamp) release(registry, kind, object, owner);
    else if (!current && matches && !owner.metadata.deletionTimestamp && !metadata.deletionTimestamp) {
      const adopted = adopt<T>(registry, kind, object, owner);
      if (adopted) claimed.push(adopted);
    }
  }
  return claimed;
}

function adopt<T extends KubeObject>(registry: Registry, kind: string, object: Stored<T>, owner: Stored<KubeObject>): Stored<T> | undefined {
  const next = draft(object) as KubeObject;
  next.metadata.ownerReferences = [...(next.metadata.ownerReferences ?? []), controllerReference(owner)];
  return unlessGone(() => registry.update(kind, next)) as Stored<T> | undefined;
}

function release<T extends KubeObject>(registry: Registry, kind: string, object: Stored<T>, owner: Stored<KubeObject>): void {
  const next = draft(object) as KubeObject;
  const left = (next.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== owner.metadata.uid);
  if (left.length === 0) delete next.metadata.ownerReferences;
  else next.metadata.ownerReferences = left;
  unlessGone(() => registry.update(kind, next));
}
