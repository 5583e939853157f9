/** `kubectl explain`: from the server's OpenAPI v3. See kubectl/pkg/explain/v2 (plaintext.tmpl). */
import type { Run, Verb } from '../command.ts';
import { KubectlError, plainError } from '../io.ts';
import { wordWrap } from '../output/word-wrap.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly 'x-kubernetes-group-version-kind'?: readonly { readonly group: string; readonly version: string; readonly kind: string }[];
}

type Schemas = Readonly<Record<string, Schema>>;

export const explain: Verb = {
  name: 'explain', short: 'Get documentation for a resource', long: 'Describe fields and structure of various resources.\n\nThis command describes the fields associated with each supported API resource. Fields are identified via a simple JSONPath identifier:\n\n        <type>.<fieldName>[.<fieldName>]',
  examples: '# Get the documentation of the resource and its fields\nkubectl explain pods\n\n# Get all the fields in the resource\nkubectl explain pods --recursive\n\n# Get the documentation of a specific field of a resource\nkubectl explain pods.spec.containers', usage: 'explain TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext] [options]',
  flags: [
    { name: 'recursive', type: 'bool', value: false, help: 'When true, print the name of all the fields recursively. Otherwise, print the available fields with their description.' },
    { name: 'api-version', type: 'string', value: '', help: 'Use given api-version (group/version) of the resource.' },
    { name: 'output', short: 'o', type: 'string', value: 'plaintext', help: 'Format in which to render the schema. Valid values are: (plaintext, plaintext-openapiv2).' },
  ],
  run: async (run) => {
    if (run.args.length === 0) throw plainError('You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.');
    if (run.args.length > 1) throw plainError('We accept only this format: explain RESOURCE');
    if (run.flags.text('output') !== 'plaintext') throw plainError(`--output=${run.flags.text('output')} is not available in the kubectl that comes with cka: use plaintext, or install the real kubectl`);
    const [type = '', ...path] = run.args[0]!.split('.');
    const asked = run.flags.text('api-version');
    const [askedGroup, askedVersion] = asked.includes('/') ? (asked.split('/') as [string, string]) : ['', asked];
    const resources = await run.resources();
    const bare = resources.find(type);
    const resource = asked ? resources.all.find((one) => one.plural === bare?.plural && one.group === askedGroup && one.version === askedVersion) : bare;
    if (!resource) {
      if (!bare || !asked) throw new KubectlError(`the server doesn't have a resource type "${type}"`);
      throw plainError(`couldn't find resource for "${askedGroup ? `${askedGroup}/` : ''}${askedVersion}, Kind=${bare.kind}"`);
    }
    const schemas = await schemasOf(run, resource.group, resource.version);
    const root = Object.values(schemas).find((one) => one['x-kubernetes-group-version-kind']?.some((gvk) => gvk.group === resource.group && gvk.version === resource.version && gvk.kind === resource.kind));
    if (!root) throw plainError(`GVR (${resource.group || ''}/${resource.version}, Resource=${resource.plural}) not found in OpenAPI schema`);
    run.out(`${resource.group ? `GROUP:      ${resource.group}\n` : ''}KIND:       ${resource.kind}\nVERSION:    ${resource.version}\n\n`);
    run.out(new Explainer(schemas).text(root, path, run.flags.bool('recursive')));
    return 0;
  },
};

async function schemasOf(run: Run, group: string, version: string): Promise<Schemas> {
  const paths = await run.client.json<{ paths: Readonly<Record<string, { serverRelativeURL: string }>> }>('GET', '/openapi/v3');
  const at = paths.paths[group ? `apis/${group}/${version}` : `api/${version}`];
  if (!at) throw plainError(`couldn't find OpenAPI of ${group ? `${group}/` : ''}${version}`);
  return (await run.client.json<{ components?: { schemas?: Schemas } }>('GET', at.serverRelativeURL)).components?.schemas ?? {};
}

const MAX_ENUM = 4;

class Explainer {
  constructor(private readonly schemas: Schemas) {}

