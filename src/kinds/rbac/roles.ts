/** Role and ClusterRole: lists of what may be done. The server judges every request by them. */
import { required, type FieldError } from '../../api/field-error.ts';
import { column, defineKind, nameColumn, type Loose } from '../define.ts';

const GROUP = 'rbac.authorization.k8s.io';

function validateRules(role: Loose, namespaced: boolean): FieldError[] {
  const errors: FieldError[] = [];
  ((role['rules'] ?? []) as Record<string, string[] | undefined>[]).forEach((rule, index) => {
    const path = `rules[${index}]`;
    if (!rule['verbs']?.length) errors.push(required(`${path}.verbs`, 'verbs must contain at least one value'));
    if (rule['nonResourceURLs']?.length) {
      if (namespaced) errors.push({ path: `${path}.nonResourceURLs`, type: 'Invalid', value: rule['nonResourceURLs'], detail: 'namespaced rules cannot apply to non-resource URLs' });
      return;
    }
    if (!rule['apiGroups']?.length) errors.push(required(`${path}.apiGroups`, 'resource rules must supply at least one api group'));
    if (!rule['resources']?.length) errors.push(required(`${path}.resources`, 'resource rules must supply at least one resource'));
  });
  return errors;
}

const columns = () => [nameColumn<Loose>(), column('Created At', (role) => role.metadata.creationTimestamp ?? '')];

export const role = defineKind({ group: GROUP, kind: 'Role', plural: 'roles', nameRule: 'path-segment', validate: (object) => validateRules(object, true), columns: columns() });

export const clusterrole = defineKind({
  group: GROUP,
  kind: 'ClusterRole',
  plural: 'clusterroles',
  namespaced: false,
  nameRule: 'path-segment',
  validate: (object) => validateRules(object, false),
  columns: columns(),
});
