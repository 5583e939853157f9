/**
 * What an API server does between HTTP and etcd: names, defaults, admission, validation, conflicts, deletion, watches.
 * The one door to the store, for the server and for controllers alike. Knows no HTTP and no controller.
 * See apiserver/pkg/registry/generic/registry/store.go. Longer than most files because a reader wants the verbs side by side.
 */
import type { Cidr } from '../base/address.ts';
import { cidr } from '../base/address.ts';
import type { Clock, Disposer } from '../base/clock.ts';
import type { Rng } from '../base/rng.ts';
import { draft, isEqual } from '../api/deep.ts';
import type { KubeObject, ManagedFieldsEntry, Stored } from '../api/object.ts';
import { alreadyExists, badRequest, conflict, invalid, isApiError, methodNotSupported, nameMismatch, notFound, unknownResource, unsupportedMediaType, type Status } from '../api/status.ts';
import type { Store } from '../api/store.ts';
import { CustomKinds } from './custom/served.ts';
import { admitCreate, admitUpdate, judgeCreate, judgeUpdate } from './admission/index.ts';
import { assignAddresses } from './registry/service-addresses.ts';
import type { Loose } from './define.ts';
import { kinds as allKinds } from './index.ts';
import type { Kind, Subresource } from './kind.ts';
import { validateMetadata, validateMetadataUpdate } from './metadata.ts';
import { planDeletion, type DeleteOptions } from './registry/deletion.ts';
import { decode } from './registry/decode.ts';
import { prefixOf, keyOf, type Selection, makeFilter, readPage, type ListPage } from './registry/selection.ts';
import { onCreate } from './registry/new-object.ts';
import { createSubresource, type SubresourceOptions } from './registry/subresources.ts';
import { answerVirtual } from './registry/virtual.ts';
import { applyOver, ownedAfterWrite } from './registry/ownership.ts';
import { applied, applyPatch, type Patch } from './registry/patching.ts';
import { watchSelected, type WatchEvent, type WatchOptions } from './registry/watching.ts';
import type { Schema } from './schema.ts';

export type { DeleteOptions } from './registry/deletion.ts';
export type { ListPage, Selection } from './registry/selection.ts';
export type { Patch } from './registry/patching.ts';
export type { WatchEvent, WatchOptions } from './registry/watching.ts';

export interface UserInfo {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export interface WriteOptions {
  readonly dryRun?: boolean;
  /** Who writes, for `managedFields`; absent: one of the cluster's own. */
  readonly fieldManager?: string;
  /** The subresource that was asked for, where another one is written in its stead (scale). */
  readonly ownedAs?: string;
  /** Absent: the object is ours and not checked against the schema. Requests from outside say Warn when they say nothing. */
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  readonly user?: UserInfo;
  readonly onWarning?: (text: string) => void;
}

export interface RegistryOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly serviceCidr?: Cidr;
  readonly nodePortRange?: readonly [number, number];
  readonly kinds?: readonly Kind[];
  /** Field types: needed for strict decoding and for strategic merge patches. */
  readonly schema?: Schema;
}

/** Signs service account tokens (TokenRequest); the server knows the key. */
export type TokenIssuer = (request: { namespace: string; serviceAccount: string; uid: string; audiences: readonly string[]; expirationSeconds: number; boundObject?: unknown }) => { token: string; expirationTimestamp: string };

/** Signs a certificate request (PEM in, PEM out); the server knows the authority's key. */
export type CertificateSigner = (request: { request: string; usages: readonly string[]; expirationSeconds?: number }) => string;

/** `pods`, `deployments.apps`, or the kind itself. */
export type KindName = Kind | string;

export class Registry {
  readonly store: Store;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly serviceCidr: Cidr;
  readonly nodePortRange: readonly [number, number];
  schema: Schema | undefined;
  tokenIssuer: TokenIssuer | undefined;
  certificateSigner: CertificateSigner | undefined;
  /** Answers a TokenReview: the `status` for a bearer token. */
  tokenReviewer: ((token: string) => Record<string, unknown>) | undefined;
  readonly #builtIn: readonly Kind[];
  readonly #custom: CustomKinds;
  #byName = new Map<string, Kind>();

