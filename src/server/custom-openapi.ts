/**
 * The OpenAPI document of a group version that CustomResourceDefinitions made: their schemas, with the metadata that
 * every object has. See apiextensions-apiserver/pkg/controller/openapi/builder/builder.go.
 */
import type { JsonSchema } from '../kinds/custom/json-schema.ts';
import type { Kind } from '../kinds/kind.ts';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const API_VERSION = 'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources';
const KIND = 'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds';
const METADATA = "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";
const LIST_METADATA = 'Standard list metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds';

/** What is that document's own. */
const OWN = 'io.k8s.api.coordination.';

interface Document {
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

/** @param builtIn the document of Leases: beside them it holds the types that all share, and little else */
export function customDocument(kinds: readonly Kind[], builtIn: string): string {
  const known = (JSON.parse(builtIn) as Document).components.schemas;
  const shared = Object.fromEntries(Object.entries(known).filter(([name]) => !name.startsWith(OWN)).map(([name, schema]) => [name, withoutKinds(schema)]));
  const schemas = Object.fromEntries(kinds.flatMap((kind) => [[nameOf(kind), schemaOf(kind)], [`${nameOf(kind)}List`, listOf(kind)]]));
  const paths = Object.assign({}, ...kinds.map(pathsOf)) as object;
  return JSON.stringify({ openapi: '3.0.0', info: { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' }, paths, components: { schemas: { ...schemas, ...shared } } });
}

const withoutKinds = (schema: unknown) => {
  const { 'x-kubernetes-group-version-kind': _, ...rest } = schema as Record<string, unknown>;
  return rest;
};

/** `stable.example.com` and `v1` → `com.example.stable.v1.CronTab` */
const nameOf = ({ group, version, kind }: Kind): string => `${group.split('.').toReversed().join('.')}.${version}.${kind}`;

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const gvk = ({ group, version }: Kind, kind: string) => ({ group, version, kind });

function schemaOf(kind: Kind): object {
  const schema = kind.custom!.schema as JsonSchema & { readonly properties?: Readonly<Record<string, unknown>> };
  const head = { apiVersion: { description: API_VERSION, type: 'string' }, kind: { description: KIND, type: 'string' }, metadata: { description: METADATA, allOf: [reference(`${META}.ObjectMeta`)] } };
  return { ...schema, properties: { ...schema.properties, ...head }, 'x-kubernetes-group-version-kind': [gvk(kind, kind.kind)] };
}

function listOf(kind: Kind): object {
  return {
    description: `${kind.kind}List is a list of ${kind.kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion: { description: API_VERSION, type: 'string' },
      items: { description: `List of ${kind.plural}. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md`, type: 'array', items: reference(nameOf(kind)) },
      kind: { description: KIND, type: 'string' },
      metadata: { description: LIST_METADATA, allOf: [reference(`${META}.ListMeta`)] },
    },
    'x-kubernetes-group-version-kind': [gvk(kind, kind.custom!.listKind)],
  };
}

function pathsOf(kind: Kind): object {
  const collection = `/apis/${kind.group}/${kind.version}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.plural}`;
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } }));
  const responses = { 200: { description: 'OK', content: { 'application/json': { schema: reference(nameOf(kind)) } } } };
  const operation = (action: string, more: object = {}) => ({ 'x-kubernetes-action': action, 'x-kubernetes-group-version-kind': gvk(kind, kind.kind), responses, ...more });
  const patchTypes = ['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json'];
  return {
    [collection]: { get: operation('list'), post: operation('post', { parameters, requestBody: { content: { '*/*': { schema: reference(nameOf(kind)) } } } }) },
    [`${collection}/{name}`]: {
      get: operation('get'),
      put: operation('put', { parameters }),
      patch: operation('patch', { parameters, requestBody: { content: Object.fromEntries(patchTypes.map((type) => [type, { schema: { type: 'object' } }])) } }),
      delete: operation('delete'),
    },
  };
}
