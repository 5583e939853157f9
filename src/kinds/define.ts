/**
 * Fills in what most kinds share, so that a kind's file shows only what is special about it.
 * See apiserver/pkg/registry/generic/registry/store.go for what a strategy is made of.
 */
import { isEqual } from '../api/deep.ts';
import type { KubeObject, Stored } from '../api/object.ts';
import { age, type Cell } from './cells.ts';
import type { Column, Kind, Verb } from './kind.ts';

/** An object whose fields a kind looks at by path; the shapes are those of the API reference. */
export interface Loose extends KubeObject {
  // oxlint-disable-next-line typescript/no-explicit-any -- the schema, not the compiler, knows these shapes
  [field: string]: any;
}

export interface KindSpec<T extends KubeObject> {
  readonly group?: string;
  readonly version?: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly namespaced?: boolean;
  readonly verbs?: readonly Verb[];
  readonly subresources?: Kind['subresources'];
  readonly stored?: boolean;
  /** Does `metadata.generation` count changes of the spec? */
  readonly generation?: boolean;
  /** A status that the main resource may not write: dropped on create, kept on update. Default: when there is a status subresource. */
  readonly keepsStatus?: boolean;
  readonly returnsDeleted?: boolean;
  readonly finalizesWith?: string;
  readonly nameRule?: Kind['nameRule'];
  readonly deprecation?: string;
  readonly storedAs?: Kind['storedAs'];
  defaults?(object: T): void;
  prepareForCreate?(object: T): void;
  prepareForUpdate?(next: T, previous: Stored<T>): void;
  validate?(object: T): Kind['validate'] extends (...args: never[]) => infer R ? R : never;
  validateUpdate?(next: T, previous: Stored<T>): ReturnType<Kind['validateUpdate']>;
  /** Between NAME and AGE, which every table has; a kind with other ideas gives `columns`. */
  readonly middle?: readonly Column<T>[];
  /** Shown after AGE; wide ones. */
  readonly after?: readonly Column<T>[];
  readonly columns?: readonly Column<T>[];
  readonly selectableFields?: Readonly<Record<string, (object: T) => string>>;
  warnings?(object: T, previous?: Stored<T>): readonly string[];
  computed?: Kind['computed'];
}

const ALL_VERBS: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

export function defineKind<T extends KubeObject = Loose>(spec: KindSpec<T>): Kind {
  const keepsStatus = spec.keepsStatus ?? (spec.subresources ?? []).includes('status');
  const kind = {
    group: spec.group ?? '',
    version: spec.version ?? 'v1',
    kind: spec.kind,
    plural: spec.plural,
    singular: spec.singular ?? spec.kind.toLowerCase(),
    shortNames: spec.shortNames ?? [],
    categories: spec.categories ?? [],
    namespaced: spec.namespaced ?? true,
    verbs: spec.verbs ?? ALL_VERBS,
    subresources: spec.subresources ?? [],
    stored: spec.stored ?? true,
    defaults: (object: T) => spec.defaults?.(object),
    prepareForCreate(object: T) {
      if (keepsStatus) delete (object as Loose)['status'];
      if (spec.generation) object.metadata.generation = 1;
      spec.prepareForCreate?.(object);
    },
    prepareForUpdate(next: T, previous: Stored<T>) {
      const [after, before] = [next as Loose, previous as Stored<Loose>];
      if (keepsStatus) {
        if (before['status'] === undefined) delete after['status'];
        else after['status'] = before['status'];
      }
      spec.prepareForUpdate?.(next, previous);
      if (spec.generation && !isEqual(after['spec'], before['spec'])) next.metadata.generation = (previous.metadata.generation ?? 0) + 1;
    },
    validate: (object: T) => spec.validate?.(object) ?? [],
    validateUpdate: (next: T, previous: Stored<T>) => spec.validateUpdate?.(next, previous) ?? [],
    columns: spec.columns ?? [nameColumn(), ...(spec.middle ?? []), ageColumn(), ...(spec.after ?? [])],
    selectableFields: spec.selectableFields ?? {},
    ...(spec.warnings && { warnings: (object: T, previous?: Stored<T>) => spec.warnings!(object, previous) }),
    ...(spec.computed && { computed: spec.computed }),
    ...(spec.storedAs && { storedAs: spec.storedAs }),
    ...(spec.returnsDeleted && { returnsDeleted: true }),
    ...(spec.finalizesWith && { finalizesWith: spec.finalizesWith }),
    ...(spec.deprecation && { deprecation: spec.deprecation }),
    nameRule: spec.nameRule ?? 'subdomain',
  };
  // The store hands out what was written as T: the registry is the only writer.
  return kind as unknown as Kind;
}

/** `NAME`, as every table begins. */
export function nameColumn<T extends KubeObject>(): Column<T> {
  return {
    header: 'Name',
    type: 'string',
    format: 'name',
    description:
      'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
    cell: (object) => (object as Stored<KubeObject>).metadata.name,
  };
}

/** `AGE`: how long ago the object was created, as kubectl counts it. */
export function ageColumn<T extends KubeObject>(): Column<T> {
  return {
    header: 'Age',
    type: 'string',
    description:
      'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
    cell: (object, nowUnixMs) => age((object as Stored<KubeObject>).metadata.creationTimestamp, nowUnixMs),
  };
}

/** A column of text or numbers. */
export function column(header: string, cell: (object: Loose, nowUnixMs: number) => Cell, options: { wide?: boolean; type?: 'string' | 'integer'; description?: string } = {}): Column<Loose> {
  return {
    header,
    type: options.type ?? 'string',
    description: options.description ?? '',
    ...(options.wide && { wide: true }),
    cell: (object, nowUnixMs) => cell(object as unknown as Loose, nowUnixMs),
  };
}

/** A column shown with `-o wide`. */
export function wide(header: string, cell: (object: Loose, nowUnixMs: number) => Cell): Column<Loose> {
  return column(header, cell, { wide: true });
}
