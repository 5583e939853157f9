/**
 * Everything that makes a Pod a Pod, as data and pure functions: one record per kind. The registry, the server and the
 * printer read nothing else. Words and field paths of refusals are those of the real server (pkg/apis/*\/validation).
 */
import type { FieldError } from '../api/field-error.ts';
import type { KubeObject, Stored } from '../api/object.ts';
import type { CustomPart } from './custom/custom-kind.ts';
import type { Registry } from './registry.ts';

export interface Kind<T extends KubeObject = KubeObject> {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  /** `all` for what `kubectl get all` shows. */
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  readonly subresources: readonly Subresource[];
  /** Kinds without storage (TokenReview, Binding …) answer a POST themselves; see `registry.ts`. */
  readonly stored: boolean;
  /** Fill in what the real server fills in; mutates `object`, never refuses it. Runs on every write and on create. */
  defaults(object: T): void;
  /** On create: drop status, set generation; mutates. */
  prepareForCreate(object: T): void;
  /** On update: keep what a client may not change (status on the main resource), bump generation when spec changed. */
  prepareForUpdate(next: T, previous: Stored<T>): void;
  /** Refuse, never mutate. */
  validate(object: T): readonly FieldError[];
  validateUpdate(next: T, previous: Stored<T>): readonly FieldError[];
  /** Server-side printing: the columns of `kubectl get`. Name first. */
  readonly columns: readonly Column<T>[];
  /** Field selectors beyond metadata.name and metadata.namespace: path to value. */
  readonly selectableFields: Readonly<Record<string, (object: Stored<T>) => string>>;
  /** `warnings` go out as Warning headers (kubectl prints them). */
  warnings?(object: T, previous?: Stored<T>): readonly string[];
  /** Said to every request for this kind, whatever the verb: the API is going away. */
  readonly deprecation?: string;
  /** A second version of a stored kind (events.k8s.io beside core events): the kind that is stored, and the way there and back. */
  readonly storedAs?: { readonly resource: string; toStored(object: T): KubeObject; fromStored(object: Stored<KubeObject>): Stored<T> };
  /** Described by a CustomResourceDefinition, and by which. */
  readonly custom?: CustomPart;
  readonly definedBy?: string;
  /** Nothing is kept: what there is, is worked out when somebody asks. */
  computed?(registry: Registry): readonly Stored<T>[];
  /** Put on an object whose deletion begins: somebody has to clear up first. */
  readonly finalizesWith?: string;
  /** Answered with the object itself when deleted, not with a Status (`ReturnDeletedObject` of the real strategies). */
  readonly returnsDeleted?: boolean;
  /** Allowed characters of `metadata.name`; a DNS subdomain unless said otherwise. */
  readonly nameRule?: 'subdomain' | 'label' | 'label-1035' | 'path-segment';
}

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';
export type Subresource = 'status' | 'scale' | 'binding' | 'exec' | 'attach' | 'log' | 'portforward' | 'eviction' | 'proxy' | 'ephemeralcontainers' | 'resize' | 'token' | 'finalize' | 'approval';

export type { FieldError } from '../api/field-error.ts';

export interface Column<T> {
  readonly header: string;
  readonly type: 'string' | 'integer' | 'date' | 'number';
  readonly format?: string;
  readonly description?: string;
  /** Shown with `-o wide` only. */
  readonly wide?: boolean;
  /** @param nowUnixMs for ages */
  cell(object: Stored<T>, nowUnixMs: number): string | number;
}
