/** Namespace: a room for names. It ends when its finalizer has seen it empty. See pkg/registry/core/namespace/strategy.go. */
import type { KubeObject } from '../api/object.ts';
import { column, defineKind } from './define.ts';

export interface Namespace extends KubeObject {
  spec?: { finalizers?: string[] };
  status?: { phase?: 'Active' | 'Terminating'; conditions?: { type: string; status: string; reason?: string; message?: string; lastTransitionTime?: string }[] };
}

export const namespace = defineKind<Namespace>({
  kind: 'Namespace',
  plural: 'namespaces',
  shortNames: ['ns'],
  namespaced: false,
  nameRule: 'label',
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: ['finalize', 'status'],
  returnsDeleted: true,
  defaults(namespace) {
    namespace.spec ??= {};
    if (namespace.metadata.name) (namespace.metadata.labels ??= {})['kubernetes.io/metadata.name'] = namespace.metadata.name;
  },
  prepareForCreate(namespace) {
    namespace.status = { phase: 'Active' };
    const finalizers = new Set([...(namespace.spec?.finalizers ?? []), 'kubernetes']);
    namespace.spec = { ...namespace.spec, finalizers: [...finalizers] };
  },
  prepareForUpdate(next, previous) {
    // Finalizers of a namespace change through its finalize subresource alone.
    next.spec = { ...next.spec, ...(previous.spec?.finalizers && { finalizers: [...previous.spec.finalizers] }) };
  },
  selectableFields: { 'status.phase': (namespace) => namespace.status?.phase ?? '', name: (namespace) => namespace.metadata.name },
  middle: [column('Status', (namespace) => namespace['status']?.phase ?? '', { description: 'The status of the namespace' })] as never,
});
