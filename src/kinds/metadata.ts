/**
 * Rules for `metadata` that hold for every kind. See apimachinery/pkg/api/validation/objectmeta.go.
 */
import { isEqual } from '../api/deep.ts';
import { forbiddenField, invalidValue, required, tooLong, type FieldError } from '../api/field-error.ts';
import type { KubeObject, ObjectMeta, Stored } from '../api/object.ts';
import { LABEL_VALUE_RULE, QUALIFIED_NAME_RULE } from '../api/selector.ts';
import type { Kind } from './kind.ts';

export const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
export const LABEL_1035_RULE =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
export const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** What is wrong with a name, by rule; nothing when it is fine. */
export function nameProblems(name: string, rule: NonNullable<Kind['nameRule']>): string[] {
  const problems: string[] = [];
  const longest = (bytes: number) => name.length > bytes && problems.push(`must be no more than ${bytes} bytes`);
  switch (rule) {
    case 'label':
      longest(63);
      if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)) problems.push(LABEL_RULE);
      break;
    case 'label-1035':
      longest(63);
      if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name)) problems.push(LABEL_1035_RULE);
      break;
    case 'subdomain':
      longest(253);
      if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name)) problems.push(SUBDOMAIN_RULE);
      break;
    case 'path-segment':
      if (name === '.' || name === '..') problems.push(`may not be '${name}'`);
      for (const bad of ['/', '%']) if (name.includes(bad)) problems.push(`may not contain '${bad}'`);
      break;
  }
  return problems;
}

export function validateMetadata(kind: Kind, meta: ObjectMeta): FieldError[] {
  const errors: FieldError[] = [];
  const rule = kind.nameRule ?? 'subdomain';
  if (meta.generateName) {
    // A generated name gets a suffix: the rule is asked about the prefix with its trailing dashes masked.
    for (const problem of nameProblems(meta.generateName.replace(/-+$/, (dashes) => 'a'.repeat(dashes.length)), rule)) errors.push(invalidValue('metadata.generateName', meta.generateName, problem));
  }
  if (!meta.name) errors.push(required('metadata.name', 'name or generateName is required'));
  else for (const problem of nameProblems(meta.name, rule)) errors.push(invalidValue('metadata.name', meta.name, problem));
  if (kind.namespaced) {
    if (!meta.namespace) errors.push(required('metadata.namespace'));
    else for (const problem of nameProblems(meta.namespace, 'label')) errors.push(invalidValue('metadata.namespace', meta.namespace, problem));
  } else if (meta.namespace) errors.push(forbiddenField('metadata.namespace', 'not allowed on this type'));
  errors.push(...validateLabels(meta.labels, 'metadata.labels'), ...validateAnnotations(meta.annotations, 'metadata.annotations'));
  meta.ownerReferences?.forEach((owner, index) => {
    const path = `metadata.ownerReferences[${index}]`;
    if (!owner.apiVersion) errors.push(invalidValue(`${path}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty'));
    if (!owner.kind) errors.push(invalidValue(`${path}.kind`, owner.kind ?? '', 'must not be empty'));
    if (!owner.name) errors.push(invalidValue(`${path}.name`, owner.name ?? '', 'must not be empty'));
    if (!owner.uid) errors.push(invalidValue(`${path}.uid`, owner.uid ?? '', 'must not be empty'));
  });
  const controllers = meta.ownerReferences?.filter((owner) => owner.controller) ?? [];
  if (controllers.length > 1) {
    errors.push(invalidValue('metadata.ownerReferences', meta.ownerReferences, `Only one reference can have Controller set to true. Found "true" in references for ${controllers[0]!.kind}/${controllers[0]!.name} and ${controllers[1]!.kind}/${controllers[1]!.name}`));
  }
  meta.finalizers?.forEach((finalizer, index) => {
    const path = `metadata.finalizers[${index}]`;
    for (const problem of qualifiedNameProblems(finalizer)) errors.push(invalidValue(path, finalizer, problem));
    // Custom objects and what defines them are another server's, which asks for no more.
    if (!kind.custom && kind.group !== 'apiextensions.k8s.io' && !finalizer.includes('/') && !STANDARD_FINALIZERS.has(finalizer)) errors.push(invalidValue(path, finalizer, 'name is neither a standard finalizer name nor is it fully qualified'));
  });
  return errors;
}

const STANDARD_FINALIZERS = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

export function validateLabels(labels: Readonly<Record<string, string>> | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of sorted(labels)) {
    for (const problem of qualifiedNameProblems(key)) errors.push(invalidValue(path, key, problem));
    for (const problem of labelValueProblems(value)) errors.push(invalidValue(path, value, problem));
  }
  return errors;
}

export function labelValueProblems(value: string): string[] {
  const problems: string[] = [];
  if (value.length > 63) problems.push('must be no more than 63 bytes');
  if (value !== '' && !/^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/.test(value)) problems.push(LABEL_VALUE_RULE);
  return problems;
}

/** Keys of labels, annotations, taints: `[prefix/]name`. */
export function qualifiedNameProblems(key: string): string[] {
  const problems: string[] = [];
  const parts = key.split('/');
  if (parts.length > 2) {
    return [`a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const name = parts.at(-1)!;
  if (parts.length === 2) {
    if (parts[0] === '') problems.push('prefix part must be non-empty');
    else for (const problem of nameProblems(parts[0]!, 'subdomain')) problems.push(`prefix part ${problem}`);
  }
  if (name === '') problems.push('name part must be non-empty');
  else if (name.length > 63) problems.push('name part must be no more than 63 bytes');
  if (!/^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/.test(name)) problems.push(QUALIFIED_NAME_RULE);
  return problems;
}

export function validateAnnotations(annotations: Readonly<Record<string, string>> | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const [key, value] of sorted(annotations)) {
    for (const problem of qualifiedNameProblems(key.toLowerCase())) errors.push(invalidValue(path, key, problem));
    size += key.length + value.length;
  }
  if (size > 256 * 1024) errors.push(tooLong(path, 256 * 1024));
  return errors;
}

const IMMUTABLE: readonly (keyof ObjectMeta)[] = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'];

export function validateMetadataUpdate(next: KubeObject, previous: Stored<KubeObject>): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of IMMUTABLE) {
    if (!isEqual(next.metadata[field], previous.metadata[field])) errors.push(invalidValue(`metadata.${field}`, next.metadata[field], 'field is immutable'));
  }
  // While an object is being deleted nobody may add a reason to keep it.
  if (previous.metadata.deletionTimestamp) {
    const added = (next.metadata.finalizers ?? []).filter((finalizer) => !previous.metadata.finalizers?.includes(finalizer));
    if (added.length > 0) errors.push(forbiddenField('metadata.finalizers', `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((f) => JSON.stringify(f)).join(', ')}}`));
  }
  return errors;
}

const sorted = (map: Readonly<Record<string, string>> | undefined) => Object.entries(map ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));

