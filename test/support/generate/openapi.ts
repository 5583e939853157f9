/**
 * Makes src/data/openapi-v3/*.json and src/data/schema.json: the types that the kinds of this program use.
 * From @kubernetes/client-node (names, types, descriptions), src/data/protobuf.json (which strings are quantities) and
 * extensions.json (merge keys, list types, enums, taken from the published OpenAPI document).
 * Run: npx tsx test/support/generate/openapi.ts
 */
import { readFileSync, rmSync, mkdirSync, writeFileSync } from 'node:fs';
import type { ProtobufTable } from '../../../src/api/protobuf.ts';
import { kinds } from '../../../src/kinds/index.ts';
import type { Kind } from '../../../src/kinds/kind.ts';
import type { FieldEntry, SchemaTable } from '../../../src/kinds/schema.ts';
import { readModels, type Model, type ModelField } from './models.ts';

type Json = Record<string, unknown>;

interface Extensions {
  readonly required?: readonly string[];
  readonly 'map-type'?: string;
  readonly properties?: Readonly<Record<string, Json>>;
}

const data = new URL('../../../src/data/', import.meta.url);
const protobuf = JSON.parse(readFileSync(new URL('protobuf.json', data), 'utf8')) as ProtobufTable;
const extensions = JSON.parse(readFileSync(new URL('extensions.json', import.meta.url), 'utf8')) as Record<string, Extensions>;
/** Descriptions of fields whose type is a struct: the models have none. From the published OpenAPI document of 1.30.
 * A name that ends in `!` is said instead of the model's words, which lost their line breaks. */
const descriptions = JSON.parse(readFileSync(new URL('descriptions.json', import.meta.url), 'utf8')) as Record<string, Record<string, string>>;
/** What the values of an enum mean; each begins with the value. */
const enumValues = JSON.parse(readFileSync(new URL('enum-values.json', import.meta.url), 'utf8')) as string[][];
const models = readModels();

/** Types of the groups that have packages of their own. */
const EXTENSIONS_PACKAGE = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions';
const AGGREGATOR_PACKAGE = 'io.k8s.kube-aggregator.pkg.apis.apiregistration';
const EXTENSION_TYPES = /^(CustomResource|JSONSchemaProps|ExternalDocumentation|ValidationRule|SelectableField|WebhookConversion)/;

/** Types of another group than core that the table of messages does not have, since they were not yet in that version. */
const WITHOUT_MESSAGE: Readonly<Record<string, string>> = { VolumeAttributesClass: 'storage' };

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const INT_OR_STRING = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';
const TIME_DESCRIPTION = 'Time is a wrapper around time.Time which supports correct marshaling to YAML and JSON.  Wrappers are provided for many of the factory methods that the time package offers.';

/** Types that are a scalar in JSON. */
const PRIMITIVES: Readonly<Record<string, Json>> = {
  [`${META}.Time`]: { type: 'string', format: 'date-time', description: TIME_DESCRIPTION },
  [`${META}.MicroTime`]: { type: 'string', format: 'date-time', description: 'MicroTime is version of Time with microsecond level precision.' },
  [INT_OR_STRING]: {
    description: 'IntOrString is a type that can hold an int32 or a string.  When used in JSON or YAML marshalling and unmarshalling, it produces or consumes the inner type.  This allows you to have, for example, a JSON field that can accept a name or number.',
    format: 'int-or-string',
    oneOf: [{ type: 'integer' }, { type: 'string' }],
  },
  [QUANTITY]: { description: 'Quantity is a fixed-point representation of a number. It provides convenient marshaling/unmarshaling in JSON and YAML, in addition to String() and AsInt64() accessors.', oneOf: [{ type: 'string' }, { type: 'number' }] },
  [`${META}.FieldsV1`]: { type: 'object', description: 'FieldsV1 stores a set of fields in a data structure like a Trie, in JSON format.' },
  'io.k8s.apimachinery.pkg.runtime.RawExtension': { type: 'object', description: 'RawExtension is used to hold extensions in external versions.' },
};

