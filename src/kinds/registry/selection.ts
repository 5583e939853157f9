/**
 * Which objects a list or a watch is about: keys, selectors, pages.
 * Continue tokens carry a revision, so that all pages show one state. See apiserver/pkg/storage/continue.go.
 */
import type { KubeObject, Stored } from '../../api/object.ts';
import { matchesLabels, parseFieldSelector, parseLabelSelector, type Selector } from '../../api/selector.ts';
import { badRequest, timeout } from '../../api/status.ts';
import type { ListOptions, Store } from '../../api/store.ts';
import type { Kind } from '../kind.ts';

export interface Selection {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | Selector | undefined;
  readonly fieldSelector?: string | undefined;
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan' | undefined;
}

export interface ListPage {
  readonly items: readonly Stored<KubeObject>[];
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export type Filter = (object: Stored<KubeObject>) => boolean;

export function prefixOf(kind: Kind, namespace?: string): string {
  const root = `${kind.group || 'core'}/${kind.plural}/`;
  return kind.namespaced && namespace ? `${root}${namespace}/` : root;
}

export function keyOf(kind: Kind, namespace: string | undefined, name: string): string {
  return kind.namespaced ? `${prefixOf(kind)}${namespace ?? ''}/${name}` : prefixOf(kind) + name;
}

/** @throws ApiError BadRequest for a selector that cannot be understood */
export function makeFilter(kind: Kind, selection: Selection): Filter {
  const { labelSelector, fieldSelector } = selection;
  const labels = typeof labelSelector === 'string' ? parseLabelSelector(labelSelector) : (labelSelector ?? []);
  const fields = fieldSelector ? parseFieldSelector(fieldSelector) : [];
  const tests = fields.map(({ path, value, negated }) => {
    const read = fieldReader(kind, path);
    if (!read) throw badRequest(`field label not supported: ${path}`);
    return (object: Stored<KubeObject>) => (read(object) === value) !== negated;
  });
  return (object) => (labels.length === 0 || matchesLabels(labels, object.metadata.labels)) && tests.every((test) => test(object));
}

function fieldReader(kind: Kind, path: string): ((object: Stored<KubeObject>) => string) | undefined {
  if (path === 'metadata.name') return (object) => object.metadata.name;
  if (path === 'metadata.namespace') return (object) => object.metadata.namespace ?? '';
  return Object.hasOwn(kind.selectableFields, path) ? kind.selectableFields[path] : undefined;
}

export function readPage(store: Store, kind: Kind, prefix: string, selection: Selection): ListPage {
  const filter = makeFilter(kind, selection);
  const state = store.list(prefix, whichState(store, prefix, selection));
  const items: Stored<KubeObject>[] = [];
  const resourceVersion = String(state.revision);
  const filtered = Boolean(selection.labelSelector?.length) || Boolean(selection.fieldSelector);
  for (const [index, stored] of state.items.entries()) {
    const object = kind.storedAs ? kind.storedAs.fromStored(stored) : stored;
    if (!filter(object)) continue;
    items.push(object);
    if (!selection.limit || items.length < selection.limit) continue;
    const remaining = state.items.length - index - 1;
    if (remaining === 0) break;
    const next = writeToken({ revision: state.revision, after: state.keys[index]!.slice(prefix.length) });
    // How many remain is not known when a selector decides.
    return { items, resourceVersion, continue: next, ...(!filtered && { remainingItemCount: remaining }) };
  }
  return { items, resourceVersion };
}

/**
 * Where the page begins, and whether it shows the newest state or one of the past.
 * See apiserver/pkg/storage/etcd3: a page size with a revision and no rule for it means exactly that revision.
 */
function whichState(store: Store, prefix: string, selection: Selection): ListOptions {
  if (selection.continue) {
    const token = readToken(selection.continue);
    return { after: prefix + token.after, atRevision: token.revision };
  }
  const { resourceVersion = '0', resourceVersionMatch = selection.limit ? 'Exact' : 'NotOlderThan' } = selection;
  const revision = revisionOf(resourceVersion);
  if (revision > store.revision) {
    throw timeout(`Too large resource version: ${revision}, current: ${store.revision}`, { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1 });
  }
  return revision > 0 && resourceVersionMatch === 'Exact' ? { atRevision: revision } : {};
}

/** @throws ApiError BadRequest */
export function revisionOf(version: string): number {
  if (/^\d+$/.test(version)) return Number(version);
  throw badRequest(`resourceVersion: Invalid value: ${JSON.stringify(version)}: strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`);
}

interface Token {
  readonly revision: number;
  readonly after: string;
}

const writeToken = ({ revision, after }: Token) => btoa(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: `${after}\u0000` })).replace(/=+$/, '').replace(/\+/g, '-').replace(/\//g, '_');

function readToken(text: string): Token {
  try {
    const { v, rv, start } = JSON.parse(atob(text.replace(/-/g, '+').replace(/_/g, '/'))) as { v: string; rv: number; start: string };
    if (v === 'meta.k8s.io/v1' && Number.isSafeInteger(rv)) return { revision: rv, after: start.replace(/\0$/, '') };
  } catch {
    // Falls through to the refusal: a token is ours or it is nothing.
  }
  throw badRequest('continue key is not valid: illegal base64 data');
}