  text(root: Schema, path: readonly string[], recursive: boolean): string {
    let schema = root;
    let head = '';
    for (const [index, name] of path.entries()) {
      const field = this.#fields(schema)[name];
      if (!field) throw plainError(`field ${JSON.stringify(name)} does not exist`);
      schema = field;
      if (index === path.length - 1) head = `FIELD: ${name} <${this.#type(field)}>\n${this.#enumBlock(field)}\n`;
    }
    const fields = this.#fields(schema);
    const description = `${head}DESCRIPTION:\n${indent(wordWrap(this.#descriptions(schema), 76))}\n`;
    if (Object.keys(fields).length === 0) return `${description}\n`;
    return `${description}FIELDS:\n${recursive ? this.#tree(schema, 1, []) : this.#list(schema)}\n`;
  }

  #resolve(schema: Schema): Schema {
    const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
    return ref ? (this.schemas[ref.slice(ref.lastIndexOf('/') + 1)] ?? {}) : schema;
  }

  /** Below lists and maps. */
  #inner(schema: Schema): Schema {
    const own = this.#resolve(schema);
    if (own.items) return this.#inner(own.items);
    return typeof own.additionalProperties === 'object' ? this.#inner(own.additionalProperties) : own;
  }

  #fields(schema: Schema): Readonly<Record<string, Schema>> {
    return this.#inner(schema).properties ?? {};
  }

  #type(schema: Schema): string {
    if (schema.items) return `[]${this.#type(schema.items)}`;
    if (typeof schema.additionalProperties === 'object') return `map[string]${this.#type(schema.additionalProperties)}`;
    const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
    const own = this.#resolve(schema);
    // Types that are plain text in JSON are called so, unless they are of two kinds.
    if (ref) return own.type === undefined || own.type === 'object' ? ref.slice(ref.lastIndexOf('.') + 1) : own.type;
    return schema.type === undefined || schema.type === 'object' ? 'Object' : schema.type;
  }

  /** The field's own words, then those of its type. */
  #descriptions(schema: Schema): string {
    const found: string[] = [];
    for (let one: Schema | undefined = schema; one; ) {
      if (one.description) found.push(one.description);
      const ref: string | undefined = one.$ref ?? one.allOf?.[0]?.$ref;
      one = ref ? this.#resolve(one) : (one.items ?? (typeof one.additionalProperties === 'object' ? one.additionalProperties : undefined));
    }
    return `${found.length === 0 ? '<empty>' : found.join('\n')}\n`;
  }

  #enumBlock(schema: Schema): string {
    const values = this.#resolve(schema).enum ?? [];
    return values.length === 0 ? '\n' : `ENUM:\n${values.map((value) => `    ${value}\n`).join('')}`;
  }

  #head(name: string, field: Schema, required: readonly string[] | undefined, level: number): string {
    const pad = '  '.repeat(level);
    const values = this.#resolve(field).enum ?? [];
    const shown = values.slice(0, MAX_ENUM).join(', ') + (values.length > MAX_ENUM ? ', ....' : '');
    return `${pad}${name}\t<${this.#type(field)}>${required?.includes(name) ? ' -required-' : ''}\n${values.length > 0 ? `${pad}enum: ${shown}\n` : ''}`;
  }

  #list(schema: Schema): string {
    const own = this.#inner(schema);
    return Object.keys(own.properties ?? {}).sort().map((name) => {
      const field = own.properties![name]!;
      return `${this.#head(name, field, own.required, 1)}${indent(wordWrap(field.description ?? this.#inner(field).description ?? '<no description>', 76)).replace(/ +$/gm, (blanks, at: number, text: string) => (text[at - 1] === '\n' ? blanks : ''))}\n\n`;
    }).join('');
  }

  #tree(schema: Schema, level: number, above: readonly Schema[]): string {
    const own = this.#inner(schema);
    if (above.includes(own)) return '';
    return Object.keys(own.properties ?? {}).sort().map((name) => {
      const field = own.properties![name]!;
      return this.#head(name, field, own.required, level) + this.#tree(field, level + 1, [...above, own]);
    }).join('');
  }
}

const indent = (text: string) => text.split('\n').map((line) => `    ${line}`).join('\n');