/** `V1Container` → `io.k8s.api.core.v1.Container`. */
function schemaName(model: string): string {
  const [, prefix = '', version = '', name = ''] = /^([A-Z][a-zA-Z]*?)?(V\d+(?:(?:alpha|beta)\d+)?)(.+)$/.exec(model) ?? [];
  if (!version) return model === 'IntOrString' ? INT_OR_STRING : model;
  const suffix = `.${version.toLowerCase()}.${name}`;
  if (prefix === 'Apiextensions' || (!prefix && EXTENSION_TYPES.test(name))) return EXTENSIONS_PACKAGE + suffix;
  if (prefix === 'Apiregistration' || (!prefix && name.startsWith('APIService'))) return AGGREGATOR_PACKAGE + suffix;
  const found = Object.keys(protobuf).filter((message) => message.endsWith(suffix) && (!prefix || message.split('.').at(-3) === prefix.toLowerCase()));
  const chosen = found.find((message) => message.startsWith('k8s.io.api.core.')) ?? found[0] ?? `k8s.io.api.${(prefix || WITHOUT_MESSAGE[name] || 'core').toLowerCase()}${suffix}`;
  return chosen.replace(/^k8s\.io\./, 'io.k8s.');
}

const byName = new Map([...models.values()].map((model) => [schemaName(model.name), model]));

/** A kind's own model: `Event` exists twice. */
function modelOf(kind: Pick<Kind, 'group' | 'version' | 'kind'>): Model {
  const label = kind.group.split('.')[0] || 'core';
  const model = byName.get(`io.k8s.api.${label}.${kind.version}.${kind.kind}`) ?? byName.get(`${EXTENSIONS_PACKAGE}.${kind.version}.${kind.kind}`) ?? byName.get(`${AGGREGATOR_PACKAGE}.${kind.version}.${kind.kind}`);
  if (!model) throw new Error(`@kubernetes/client-node has no model of ${kind.kind}.${kind.group}. Is its name or version right?`);
  return model;
}

/** What protobuf calls the type of a JSON field; inlined structs are looked into. */
function protobufType(message: string, field: string): string | undefined {
  for (const [name, type] of Object.values(protobuf[message] ?? {})) {
    if (name === field) return type;
    const inner = name === '' ? protobufType(type, field) : undefined;
    if (inner) return inner;
  }
  return undefined;
}

/** A field's type in one notation: a scalar's name, a schema's name after `#`, `[]` and `{}` before it. */
function shapeOf(owner: string, field: ModelField): string {
  const wire = protobufType(owner.replace(/^io\.k8s\./, 'k8s.io.'), field.name);
  if (wire?.endsWith('api.resource.Quantity')) return wire.replace(/k8s\.io.*/, `#${QUANTITY}`);
  return shape(field.type, field.format);
}

function shape(type: string, format: string): string {
  const list = /^(?:Array|Set)<(.+)>$/.exec(type)?.[1];
  if (list) return `[]${shape(list, format)}`;
  const map = /^\{ \[key: string\]: (.+?);? \}$/.exec(type)?.[1];
  if (map) return `{}${shape(map, format)}`;
  switch (type) {
    case 'string':
      return format === 'byte' ? 'bytes' : 'string';
    case 'boolean':
      return 'boolean';
    case 'number':
      return format === 'double' ? 'float64' : format === 'int64' ? 'int64' : 'int32';
    case 'Date':
      return `#${META}.Time`;
    case 'any':
    case 'object':
      return 'any';
    default:
      return `#${schemaName(type)}`;
  }
}

const reference = (name: string) => `#/components/schemas/${name}`;

function schemaFor(text: string, inList = false): Json {
  if (text.startsWith('[]')) return { type: 'array', items: schemaFor(text.slice(2), true) };
  if (text.startsWith('{}')) return { type: 'object', additionalProperties: schemaFor(text.slice(2), true) };
  if (text.startsWith('#')) return inList ? { allOf: [{ $ref: reference(text.slice(1)) }], default: {} } : { $ref: reference(text.slice(1)) };
  switch (text) {
    case 'bytes':
      return { type: 'string', format: 'byte' };
    case 'int32':
    case 'int64':
      return { type: 'integer', format: text };
    case 'float64':
      return { type: 'number', format: 'double' };
    case 'any':
      return { type: 'object' };
    default:
      return { type: text, ...(inList && text === 'string' && { default: '' }) };
  }
}

const REFERENCE = /#(io\.k8s\.[\w.-]+)$/;