  constructor(options: RegistryOptions) {
    this.store = options.store;
    this.clock = options.clock;
    this.rng = options.rng;
    this.#builtIn = options.kinds ?? allKinds;
    this.schema = options.schema;
    this.serviceCidr = options.serviceCidr ?? cidr('10.96.0.0/16');
    this.nodePortRange = options.nodePortRange ?? [30000, 32767];
    this.#custom = new CustomKinds(this.store);
    this.onKinds(() => (this.#byName = byName(this.kinds)));
    this.#byName = byName(this.kinds);
  }

  /** Every kind that is served now, those of users among them. */
  get kinds(): readonly Kind[] {
    return [...this.#builtIn, ...this.#custom.kinds];
  }

  /** Told when a definition added, changed or took away kinds. */
  onKinds(listener: () => void): Disposer {
    return this.#custom.onChange(listener);
  }

  /** The kind served at this path, if any. */
  kindOf(group: string, resource: string, version?: string): Kind | undefined {
    return version ? this.#byName.get(`${group}/${version}/${resource}`) : this.#byName.get(group ? `${resource}.${group}` : resource);
  }

  /** @throws ApiError when no such kind is served */
  resolve(kind: KindName): Kind {
    const found = typeof kind === 'string' ? this.#byName.get(kind) : kind;
    if (!found) throw unknownResource();
    return found;
  }

  find(kind: KindName, name: string, namespace?: string): Stored<KubeObject> | undefined {
    const of = this.resolve(kind);
    if (of.computed) return of.computed(this).find((object) => object.metadata.name === name);
    const stored = this.store.get(keyOf(this.#stored(of), namespace, name));
    return stored && of.storedAs ? of.storedAs.fromStored(stored) : stored;
  }

  /** @throws ApiError NotFound */
  get(kind: KindName, name: string, namespace?: string): Stored<KubeObject> {
    const of = this.resolve(kind);
    const found = this.find(of, name, namespace);
    if (!found) throw notFound(of, name);
    return found;
  }

  list(kind: KindName, selection: Selection = {}): ListPage {
    const of = this.resolve(kind);
    if (of.computed) return { items: of.computed(this).filter(makeFilter(of, selection)), resourceVersion: '' };
    return readPage(this.store, of, prefixOf(this.#stored(of), selection.namespace), selection);
  }

  /** @throws ApiError in the words of the real server */
  create(kind: KindName, body: KubeObject, options: WriteOptions & Applied & { namespace?: string } = {}): Stored<KubeObject> {
    const of = this.resolve(kind);
    const object = decode(this, of, body, options);
    this.#setNamespace(of, object, options.namespace);
    if (!of.stored) return answerVirtual(this, of, object, options);
    onCreate(object, this.clock, this.rng, (name) => this.find(of, name, object.metadata.namespace) !== undefined);
    of.defaults(object);
    setOwners(object, options.managedFields ?? ownedAfterWrite(this, of, object, undefined, undefined, options));
    admitCreate({ registry: this, kind: of, object, options });
    of.prepareForCreate(object);
    this.#refuseIfInvalid(of, object, [...validateMetadata(of, object.metadata), ...of.validate(object)]);
    judgeCreate({ registry: this, kind: of, object, options });
    of.warnings?.(object).forEach((warning) => options.onWarning?.(warning));
    const key = keyOf(this.#stored(of), object.metadata.namespace, object.metadata.name);
    if (this.store.get(key)) throw alreadyExists(of, object.metadata.name);
    assignAddresses(this, of, object);
    if (options.dryRun) return object as Stored<KubeObject>;
    const stored = this.store.create(key, of.storedAs ? of.storedAs.toStored(object) : object);
    return of.storedAs ? of.storedAs.fromStored(stored) : stored;
  }

  /** Replace. Without a resourceVersion in `body` the newest is meant. @throws ApiError */
  update(kind: KindName, body: KubeObject, options: WriteOptions & { namespace?: string; subresource?: Subresource } = {}): Stored<KubeObject> {
    const of = this.resolve(kind);
    const next = decode(this, of, body, options);
    this.#setNamespace(of, next, options.namespace);
    const current = this.get(of, next.metadata.name, next.metadata.namespace);
    return this.#write(of, next, current, options);
  }

  /** The status alone: what controllers and kubelets report. */
  updateStatus(kind: KindName, object: KubeObject, options: WriteOptions = {}): Stored<KubeObject> {
    return this.update(kind, object, { ...options, subresource: 'status' });
  }

  /** @throws ApiError */
  patch(kind: KindName, name: string, namespace: string | undefined, patch: Patch, options: WriteOptions & { subresource?: Subresource; force?: boolean } = {}): Stored<KubeObject> {
    const of = this.resolve(kind);
    if (patch.type === 'apply') return this.#apply(of, name, namespace, patch.body, options);
    if (of.custom && patch.type === 'strategic') throw unsupportedMediaType(['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml']);
    // The real server retries a patch that met a conflict; here nothing can come between reading and writing.
    const current = this.get(of, name, namespace);
    const patched = applyPatch(this, of, current, { type: patch.type, body: patch.body });
    if (patched.metadata.name !== name) throw nameMismatch(patched.metadata.name, name);
    return this.#write(of, decode(this, of, patched, options, current), current, options);
  }

  /** @returns the object, still there or not, or a Status, as the real server answers for this kind */
  delete(kind: KindName, name: string, namespace: string | undefined, options: DeleteOptions = {}): Stored<KubeObject> {
    const of = this.resolve(kind);
    const current = this.get(of, name, namespace);
    const plan = planDeletion(of, current, options, this.clock.unixMs());
    if (options.dryRun) return plan.answer;
    const key = keyOf(this.#stored(of), namespace, name);
    if (plan.type === 'update') {
      const stored = isEqual(plan.object, current) ? current : this.store.update(key, of.storedAs ? of.storedAs.toStored(plan.object) : plan.object);
      return of.storedAs ? of.storedAs.fromStored(stored) : stored;
    }
    this.store.delete(key);
    return plan.answer;
  }

  deleteCollection(kind: KindName, options: Selection & DeleteOptions = {}): ListPage {
    const of = this.resolve(kind);
    const page = this.list(of, options);
    for (const item of page.items) {
      try {
        this.delete(of, item.metadata.name, item.metadata.namespace, options);
      } catch (error) {
        if (!isApiError(error, 'NotFound')) throw error;
      }
    }
    return page;
  }

  /** Events of what is selected: an object that stops matching is DELETED, one that begins to is ADDED. */
  watch(kind: KindName, options: WatchOptions, listener: (event: WatchEvent) => void): Disposer {
    const of = this.resolve(kind);
    return watchSelected(this.store, of, prefixOf(this.#stored(of), options.namespace), options, listener);
  }

  /** POST to `…/binding`, `…/eviction`, `…/token`. */
  createSubresource(kind: KindName, name: string, namespace: string, subresource: Subresource, body: KubeObject | Loose, options: SubresourceOptions = {}): Stored<KubeObject> | Status {
    return createSubresource(this, this.resolve(kind), { name, namespace, subresource, body, options });
  }

  /** For `pods/binding` alone: the one write that sets `spec.nodeName`. */
  writeBound(kind: Kind, pod: KubeObject): void {
    this.store.update(keyOf(kind, pod.metadata.namespace, pod.metadata.name), pod);
  }

  #stored(kind: Kind): Kind {
    return kind.storedAs ? this.resolve(kind.storedAs.resource) : kind;
  }

  #setNamespace(kind: Kind, object: KubeObject, namespace: string | undefined): void {
    if (!kind.namespaced) return;
    const own = object.metadata.namespace;
    if (namespace && own && own !== namespace) throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
    const chosen = own ?? namespace;
    if (chosen) object.metadata.namespace = chosen;
    else if (kind.stored) object.metadata.namespace = 'default';
  }

  /** Server-side apply makes what is not there. */
  #apply(of: Kind, name: string, namespace: string | undefined, body: unknown, options: WriteOptions & { subresource?: Subresource; force?: boolean }): Stored<KubeObject> {
    const config = applied(of, name, namespace, body);
    const current = options.subresource ? this.get(of, name, namespace) : this.find(of, name, namespace);
    if (config.metadata.resourceVersion && config.metadata.resourceVersion !== current?.metadata.resourceVersion) throw conflict(of, name);
    const { object, managedFields } = applyOver(this, of, current, config, options);
    if (!current) return this.create(of, object, { ...options, managedFields, ...(namespace !== undefined && { namespace }) });
    return this.#write(of, decode(this, of, object, options, current), current, { ...options, managedFields });
  }

  #write(of: Kind, next: KubeObject, current: Stored<KubeObject>, options: WriteOptions & Applied & { subresource?: Subresource }): Stored<KubeObject> {
    if (!of.stored) throw methodNotSupported(of, 'update');
    const name = current.metadata.name;
    const given = next.metadata.resourceVersion;
    if (next.metadata.uid && next.metadata.uid !== current.metadata.uid) {
      throw conflict(of, name, `Precondition failed: UID in precondition: ${next.metadata.uid}, UID in object meta: ${current.metadata.uid}`);
    }
    if (given && given !== current.metadata.resourceVersion) throw conflict(of, name);
    const owners = next.metadata.managedFields;
    keepSystemMetadata(next, current);
    of.defaults(next);
    if (options.subresource) keepAllBut(options.subresource, next, current);
    // Before it is asked whether the spec changed: what admission puts back has not.
    admitUpdate({ registry: this, kind: of, object: next, previous: current, options });
    if (!options.subresource) of.prepareForUpdate(next, current);
    // Who reports a status from an older reading must not bring back its labels.
    if (options.subresource === 'status' && !given) keepLabels(next, current);
    setOwners(next, options.managedFields ?? ownedAfterWrite(this, of, next, current, owners, options));
    const errors = [...validateMetadata(of, next.metadata), ...validateMetadataUpdate(next, current)];
    if (!options.subresource) errors.push(...of.validate(next), ...of.validateUpdate(next, current));
    else if (of.custom || options.subresource === 'resize' || options.subresource === 'ephemeralcontainers') errors.push(...of.validate(next));
    this.#refuseIfInvalid(of, next, errors);
    judgeUpdate({ registry: this, kind: of, object: next, previous: current, options });
    of.warnings?.(next, current).forEach((warning) => options.onWarning?.(warning));
    if (!options.subresource) assignAddresses(this, of, next, current);
    const { resourceVersion } = current.metadata;
    if (resourceVersion) next.metadata.resourceVersion = resourceVersion;
    if (options.dryRun) return next as Stored<KubeObject>;
    // A write that changes nothing is none: no revision, no event. Controllers rely on it to come to rest.
    if (isEqual(next, current)) return current;
    const key = keyOf(this.#stored(of), next.metadata.namespace, name);
    if (isFinished(next)) return this.store.delete(key);
    const stored = this.store.update(key, of.storedAs ? of.storedAs.toStored(next) : next);
    return of.storedAs ? of.storedAs.fromStored(stored) : stored;
  }

  #refuseIfInvalid(of: Kind, object: KubeObject, errors: Parameters<typeof invalid>[2]): void {
    if (errors.length > 0) throw invalid(of, object.metadata.name || object.metadata.generateName || '', errors);
  }

  /** Does `object` match? For callers that filter by themselves. */
  matches(kind: KindName, selection: Selection, object: Stored<KubeObject>): boolean {
    return makeFilter(this.resolve(kind), selection)(object);
  }
}

function byName(kinds: readonly Kind[]): Map<string, Kind> {
  const found = new Map<string, Kind>();
  for (const kind of kinds) {
    const name = kind.group ? `${kind.plural}.${kind.group}` : kind.plural;
    // The first version listed is the preferred one.
    if (!found.has(name)) found.set(name, kind);
    found.set(`${kind.group}/${kind.version}/${kind.plural}`, kind);
  }
  return found;
}

/** Who owns what after an apply, which has settled it beforehand. */
interface Applied {
  readonly managedFields?: readonly ManagedFieldsEntry[];
}

function setOwners(object: KubeObject, entries: readonly ManagedFieldsEntry[] | undefined): void {
  if (entries && entries.length > 0) object.metadata.managedFields = [...entries];
  else delete object.metadata.managedFields;
}

/** An object that only its last finalizer kept. */
function isFinished(object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
  if (!deletionTimestamp || (finalizers?.length ?? 0) > 0 || (deletionGracePeriodSeconds ?? 0) > 0) return false;
  return ((object as unknown as { spec?: { finalizers?: string[] } }).spec?.finalizers?.length ?? 0) === 0 || object.kind !== 'Namespace';
}

/** Clients may leave out what only the server writes; they may not change it (see `validateMetadataUpdate`). */
function keepSystemMetadata(next: KubeObject, current: Stored<KubeObject>): void {
  const { metadata: meta } = next;
  const { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation, generateName } = current.metadata;
  if (uid) meta.uid = uid;
  if (creationTimestamp) meta.creationTimestamp = creationTimestamp;
  if (deletionTimestamp) meta.deletionTimestamp = deletionTimestamp;
  else delete meta.deletionTimestamp;
  if (deletionGracePeriodSeconds !== undefined) meta.deletionGracePeriodSeconds = deletionGracePeriodSeconds;
  else delete meta.deletionGracePeriodSeconds;
  if (generation !== undefined) meta.generation = generation;
  else delete meta.generation;
  if (generateName) meta.generateName = generateName;
  delete meta.managedFields;
}

function keepLabels(next: KubeObject, current: Stored<KubeObject>): void {
  for (const field of ['labels', 'annotations'] as const) {
    const before = current.metadata[field];
    if (before) next.metadata[field] = { ...before };
    else delete next.metadata[field];
  }
}

/** A subresource writes its own part; the rest stays as it was. */
function keepAllBut(subresource: Subresource, next: KubeObject, current: Stored<KubeObject>): void {
  const part = subresource === 'finalize' || subresource === 'resize' || subresource === 'ephemeralcontainers' ? 'spec' : 'status';
  // Beside a status everything stays the very thing that is stored: nobody needs to look whether it is the same.
  const before = (part === 'status' ? current : draft<KubeObject>(current)) as unknown as Record<string, unknown>;
  const after = next as unknown as Record<string, unknown>;
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (field === part || field === 'metadata' || field === 'apiVersion' || field === 'kind') continue;
    if (before[field] === undefined) delete after[field];
    else after[field] = before[field];
  }
  if (subresource === 'resize') keepSpecButResources(next as Loose, before as unknown as Loose);
  if (subresource === 'ephemeralcontainers') after['spec'] = { ...(before['spec'] as object), ephemeralContainers: (next as Loose)['spec']?.ephemeralContainers };
  if (part === 'spec' && next.metadata.generation !== undefined && !isEqual(after['spec'], (current as unknown as Loose)['spec'])) next.metadata.generation += 1;
}

/** `pods/resize` changes how much containers may use, nothing else. */
function keepSpecButResources(next: Loose, before: Loose): void {
  const wanted = (next['spec']?.containers ?? []) as { name: string; resources?: unknown }[];
  next['spec'] = before['spec'];
  for (const container of next['spec'].containers as { name: string; resources?: unknown }[]) {
    const resources = wanted.find((candidate) => candidate.name === container.name)?.resources;
    if (resources !== undefined) container.resources = resources;
  }
}
