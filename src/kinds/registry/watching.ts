/**
 * A watch over a selection: from a revision, or from now with everything that is there.
 * See apiserver/pkg/storage/cacher: an object that leaves the selection is DELETED for its watchers.
 */
import type { Disposer } from '../../base/clock.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import type { Store, StoreEvent } from '../../api/store.ts';
import type { Kind } from '../kind.ts';
import { makeFilter, revisionOf, type Filter, type Selection } from './selection.ts';

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: Stored<KubeObject>;
}

export interface WatchOptions extends Selection {
  /** After the objects that are there, a bookmark says that they were all (`k8s.io/initial-events-end`). */
  readonly sendInitialEvents?: boolean | undefined;
}

export function watchSelected(store: Store, kind: Kind, prefix: string, options: WatchOptions, listener: (event: WatchEvent) => void): Disposer {
  const filter = makeFilter(kind, options);
  const version = options.resourceVersion;
  const fromNow = !version || version === '0' || options.sendInitialEvents === true;
  let from = revisionOf(version || '0');
  if (fromNow && options.sendInitialEvents !== false) {
    const state = store.list(prefix);
    from = state.revision;
    for (const stored of state.items) {
      const object = convert(kind, stored);
      if (filter(object)) listener({ type: 'ADDED', object });
    }
    if (options.sendInitialEvents) listener({ type: 'BOOKMARK', object: bookmark(kind, from, true) });
  } else if (fromNow) {
    from = store.revision;
  }
  return store.watch(prefix, from, (event) => {
    const seen = translate(kind, filter, event);
    if (seen) listener(seen);
  });
}

const convert = (kind: Kind, stored: Stored<KubeObject>) => (kind.storedAs ? kind.storedAs.fromStored(stored) : stored);

function translate(kind: Kind, filter: Filter, event: StoreEvent): WatchEvent | undefined {
  const object = convert(kind, event.object);
  const matches = event.type !== 'DELETED' && filter(object);
  const matched = event.previous !== undefined && filter(convert(kind, event.previous));
  if (matches) return { type: matched ? 'MODIFIED' : 'ADDED', object };
  if (!matched) return undefined;
  if (event.type === 'DELETED') return { type: 'DELETED', object };
  // It left the selection: its watchers see the last state that they knew, at the revision of the change.
  const last = convert(kind, event.previous!);
  return { type: 'DELETED', object: { ...last, metadata: { ...last.metadata, resourceVersion: String(event.revision) } } };
}

/** An object that carries nothing but a revision: "you have seen everything up to here". */
export function bookmark(kind: Kind, revision: number, initialEventsEnd = false): Stored<KubeObject> {
  const metadata = { resourceVersion: String(revision), creationTimestamp: null, ...(initialEventsEnd && { annotations: { 'k8s.io/initial-events-end': 'true' } }) };
  return { kind: kind.kind, apiVersion: kind.group ? `${kind.group}/${kind.version}` : kind.version, metadata } as unknown as Stored<KubeObject>;
}
