/**
 * CustomResourceDefinition: a kind that a user adds to the API. What it describes is served by `custom-kind.ts`.
 * See apiextensions-apiserver/pkg/apis/apiextensions/{v1/defaults.go,validation/validation.go}.
 */
import type { FieldError } from '../../api/field-error.ts';
import { forbiddenField, invalidValue, notSupported, required } from '../../api/field-error.ts';
import { isEqual } from '../../api/deep.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import { column, defineKind, nameColumn } from '../define.ts';
import { LABEL_1035_RULE, nameProblems } from '../metadata.ts';
import type { JsonSchema } from './json-schema.ts';
import { structuralProblems } from './structural.ts';

export interface Names {
  plural: string;
  singular?: string;
  kind: string;
  listKind?: string;
  shortNames?: string[];
  categories?: string[];
}

export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
  readonly jsonPath: string;
}

export interface Version {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated?: boolean;
  readonly deprecationWarning?: string;
  readonly schema?: { readonly openAPIV3Schema?: JsonSchema };
  readonly subresources?: { readonly status?: object; readonly scale?: { readonly specReplicasPath: string; readonly statusReplicasPath: string; readonly labelSelectorPath?: string } };
  readonly additionalPrinterColumns?: readonly PrinterColumn[];
  readonly selectableFields?: readonly { readonly jsonPath: string }[];
}

export interface Definition extends KubeObject {
  spec: { group: string; names: Names; scope: string; versions: Version[]; conversion?: { strategy: string }; preserveUnknownFields?: boolean };
  status?: { conditions?: { type: string; status: string; reason?: string; message?: string; lastTransitionTime?: string }[]; acceptedNames?: Names; storedVersions?: string[] };
}

export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

export const customresourcedefinition = defineKind<Definition>({
  group: 'apiextensions.k8s.io',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  subresources: ['status'],
  generation: true,
  returnsDeleted: true,
  finalizesWith: CLEANUP_FINALIZER,
  defaults({ spec }) {
    if (!spec?.names) return;
    spec.names.singular ||= spec.names.kind?.toLowerCase() ?? '';
    spec.names.listKind ||= `${spec.names.kind ?? ''}List`;
    spec.conversion ??= { strategy: 'None' };
  },
  prepareForCreate(object) {
    object.status = { conditions: [], acceptedNames: { plural: '', kind: '' }, storedVersions: storageVersions(object) };
  },
  prepareForUpdate(next, previous) {
    // A version that was ever stored in stays listed until somebody has moved what it holds.
    const stored = new Set([...((previous as Definition).status?.storedVersions ?? []), ...storageVersions(next)]);
    next.status = { ...next.status, storedVersions: [...stored] };
  },
  validate: (object) => validateDefinition(object),
  validateUpdate: (next, previous) => validateChange(next, previous as Definition),
  columns: [nameColumn(), { ...column('Created At', (object) => object.metadata.creationTimestamp ?? ''), type: 'date', description: CREATED_AT() }],
});

const storageVersions = ({ spec }: Definition): string[] => (spec?.versions ?? []).filter(({ storage }) => storage).map(({ name }) => name);

function CREATED_AT(): string {
  return 'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata';
}

function validateDefinition({ metadata, spec }: Definition): FieldError[] {
  const errors: FieldError[] = [];
  const { group = '', names = { plural: '', kind: '' }, scope, versions = [] } = (spec ?? {}) as Partial<Definition['spec']>;
  const wanted = `${names.plural}.${group}`;
  if (metadata.name !== wanted) errors.push(invalidValue('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group'));
  if (/(^|\.)(k8s|kubernetes)\.io$/.test(group) && !metadata.annotations?.['api-approved.kubernetes.io']) {
    errors.push(required('metadata.annotations[api-approved.kubernetes.io]', 'protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111'));
  }
  if (!group) errors.push(required('spec.group'));
  else if (!group.includes('.')) errors.push(invalidValue('spec.group', group, 'should be a domain with at least one dot'));
  if (scope === undefined || scope === '') errors.push(required('spec.scope'));
  else if (scope !== 'Cluster' && scope !== 'Namespaced') errors.push(notSupported('spec.scope', scope, ['Cluster', 'Namespaced']));
  errors.push(...validateNames(names), ...validateVersions(versions));
  return errors;
}

function validateNames(names: Names): FieldError[] {
  const errors: FieldError[] = [];
  const label = (field: string, value: string | undefined) => {
    if (!value) return void errors.push(required(`spec.names.${field}`));
    if (nameProblems(value.toLowerCase(), 'label-1035').length > 0) errors.push(invalidValue(`spec.names.${field}`, value, LABEL_1035_RULE));
  };
  label('plural', names.plural);
  if (names.singular) label('singular', names.singular);
  label('kind', names.kind);
  if (names.kind && names.listKind === names.kind) errors.push(invalidValue('spec.names.listKind', names.listKind, 'kind and listKind may not be the same'));
  names.shortNames?.forEach((name, index) => label(`shortNames[${index}]`, name));
  return errors;
}

function validateVersions(versions: readonly Version[]): FieldError[] {
  const errors: FieldError[] = [];
  const storage = versions.filter((version) => version.storage).length;
  if (storage !== 1) errors.push(invalidValue('spec.versions', versions, 'must have exactly one version marked as storage version'));
  versions.forEach((version, index) => {
    const path = `spec.versions[${index}]`;
    for (const problem of nameProblems(version.name ?? '', 'label-1035')) errors.push(invalidValue(`${path}.name`, version.name, problem));
    const schema = version.schema?.openAPIV3Schema;
    if (!schema) errors.push(required(`${path}.schema.openAPIV3Schema`, 'schemas are required'));
    else errors.push(...structuralProblems(schema, `${path}.schema.openAPIV3Schema`));
    version.additionalPrinterColumns?.forEach((printed, at) => {
      const where = `${path}.additionalPrinterColumns[${at}]`;
      if (!printed.jsonPath) errors.push(required(`${where}.JSONPath`));
      if (!['integer', 'number', 'string', 'boolean', 'date'].includes(printed.type)) errors.push(invalidValue(`${where}.type`, printed.type, 'must be one of boolean,date,integer,number,string'));
    });
  });
  return errors;
}

function validateChange(next: Definition, previous: Stored<Definition>): FieldError[] {
  const errors: FieldError[] = [];
  const established = previous.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True');
  const fixed = (path: string, after: unknown, before: unknown) => {
    if (!isEqual(after, before)) errors.push(invalidValue(path, after, 'field is immutable'));
  };
  fixed('spec.group', next.spec.group, previous.spec.group);
  if (established) {
    fixed('spec.scope', next.spec.scope, previous.spec.scope);
    fixed('spec.names.kind', next.spec.names.kind, previous.spec.names.kind);
  }
  const names = next.spec.versions.map(({ name }) => name);
  for (const stored of previous.status?.storedVersions ?? []) {
    if (!names.includes(stored)) errors.push(invalidValue(`status.storedVersions[${previous.status!.storedVersions!.indexOf(stored)}]`, stored, 'missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions'.replaceAll('v1', stored)));
  }
  if (next.spec.conversion?.strategy === 'Webhook') errors.push(forbiddenField('spec.conversion.strategy', 'conversion webhooks are not served here'));
  return errors;
}
