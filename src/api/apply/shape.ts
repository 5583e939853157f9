/**
 * What server-side apply needs to know of a type: which lists and maps are owned whole, and which by the element.
 * The published schemas say it as `x-kubernetes-list-type`, `-list-map-keys` and `-map-type`.
 * See structured-merge-diff/schema/elements.go.
 */
export type Shape =
  | { readonly type: 'scalar' }
  | { readonly type: 'list'; readonly relation: 'atomic' | 'set' | ListKeys; readonly element: Shape; readonly inline?: boolean }
  | MapShape;

/** A list whose elements have names: the fields that make one, and what these are when they are not written. */
export interface ListKeys {
  readonly keys: readonly string[];
  readonly defaults: Readonly<Record<string, unknown>>;
}

export interface MapShape {
  readonly type: 'map';
  /** Owned as one value, whatever is inside. */
  readonly atomic: boolean;
  /** Part of what holds it, and there even when nothing is in it: a Go struct that is no pointer, a list that is always written. */
  readonly inline?: boolean;
  /** Undefined where no such field is declared. */
  field(name: string): Shape | undefined;
  /** A field of the type, rather than a key that somebody chose. */
  isDeclared(name: string): boolean;
}

export const SCALAR: Shape = { type: 'scalar' };

/** Of what has no schema: maps are shared by the member, lists are owned whole. */
export const UNTYPED: MapShape = { type: 'map', atomic: false, field: () => UNTYPED, isDeclared: () => false };

export const mapOf = (element: Shape, atomic = false): MapShape => ({ type: 'map', atomic, field: () => element, isDeclared: () => false });

/** The shape that a value really has: what is not declared is looked at as it comes. */
export function shapeOfValue(shape: Shape | undefined, value: unknown): Shape {
  if (shape !== undefined && shape !== UNTYPED) return shape;
  if (Array.isArray(value)) return { type: 'list', relation: 'atomic', element: UNTYPED };
  return typeof value === 'object' && value !== null ? UNTYPED : SCALAR;
}

/** How an element of a list is called in a path; throws `FieldError`-like words for one that has no name. */
export function stepOf(relation: 'set' | ListKeys, item: unknown): string {
  if (relation === 'set') return `v:${JSON.stringify(item)}`;
  const record = (typeof item === 'object' && item !== null ? item : {}) as Record<string, unknown>;
  const named = relation.keys.toSorted().map((key) => [key, record[key] ?? relation.defaults[key] ?? null] as const);
  return `k:${JSON.stringify(Object.fromEntries(named))}`;
}
