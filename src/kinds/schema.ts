/**
 * The types of the API as a light table: fields, element types, merge keys. For strict decoding and strategic merge.
 * Knows no defaults and no rules (those are the kinds'). The table is data, extracted from the published API: see `data/schema.json`.
 */
import { isRecord } from '../api/deep.ts';
import type { PatchField, PatchType } from '../api/patch/strategic.ts';
import { parseQuantity } from '../api/quantity.ts';
import type { Kind } from './kind.ts';

/**
 * A type as written in the table: a scalar's name, `#N` for the struct of that number, `[]T` for a list, `{}T` for a map.
 * A field is a type, or `[type, mergeKey, strategies, ownership]`, the last being what server-side apply goes by: `set`,
 * `containerPort,protocol=TCP` (the keys of a list and their defaults), or `atomic` for a map that is owned whole.
 */
export type FieldEntry = string | readonly [type: string, mergeKey: string, strategies: string, ownership?: string];

export interface SchemaTable {
  /** Structs: their Go name (`Container`) and their fields. */
  readonly types: readonly { readonly name: string; readonly fields: Readonly<Record<string, FieldEntry>>; readonly atomic?: true }[];
  /** `apps/v1/Deployment`, `v1/Pod` → index into `types`. */
  readonly kinds: Readonly<Record<string, number>>;
}

export interface CheckResult {
  /** Why the JSON cannot be an object of this type, in the words of Go's decoder. */
  readonly problem?: string;
  /** `spec.foo`, `spec.containers[0].imagee` */
  readonly unknown: readonly string[];
}

export class Schema {
  readonly #types: StructType[];
  readonly #kinds: SchemaTable['kinds'];

  constructor(table: SchemaTable) {
    this.#kinds = table.kinds;
    this.#types = table.types.map(({ name, fields, atomic }) => new StructType(this, name, fields, atomic === true));
  }

  typeOf(kind: Pick<Kind, 'group' | 'version' | 'kind'>): StructType | undefined {
    const index = this.#kinds[kind.group ? `${kind.group}/${kind.version}/${kind.kind}` : `${kind.version}/${kind.kind}`];
    return index === undefined ? undefined : this.#types[index];
  }

  struct(index: number): StructType | undefined {
    return this.#types[index];
  }
}

interface TypedField {
  readonly shape: string;
  readonly ownership: string;
}

export class StructType implements PatchType {
  readonly #fields = new Map<string, PatchField & TypedField>();

  constructor(
    readonly schema: Schema,
    readonly name: string,
    readonly entries: Readonly<Record<string, FieldEntry>>,
    /** Owned as one value. */
    readonly isAtomic: boolean,
  ) {}

  field(name: string): (PatchField & TypedField) | undefined {
    const known = this.#fields.get(name);
    if (known || !Object.hasOwn(this.entries, name)) return known;
    const entry = this.entries[name]!;
    const [shape, mergeKey, strategies, ownership = ''] = typeof entry === 'string' ? [entry, '', ''] : entry;
    const struct = /#(\d+)$/.exec(shape)?.[1];
    const field = {
      shape,
      ownership,
      strategies: strategies ? strategies.split(',') : [],
      ...(mergeKey && { mergeKey }),
      type: struct === undefined ? undefined : this.schema.struct(Number(struct)),
      isMap: shape.startsWith('{}'),
    };
    this.#fields.set(name, field);
    return field;
  }

  /** Is `object` such a struct? Fields of other types than theirs are a problem, unknown ones are listed. */
  check(object: Readonly<Record<string, unknown>>): CheckResult {
    const unknown: string[] = [];
    try {
      this.#checkFields(object, '', '', unknown);
    } catch (error) {
      if (error instanceof Mismatch) return { problem: error.message, unknown };
      throw error;
    }
    return { unknown };
  }

