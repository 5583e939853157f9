/**
 * Nothing is created in a namespace that is not there or that is going away.
 * See apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go.
 */
import type { KubeObject, Stored } from '../../api/object.ts';
import { ApiError, notFound } from '../../api/status.ts';
import type { Loose } from '../define.ts';
import type { Admission } from './index.ts';

export const namespaceLifecycle: Admission = {
  name: 'NamespaceLifecycle',
  create({ registry, kind, object }) {
    if (!kind.namespaced) return;
    const name = object.metadata.namespace ?? '';
    const namespace = registry.find('namespaces', name) as Stored<KubeObject> & Loose | undefined;
    if (!namespace) throw notFound({ group: '', plural: 'namespaces' }, name);
    if (namespace['status']?.phase !== 'Terminating') return;
    const why = `unable to create new content in namespace ${name} because it is being terminated`;
    const what = kind.group ? `${kind.plural}.${kind.group}` : kind.plural;
    const shown = object.metadata.name ? `${what} "${object.metadata.name}"` : what;
    throw new ApiError(403, 'Forbidden', `${shown} is forbidden: ${why}`, {
      ...(object.metadata.name && { name: object.metadata.name }),
      ...(kind.group && { group: kind.group }),
      kind: kind.plural,
      causes: [{ reason: 'NamespaceTerminating', message: `namespace ${name} is being terminated`, field: 'metadata.namespace' }],
    });
  },
};
