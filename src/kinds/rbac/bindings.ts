/** RoleBinding and ClusterRoleBinding: who has a role. See pkg/apis/rbac/validation/validation.go. */
import { isEqual } from '../../api/deep.ts';
import { invalidValue, notSupported, required, type FieldError } from '../../api/field-error.ts';
import { defineKind, column, wide, type Loose } from '../define.ts';

const GROUP = 'rbac.authorization.k8s.io';

interface Subject {
  kind: string;
  apiGroup?: string;
  name: string;
  namespace?: string;
}

const subjects = (binding: Loose) => (binding['subjects'] ?? []) as Subject[];
const named = (binding: Loose, kind: string) =>
  subjects(binding)
    .filter((subject) => subject.kind === kind)
    .map((subject) => (kind === 'ServiceAccount' ? `${subject.namespace}/${subject.name}` : subject.name))
    .join(', ');

function setDefaults(binding: Loose): void {
  if (binding['roleRef']) binding['roleRef'].apiGroup ||= GROUP;
  for (const subject of subjects(binding)) if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= GROUP;
}

function validateBinding(binding: Loose, roleKinds: readonly string[], needsNamespace: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const ref = (binding['roleRef'] ?? {}) as { apiGroup?: string; kind?: string; name?: string };
  if (ref.apiGroup !== GROUP) errors.push(notSupported('roleRef.apiGroup', ref.apiGroup ?? '', [GROUP]));
  if (!roleKinds.includes(ref.kind ?? '')) errors.push(notSupported('roleRef.kind', ref.kind ?? '', roleKinds));
  if (!ref.name) errors.push(required('roleRef.name'));
  subjects(binding).forEach((subject, index) => {
    const path = `subjects[${index}]`;
    if (!subject.name) errors.push(required(`${path}.name`));
    if (!['ServiceAccount', 'User', 'Group'].includes(subject.kind)) errors.push(notSupported(`${path}.kind`, subject.kind ?? '', ['ServiceAccount', 'User', 'Group']));
    if (subject.kind === 'ServiceAccount' && !subject.namespace && needsNamespace) errors.push(required(`${path}.namespace`));
  });
  return errors;
}

/** The value is printed as Go's internal struct, which has no JSON names. */
function roleIsImmutable(next: Loose, previous: unknown): FieldError[] {
  if (isEqual(next['roleRef'], (previous as Loose)['roleRef'])) return [];
  const { apiGroup = '', kind = '', name = '' } = next['roleRef'] ?? {};
  return [invalidValue('roleRef', { APIGroup: apiGroup, Kind: kind, Name: name }, 'cannot change roleRef')];
}

const middle = [column('Role', (binding) => `${binding['roleRef']?.kind}/${binding['roleRef']?.name}`)];
const after = [wide('Users', (binding) => named(binding, 'User')), wide('Groups', (binding) => named(binding, 'Group')), wide('ServiceAccounts', (binding) => named(binding, 'ServiceAccount'))];

export const rolebinding = defineKind({
  group: GROUP,
  kind: 'RoleBinding',
  plural: 'rolebindings',
  nameRule: 'path-segment',
  defaults: setDefaults,
  validate: (object) => validateBinding(object, ['Role', 'ClusterRole'], true),
  validateUpdate: roleIsImmutable,
  middle,
  after,
});

export const clusterrolebinding = defineKind({
  group: GROUP,
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
  nameRule: 'path-segment',
  defaults: setDefaults,
  validate: (object) => validateBinding(object, ['ClusterRole'], true),
  validateUpdate: roleIsImmutable,
  middle,
  after,
});