  #checkFields(object: Readonly<Record<string, unknown>>, path: string, goPath: string, unknown: string[]): void {
    for (const [name, value] of Object.entries(object)) {
      const at = path ? `${path}.${name}` : name;
      const field = this.field(name);
      if (!field) unknown.push(at);
      else this.#checkValue(value, field.shape, at, goPath ? `${goPath}.${name}` : name, unknown);
    }
  }

  #checkValue(value: unknown, shape: string, path: string, goPath: string, unknown: string[]): void {
    if (value === null || value === undefined) return;
    if (shape.startsWith('[]')) {
      if (!Array.isArray(value)) throw this.#mismatch(value, goPath, goType(this.schema, shape));
      // Go's decoder names the field of a list, not the index; the strict one names both.
      value.forEach((item, index) => this.#checkValue(item, shape.slice(2), `${path}[${index}]`, goPath, unknown));
      return;
    }
    if (shape.startsWith('{}')) {
      if (!isRecord(value)) throw this.#mismatch(value, goPath, goType(this.schema, shape));
      for (const [key, item] of Object.entries(value)) this.#checkValue(item, shape.slice(2), `${path}.${key}`, goPath, unknown);
      return;
    }
    if (shape.startsWith('#')) {
      const struct = this.schema.struct(Number(shape.slice(1)))!;
      if (!isRecord(value)) throw this.#mismatch(value, goPath, `v1.${struct.name}`);
      struct.#checkFields(value, path, goPath, unknown);
      return;
    }
    this.#checkScalar(value, shape, goPath);
  }

  #checkScalar(value: unknown, shape: string, goPath: string): void {
    switch (shape) {
      case 'string':
      case 'bytes':
        if (typeof value !== 'string') throw this.#mismatch(value, goPath, 'string');
        if (shape === 'bytes' && !isBase64(value)) throw new Mismatch(`illegal base64 data at input byte ${firstBadBase64(value)}`);
        return;
      case 'time':
      case 'microTime':
        if (typeof value !== 'string') throw this.#mismatch(value, goPath, 'string');
        if (value !== '' && Number.isNaN(Date.parse(value))) throw new Mismatch(`parsing time "${JSON.stringify(value).slice(1, -1)}" as "2006-01-02T15:04:05Z07:00": cannot parse "${value}" as "2006"`);
        return;
      case 'boolean':
        if (typeof value !== 'boolean') throw this.#mismatch(value, goPath, 'bool');
        return;
      case 'int32':
      case 'int64':
        if (typeof value !== 'number') throw this.#mismatch(value, goPath, shape);
        if (!Number.isInteger(value)) throw new Mismatch(`json: cannot unmarshal number ${value} into Go struct field ${this.#goField(goPath)} of type ${shape}`);
        return;
      case 'float64':
        if (typeof value !== 'number') throw this.#mismatch(value, goPath, 'float64');
        return;
      case 'intOrString':
        if (typeof value !== 'number' && typeof value !== 'string') throw this.#mismatch(value, goPath, 'intstr.IntOrString');
        return;
      case 'quantity':
        if (typeof value === 'number') return;
        if (typeof value !== 'string' || !QUANTITY.test(value)) throw new Mismatch(QUANTITY_RULE);
        // `128mi` has the letters of a quantity, and is none.
        if (!parseQuantity(value)) throw new Mismatch(/^[+-]?\d*\.?\d*[a-zA-Z]/.test(value) ? "unable to parse quantity's suffix" : QUANTITY_RULE);
        return;
      default:
        // `any`: raw JSON.
        return;
    }
  }

  #mismatch(value: unknown, goPath: string, wanted: string): Mismatch {
    const found = Array.isArray(value) ? 'array' : isRecord(value) ? 'object' : typeof value === 'boolean' ? 'bool' : typeof value;
    return new Mismatch(`json: cannot unmarshal ${found} into Go struct field ${this.#goField(goPath)} of type ${wanted}`);
  }

  /** `Deployment.spec.replicas`, or `Container.spec.template.spec.containers.ports`: Go names the innermost struct and the whole path. */
  #goField(goPath: string): string {
    return `${this.name}.${goPath}`;
  }
}

class Mismatch extends Error {}

const QUANTITY = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/;
export const QUANTITY_RULE = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

function goType(schema: Schema, shape: string): string {
  if (shape.startsWith('[]')) return `[]${goType(schema, shape.slice(2))}`;
  if (shape.startsWith('{}')) return `map[string]${goType(schema, shape.slice(2))}`;
  if (shape.startsWith('#')) return `v1.${schema.struct(Number(shape.slice(1)))?.name ?? ''}`;
  return shape === 'boolean' ? 'bool' : shape === 'intOrString' ? 'intstr.IntOrString' : shape === 'quantity' ? 'resource.Quantity' : shape === 'bytes' ? '[]uint8' : shape;
}

const isBase64 = (text: string) => /^[A-Za-z0-9+/\r\n]*={0,2}$/.test(text) && text.replace(/[\r\n]/g, '').length % 4 === 0;

function firstBadBase64(text: string): number {
  const bad = text.search(/[^A-Za-z0-9+/=\r\n]/);
  if (bad >= 0) return bad;
  return text.length - (text.length % 4);
}