function definition(name: string, model: Model): Json {
  const own = extensions[name] ?? {};
  const properties: Record<string, Json> = {};
  for (const field of model.fields) {
    const base = schemaFor(shapeOf(name, field));
    const extra = own.properties?.[field.name] ?? {};
    const words = (descriptions[name]?.[`${field.name}!`] ?? (describes(field) ? field.description : (descriptions[name]?.[field.name] ?? ''))) + meaningOf(extra['enum'] as string[] | undefined);
    const property: Json = { ...(words && { description: words }) };
    const target = base['$ref'] as string | undefined;
    if (target) Object.assign(property, { allOf: [base], ...(!PRIMITIVES[target.split('/').at(-1)!] && { default: {} }) });
    else Object.assign(property, base);
    for (const [key, value] of Object.entries(extra)) property[key === 'enum' || key === 'default' ? key : `x-kubernetes-${key}`] = value;
    properties[field.name] = property;
  }
  const needed = own.required ?? model.fields.filter((field) => field.required).map((field) => field.name);
  return {
    type: 'object',
    ...(model.description && { description: model.description }),
    ...(needed.length > 0 && { required: needed }),
    properties,
    ...(own['map-type'] && { 'x-kubernetes-map-type': own['map-type'] }),
  };
}

/** The models give some fields the description of their type, some none. */
function describes(field: ModelField): boolean {
  return field.description !== '' && !/^(IntOrString|Quantity|Time|MicroTime) is /.test(field.description);
}

