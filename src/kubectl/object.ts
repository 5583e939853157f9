/** An API object as kubectl handles it: whatever the server sent. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata?: {
    name?: string;
    namespace?: string;
    uid?: string;
    generateName?: string;
    resourceVersion?: string;
    creationTimestamp?: string | null;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    generation?: number;
    managedFields?: unknown;
    ownerReferences?: { kind: string; name: string; controller?: boolean; uid: string; apiVersion: string }[];
    [field: string]: unknown;
  };
  [field: string]: unknown;
}

export interface List extends KubeObject {
  items: KubeObject[];
}

/** A server-side table, meta.k8s.io/v1. */
export interface Table {
  readonly kind: 'Table';
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string; readonly remainingItemCount?: number };
  readonly columnDefinitions: readonly { readonly name: string; readonly type: string; readonly format?: string; readonly priority: number }[];
  readonly rows: readonly TableRow[] | null;
}

export interface TableRow {
  readonly cells: readonly unknown[];
  readonly object?: KubeObject;
}

/** Those of a list, or the object alone. */
export function itemsOf(object: KubeObject): readonly KubeObject[] {
  return Array.isArray(object['items']) ? (object['items'] as KubeObject[]) : [object];
}

/** A value deep inside, or undefined. */
export function dig(object: unknown, ...path: readonly (string | number)[]): unknown {
  let value = object;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}
