/**
 * The rules of security contexts. See ValidateSecurityContext and validatePodSpecSecurityContext
 * in pkg/apis/core/validation/validation.go.
 */
import { invalidValue, notSupported, type FieldError } from '../../api/field-error.ts';

type Context = Readonly<Record<string, unknown>> | undefined;

const ID_RULE = 'must be between 0 and 2147483647, inclusive';

export function validatePodSecurityContext(context: Context, path: string): FieldError[] {
  const errors = validateIds(context, ['fsGroup', 'runAsUser', 'runAsGroup'], path);
  const policy = context?.['supplementalGroupsPolicy'];
  if (policy !== undefined && policy !== 'Merge' && policy !== 'Strict') errors.push(notSupported(`${path}.supplementalGroupsPolicy`, policy, ['Merge', 'Strict']));
  return errors;
}

export function validateSecurityContext(context: Context, path: string): FieldError[] {
  const errors = validateIds(context, ['runAsUser', 'runAsGroup'], path);
  if (context?.['allowPrivilegeEscalation'] !== false) return errors;
  if (context['privileged'] === true) errors.push(invalidValue(path, asGo(context), 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'));
  const added = (context['capabilities'] as { add?: string[] } | undefined)?.add ?? [];
  if (added.includes('CAP_SYS_ADMIN') || added.includes('SYS_ADMIN')) errors.push(invalidValue(path, asGo(context), 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'));
  return errors;
}

function validateIds(context: Context, fields: readonly string[], path: string): FieldError[] {
  return fields.flatMap((field) => {
    const id = context?.[field];
    return typeof id === 'number' && (id < 0 || id > 2_147_483_647) ? [invalidValue(`${path}.${field}`, id, ID_RULE)] : [];
  });
}

const GO_FIELDS = ['Capabilities', 'Privileged', 'SELinuxOptions', 'WindowsOptions', 'RunAsUser', 'RunAsGroup', 'RunAsNonRoot', 'ReadOnlyRootFilesystem', 'AllowPrivilegeEscalation', 'ProcMount', 'SeccompProfile', 'AppArmorProfile'];

/** Printed as Go's internal struct: its own names, in its own order, null for what is not set. */
function asGo(context: NonNullable<Context>): Record<string, unknown> {
  const member = (name: string) => context[name === 'SELinuxOptions' ? 'seLinuxOptions' : name[0]!.toLowerCase() + name.slice(1)];
  return Object.fromEntries(GO_FIELDS.map((name) => [name, member(name) ?? null]));
}
