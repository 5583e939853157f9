/** ControllerRevision: an older template of a DaemonSet or StatefulSet. See pkg/registry/apps/controllerrevision/strategy.go. */
import { isEqual } from '../api/deep.ts';
import { invalidValue } from '../api/field-error.ts';
import type { KubeObject } from '../api/object.ts';
import { column, defineKind, type Loose } from './define.ts';

export interface ControllerRevision extends KubeObject {
  data?: unknown;
  revision: number;
}

export const controllerrevision = defineKind<ControllerRevision>({
  group: 'apps',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  validateUpdate: (next, previous) => (isEqual(next.data, previous.data) ? [] : [invalidValue('data', next.data, 'field is immutable')]),
  middle: [column('Controller', owner), column('Revision', (revision) => revision['revision'], { type: 'integer' })] as never,
});

function owner(revision: Loose): string {
  const controller = revision.metadata.ownerReferences?.find((reference) => reference.controller);
  if (!controller) return '<none>';
  const group = controller.apiVersion.includes('/') ? `.${controller.apiVersion.split('/')[0]}` : '';
  return `${controller.kind.toLowerCase()}${group}/${controller.name}`;
}
