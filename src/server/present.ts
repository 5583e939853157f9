/**
 * An object or a page of objects in the form the client negotiated: itself, a table, or its metadata only.
 * Knows nothing of HTTP. See apiserver/pkg/endpoints/handlers/response.go.
 */
import type { KubeObject, Stored } from '../api/object.ts';
import { notAcceptable } from '../api/status.ts';
import type { Kind } from '../kinds/kind.ts';
import type { ListPage } from '../kinds/registry.ts';
import { toTable } from '../kinds/printer.ts';
import type { Accepted } from './accept.ts';
import { inGoOrder } from './go-order.ts';

export interface PresentOptions {
  readonly nowUnixMs: number;
  /** `includeObject` of a table request: what each row carries beside its cells. */
  readonly includeObject: 'None' | 'Metadata' | 'Object';
}

/** One object. */
export function presentObject(kind: Pick<Kind, 'columns' | 'custom'>, object: Stored<KubeObject>, accepted: Accepted, options: PresentOptions): unknown {
  switch (accepted.as) {
    case 'Table':
      return withVersion(toTable(kind, [object], options.nowUnixMs, options), accepted, { resourceVersion: object.metadata.resourceVersion });
    case 'PartialObjectMetadata':
      return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${accepted.version}`, metadata: object.metadata };
    case 'PartialObjectMetadataList':
      throw notAcceptable(['application/json', 'application/yaml']);
    default:
      return inGoOrder(kind, object);
  }
}

/** A list. Items of a typed list do not repeat their kind, as in Go's encoding of it. */
export function presentPage(kind: Kind, page: ListPage, accepted: Accepted, options: PresentOptions): unknown {
  const metadata = {
    resourceVersion: page.resourceVersion,
    ...(page.continue !== undefined && { continue: page.continue }),
    ...(page.remainingItemCount !== undefined && { remainingItemCount: page.remainingItemCount }),
  };
  switch (accepted.as) {
    case 'Table':
      return withVersion(toTable(kind, page.items, options.nowUnixMs, options), accepted, metadata);
    case 'PartialObjectMetadata':
      throw notAcceptable(['application/json', 'application/yaml']);
    case 'PartialObjectMetadataList':
      return {
        kind: 'PartialObjectMetadataList',
        apiVersion: `meta.k8s.io/${accepted.version}`,
        metadata,
        items: page.items.map((item) => ({ kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${accepted.version}`, metadata: item.metadata })),
      };
    default:
      return { kind: kind.custom?.listKind ?? `${kind.kind}List`, apiVersion: kind.group ? `${kind.group}/${kind.version}` : kind.version, metadata, items: page.items.map((item) => (kind.custom ? inGoOrder(kind, item) : withoutKind(inGoOrder(kind, item)))) };
  }
}

function withVersion(table: object, accepted: Accepted, metadata: object): object {
  return { ...table, kind: 'Table', apiVersion: `meta.k8s.io/${accepted.version}`, metadata };
}

function withoutKind(object: object): object {
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = object as Partial<KubeObject>;
  return rest;
}
