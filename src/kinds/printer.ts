/**
 * Objects as a table, the way `kubectl get` asks for them. The columns are the kinds'.
 * See apiserver/pkg/endpoints/handlers/response.go and pkg/printers.
 */
import type { KubeObject, Stored } from '../api/object.ts';
import type { Kind } from './kind.ts';

/** meta.k8s.io/v1 Table. */
export interface Table {
  readonly kind: 'Table';
  readonly apiVersion: 'meta.k8s.io/v1';
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string; readonly remainingItemCount?: number };
  readonly columnDefinitions: readonly { readonly name: string; readonly type: string; readonly format: string; readonly description: string; readonly priority: number }[];
  readonly rows: readonly { readonly cells: readonly (string | number)[]; readonly object?: unknown }[];
}

export interface TableOptions {
  /** What each row carries of its object; the real server's default is its metadata. */
  readonly includeObject?: 'Metadata' | 'Object' | 'None';
  /** Of the list. */
  readonly metadata?: Table['metadata'];
}

export function toTable(kind: Pick<Kind, 'columns'>, objects: readonly Stored<KubeObject>[], nowUnixMs: number, options: TableOptions = {}): Table {
  const include = options.includeObject ?? 'Metadata';
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.metadata ?? {},
    columnDefinitions: kind.columns.map(({ header, type, format = '', description = '', wide = false }) => ({ name: header, type, format, description, priority: wide ? 1 : 0 })),
    rows: objects.map((object) => ({
      cells: kind.columns.map((column) => column.cell(object, nowUnixMs)),
      ...(include !== 'None' && { object: include === 'Object' ? object : { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata } }),
    })),
  };
}
