/** RuntimeClass: another way to run containers; stored. See pkg/registry/node/runtimeclass/strategy.go. */
import { required } from '../api/field-error.ts';
import { column, defineKind } from './define.ts';

export const runtimeclass = defineKind({
  group: 'node.k8s.io',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  namespaced: false,
  validate: (object) => (object['handler'] ? [] : [required('handler')]),
  middle: [column('Handler', (entry) => entry['handler'])],
});
