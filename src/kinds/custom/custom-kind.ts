/**
 * What a CustomResourceDefinition describes, as kinds like all others: one for each version that is served.
 * See apiextensions-apiserver/pkg/apiserver/customresource_handler.go.
 */
import { UNTYPED, type MapShape } from '../../api/apply/shape.ts';
import { isEqual } from '../../api/deep.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import { shapeOfStruct } from '../apply-shape.ts';
import { age } from '../cells.ts';
import { ageColumn, defineKind, nameColumn, type Loose } from '../define.ts';
import type { Column, Kind } from '../kind.ts';
import type { Schema } from '../schema.ts';
import type { Definition, PrinterColumn, Version } from './definition.ts';
import { readPath } from './json-path.ts';
import type { JsonSchema } from './json-schema.ts';
import { fillDefaults, prune, shapeOfSchema } from './structural.ts';
import { validateAgainst } from './validate.ts';

/** What a kind has beyond others because somebody described it. */
export interface CustomPart {
  readonly schema: JsonSchema;
  readonly listKind: string;
  readonly scale?: NonNullable<Version['subresources']>['scale'];
  shape(schema: Schema | undefined): MapShape;
  /** Takes out of the object what its schema does not know. */
  prune(object: KubeObject): string[];
}

export const isTrue = ({ status }: Stored<Definition> | Definition, type: string): boolean => status?.conditions?.some((one) => one.type === type && one.status === 'True') === true;

/** The kinds of a definition, the preferred version first; none before its names are accepted. */
export function kindsOf(definition: Stored<Definition>): readonly Kind[] {
  if (!isTrue(definition, 'Established')) return [];
  const storage = definition.spec.versions.find((version) => version.storage);
  const served = definition.spec.versions.filter((version) => version.served).toSorted((a, b) => byPriority(a.name, b.name));
  return storage ? served.map((version) => customKind(definition as Definition, version as Version, storage.name)) : [];
}

/** v2 before v1 before v1beta1 before v1alpha1 before words. */
export function byPriority(a: string, b: string): number {
  const rank = (name: string): readonly number[] => {
    const [, major, stage, minor] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(name) ?? [];
    return major === undefined ? [0, 0, 0] : [stage === undefined ? 3 : stage === 'beta' ? 2 : 1, Number(major), Number(minor ?? 0)];
  };
  const [left, right] = [rank(a), rank(b)];
  return right[0]! - left[0]! || right[1]! - left[1]! || right[2]! - left[2]! || (a < b ? -1 : 1);
}

function customKind({ spec, metadata }: Definition, version: Version, storage: string): Kind {
  const { group, names } = spec;
  const schema = version.schema?.openAPIV3Schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const hasStatus = version.subresources?.status !== undefined;
  const scale = version.subresources?.scale;
  const asVersion = <T extends KubeObject>(object: T, name: string): T => (object.apiVersion === `${group}/${name}` ? object : { ...object, apiVersion: `${group}/${name}` });
  const kind = defineKind<Loose>({
    group,
    version: version.name,
    kind: names.kind,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: spec.scope === 'Namespaced',
    returnsDeleted: false,
    subresources: [...(hasStatus ? ['status' as const] : []), ...(scale ? ['scale' as const] : [])],
    ...(version.deprecated && { deprecation: version.deprecationWarning ?? `${group}/${version.name} ${names.kind} is deprecated` }),
    storedAs: {
      resource: `${names.plural}.${group}`,
      // Without a webhook a version differs from another in its name alone.
      toStored: (object) => asVersion(object as KubeObject, storage),
      fromStored: (object) => asVersion(object as KubeObject, version.name) as unknown as Stored<Loose>,
    },
    defaults: (object) => fillDefaults(schema, object),
    prepareForCreate: (object) => void (object.metadata.generation = 1),
    prepareForUpdate(next, previous) {
      const wanted = (object: Loose) => ({ ...object, metadata: undefined, ...(hasStatus && { status: undefined }) });
      if (!isEqual(wanted(next), wanted(previous as unknown as Loose))) next.metadata.generation = (previous.metadata.generation ?? 0) + 1;
    },
    validate: (object) => validateAgainst(schema, object),
    columns: [nameColumn(), ...(version.additionalPrinterColumns?.map(printerColumn) ?? [ageColumn<Loose>()])],
    selectableFields: Object.fromEntries((version.selectableFields ?? []).map(({ jsonPath }) => [jsonPath.slice(1), (object: Loose) => printed(readPath(object, jsonPath)[0] ?? '')])),
  });
  const shape = { made: undefined as MapShape | undefined };
  const custom: CustomPart = {
    schema,
    listKind: names.listKind ?? `${names.kind}List`,
    ...(scale && { scale }),
    shape: (types) => (shape.made ??= rootShape(schema, types)),
    prune: (object) => prune(schema, object),
  };
  return { ...kind, custom, definedBy: metadata.name };
}

/** The metadata of a custom object is that of every other. */
function rootShape(schema: JsonSchema, types: Schema | undefined): MapShape {
  const pod = types?.typeOf({ group: '', version: 'v1', kind: 'Pod' })?.field('metadata')?.shape;
  const struct = pod === undefined ? undefined : types?.struct(Number(pod.slice(1)));
  const shape = shapeOfSchema(schema, struct ? shapeOfStruct(struct, true) : UNTYPED);
  return shape.type === 'map' ? shape : UNTYPED;
}

function printerColumn({ name, type, format, description, priority, jsonPath }: PrinterColumn): Column<Loose> {
  return {
    header: name,
    type: type === 'boolean' ? 'string' : (type as Column<Loose>['type']),
    ...(format && { format }),
    description: description ?? `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    ...((priority ?? 0) > 0 && { wide: true }),
    cell(object, nowUnixMs) {
      const found = readPath(object, jsonPath);
      const [first] = found;
      if (type === 'date') return typeof first === 'string' ? age(first, nowUnixMs) : '';
      if (found.length === 0 || first === null) return '';
      if (type === 'integer' || type === 'number') return typeof first === 'number' ? first : '';
      return found.map(printed).join(',');
    },
  };
}

const printed = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
