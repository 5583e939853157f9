/**
 * A structural schema at work: is it one, which fields of an object does it not know, what does it fill in, and how may
 * several clients share the fields. Knows no kinds. See apiextensions-apiserver/pkg/apiserver/schema/{validation,pruning,defaulting}.
 */
import { mapOf, SCALAR, UNTYPED, type MapShape, type Shape } from '../../api/apply/shape.ts';
import { draft, isRecord } from '../../api/deep.ts';
import { forbiddenField, required, type FieldError } from '../../api/field-error.ts';
import { memberSchema, type JsonSchema } from './json-schema.ts';

/** Every field has a type, or says that it has none. */
export function structuralProblems(schema: JsonSchema, path: string, isRoot = true): FieldError[] {
  const errors: FieldError[] = [];
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true || schema['x-kubernetes-int-or-string'] === true;
  if (!schema.type && (isRoot || !isOpen)) errors.push(required(`${path}.type`, isRoot ? 'must not be empty at the root' : 'must not be empty for specified object fields'));
  if (schema.properties && schema.additionalProperties !== undefined) errors.push(forbiddenField(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'));
  if (schema.uniqueItems) errors.push(forbiddenField(`${path}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'));
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    // The metadata of an object is not for its author to describe.
    if (!(isRoot && name === 'metadata')) errors.push(...structuralProblems(member, `${path}.properties[${name}]`, false));
  }
  if (typeof schema.additionalProperties === 'object') errors.push(...structuralProblems(schema.additionalProperties, `${path}.additionalProperties`, false));
  if (schema.type === 'array' && !schema.items) errors.push(required(`${path}.items`, 'must be specified'));
  if (schema.items) errors.push(...structuralProblems(schema.items, `${path}.items`, false));
  return errors;
}

/** Takes out what the schema does not know; mutates. @returns the paths, as strict decoding names them */
export function prune(schema: JsonSchema | undefined, value: unknown, path = '', isRoot = true): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => prune(schema?.items, item, `${path}[${index}]`, false));
  if (!isRecord(value) || !schema) return [];
  return Object.keys(value).toSorted().flatMap((name) => {
    // What every object has is decoded by itself.
    if ((isRoot || schema['x-kubernetes-embedded-resource']) && (name === 'apiVersion' || name === 'kind' || name === 'metadata')) return [];
    const at = path ? `${path}.${name}` : name;
    const member = memberSchema(schema, name);
    if (member) return prune(member, value[name], at, false);
    if (schema['x-kubernetes-preserve-unknown-fields']) return [];
    delete value[name];
    return [at];
  });
}

/** Fills in what the schema says where nothing is; mutates. A null that may not be one counts as nothing. */
export function fillDefaults(schema: JsonSchema | undefined, value: unknown): void {
  if (Array.isArray(value)) return value.forEach((item) => fillDefaults(schema?.items, item));
  if (!isRecord(value) || !schema) return;
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    const isNothing = value[name] === undefined || (value[name] === null && !member.nullable);
    if (isNothing && member.default !== undefined) value[name] = draft(member.default);
  }
  for (const [name, member] of Object.entries(value)) fillDefaults(memberSchema(schema, name), member);
}

/** How the fields are shared between those who apply them. @param metadata the shape of every object's metadata */
export function shapeOfSchema(schema: JsonSchema | undefined, metadata?: MapShape): Shape {
  if (!schema || schema['x-kubernetes-int-or-string']) return schema ? SCALAR : UNTYPED;
  if (schema.type === 'array') return { type: 'list', relation: relationOf(schema), element: shapeOfSchema(schema.items) };
  if (schema.type !== 'object' && !schema.properties) return schema.type ? SCALAR : UNTYPED;
  const atomic = schema['x-kubernetes-map-type'] === 'atomic';
  if (typeof schema.additionalProperties === 'object') return mapOf(shapeOfSchema(schema.additionalProperties), atomic);
  const known = new Map<string, Shape>(metadata && [['metadata', metadata], ['apiVersion', SCALAR], ['kind', SCALAR]]);
  for (const [name, member] of Object.entries(schema.properties ?? {})) if (!known.has(name)) known.set(name, shapeOfSchema(member));
  const others = schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties === true ? UNTYPED : undefined;
  return { type: 'map', atomic, field: (name) => known.get(name) ?? others, isDeclared: (name) => known.has(name) };
}

function relationOf(schema: JsonSchema): 'atomic' | 'set' | { keys: readonly string[]; defaults: Record<string, unknown> } {
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return 'set';
    case 'map': {
      const keys = schema['x-kubernetes-list-map-keys'] ?? [];
      const withDefault = keys.filter((key) => schema.items?.properties?.[key]?.default !== undefined);
      return { keys, defaults: Object.fromEntries(withDefault.map((key) => [key, schema.items!.properties![key]!.default])) };
    }
    default:
      return 'atomic';
  }
}