/** `Possible enum values:`, as the real document says it, where the meanings are known. */
function meaningOf(values: readonly string[] | undefined): string {
  const known = values && enumValues.find((lines) => lines.length === values.length && lines.every((line) => values.includes(line.split(' ')[0]!)));
  if (!known) return '';
  return `\n\nPossible enum values:\n${known.map((line) => ` - \`"${line.split(' ')[0]}"\`${line.includes(' ') ? ` ${line.slice(line.indexOf(' ') + 1)}` : ''}`).join('\n')}`;
}

/** Every schema that can be reached. */
function closure(roots: readonly string[]): Map<string, Json> {
  const found = new Map<string, Json>();
  const visit = (name: string) => {
    if (found.has(name)) return;
    const primitive = PRIMITIVES[name];
    const model = byName.get(name);
    if (primitive) found.set(name, primitive);
    else if (!model) found.set(name, { type: 'object' });
    else {
      found.set(name, definition(name, model));
      for (const field of model.fields) {
        const next = REFERENCE.exec(shapeOf(name, field))?.[1];
        if (next) visit(next);
      }
    }
  };
  for (const root of roots) visit(root);
  return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const parameter = (name: string, description: string) => ({ name, in: 'query', description, schema: { type: 'string', uniqueItems: true } });
/** kubectl reads these from the PATCH operation to learn what the server can do. */
const PARAMETERS = [
  parameter('dryRun', 'When present, indicates that modifications should not be persisted. An invalid or unrecognized dryRun directive will result in an error response and no further processing of the request. Valid values are: - All: all dry run stages will be processed'),
  parameter('fieldManager', 'fieldManager is a name associated with the actor or entity that is making these changes.'),
  parameter('fieldValidation', 'fieldValidation instructs the server on how to handle objects in the request (POST/PUT/PATCH) containing unknown or duplicate fields. Valid values are: - Ignore: This will ignore any unknown fields that are silently dropped from the object, and will ignore all but the last duplicate field that the decoder encounters. - Warn: This will send a warning via the standard warning response header for each unknown field that is dropped from the object, and for each duplicate field that is encountered. - Strict: This will fail the request with a BadRequest error if any unknown fields would be dropped from the object, or if any duplicate fields are present.'),
];

function paths(group: string, version: string, of: readonly Kind[]): Json {
  const root = group ? `/apis/${group}/${version}` : `/api/${version}`;
  const result: Json = {};
  for (const kind of of) {
    const gvk = { group, version, kind: kind.kind };
    const schema = { $ref: reference(schemaName(modelOf(kind).name)) };
    const answer = { 200: { description: 'OK', content: { 'application/json': { schema } } } };
    const collection = `${root}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.plural}`;
    const operation = (action: string, extra: Json = {}) => ({ 'x-kubernetes-action': action, 'x-kubernetes-group-version-kind': gvk, responses: answer, ...extra });
    result[collection] = { ...(kind.stored && { get: operation('list') }), post: operation('post', { parameters: PARAMETERS, requestBody: { content: { '*/*': { schema } } } }) };
    if (!kind.stored) continue;
    const patchTypes = ['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json'];
    result[`${collection}/{name}`] = {
      get: operation('get'),
      put: operation('put', { parameters: PARAMETERS }),
      patch: operation('patch', { parameters: PARAMETERS, requestBody: { content: Object.fromEntries(patchTypes.map((type) => [type, { schema: { type: 'object' } }])) } }),
      delete: operation('delete'),
    };
  }
  return result;
}

function writeDocuments(): number {
  rmSync(new URL('openapi-v3/', data), { recursive: true, force: true });
  mkdirSync(new URL('openapi-v3/', data));
  const groups = new Map<string, Kind[]>();
  for (const kind of kinds) groups.set(`${kind.group}/${kind.version}`, [...(groups.get(`${kind.group}/${kind.version}`) ?? []), kind]);
  for (const of of groups.values()) {
    const { group, version } = of[0]!;
    const roots = of.flatMap((kind) => {
      const own = schemaName(modelOf(kind).name);
      return byName.has(`${own}List`) ? [own, `${own}List`] : [own];
    });
    const schemas = closure([...roots, ...(group === '' ? ['io.k8s.api.policy.v1.Eviction', 'io.k8s.api.authentication.v1.TokenRequest', 'io.k8s.api.autoscaling.v1.Scale'] : []), `${META}.DeleteOptions`, `${META}.Status`]);
    for (const kind of of) {
      const own = schemaName(modelOf(kind).name);
      for (const [name, word] of [[own, kind.kind], [`${own}List`, `${kind.kind}List`]] as const) {
        const schema = schemas.get(name);
        if (schema) schema['x-kubernetes-group-version-kind'] = [{ group, kind: word, version }];
      }
    }
    const document = { openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1.35.0' }, paths: paths(group, version, of), components: { schemas: Object.fromEntries(schemas) } };
    const file = (group ? `apis/${group}/${version}` : `api/${version}`).replaceAll('/', '__');
    writeFileSync(new URL(`openapi-v3/${file}.json`, data), JSON.stringify(document));
  }
  return groups.size;
}

/** How a field is shared, as the table writes it. A key with a default may be left out of an element. */
function ownership(extra: Json | undefined, element: string | undefined): string {
  if (extra?.['map-type'] === 'atomic') return 'atomic';
  if (extra?.['list-type'] === 'set') return 'set';
  const keys = extra?.['list-type'] === 'map' ? (extra['list-map-keys'] as string[]) : [];
  return keys.map((key) => {
    const value = extensions[element ?? '']?.properties?.[key]?.['default'];
    return typeof value === 'string' && value !== '' ? `${key}=${value}` : key;
  }).join(',');
}

const SHORT: Readonly<Record<string, string>> = { [`${META}.Time`]: 'time', [`${META}.MicroTime`]: 'microTime', [QUANTITY]: 'quantity', [INT_OR_STRING]: 'intOrString' };

function writeTable(): number {
  const numbers = new Map<string, number>();
  const types: { name: string; fields: Record<string, FieldEntry>; atomic?: true }[] = [];
  const add = (name: string): number => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    const type: (typeof types)[number] = { name: name.slice(name.lastIndexOf('.') + 1), fields: {}, ...(extensions[name]?.['map-type'] === 'atomic' && { atomic: true }) };
    const number = types.push(type) - 1;
    numbers.set(name, number);
    for (const field of byName.get(name)!.fields) {
      const text = shapeOf(name, field);
      const target = REFERENCE.exec(text)?.[1];
      const short = target === undefined ? undefined : (SHORT[target] ?? (byName.has(target) && !PRIMITIVES[target] ? undefined : 'any'));
      const shaped = target === undefined ? text : text.replace(REFERENCE, short ?? `#${add(target)}`);
      const extra = extensions[name]?.properties?.[field.name];
      const [key = '', strategy = ''] = [extra?.['patch-merge-key'] as string | undefined, extra?.['patch-strategy'] as string | undefined];
      const owned = ownership(extra, target);
      type.fields[field.name] = owned ? [shaped, key, strategy, owned] : key || strategy ? [shaped, key, strategy] : shaped;
    }
    return number;
  };
  const table: SchemaTable = { kinds: Object.fromEntries(kinds.map((kind) => [kind.group ? `${kind.group}/${kind.version}/${kind.kind}` : `${kind.version}/${kind.kind}`, add(schemaName(modelOf(kind).name))])), types };
  writeFileSync(new URL('schema.json', data), JSON.stringify(table));
  return types.length;
}

process.stdout.write(`${writeDocuments()} documents, ${writeTable()} types\n`);
