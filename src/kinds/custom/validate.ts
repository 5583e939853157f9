/**
 * Does a custom object fit its schema? In the words of the real server, which are those of go-openapi's validator.
 * Differs from Kubernetes: rules in CEL (x-kubernetes-validations) are kept and shown, not evaluated.
 * See apiextensions-apiserver/pkg/apiserver/validation/validation.go and kube-openapi/pkg/validation.
 */
import { isEqual, isRecord } from '../../api/deep.ts';
import { duplicate, invalidValue, notSupported, required, type FieldError } from '../../api/field-error.ts';
import { stepOf } from '../../api/apply/shape.ts';
import { memberSchema, type JsonSchema } from './json-schema.ts';

export function validateAgainst(schema: JsonSchema | undefined, value: unknown, path = ''): FieldError[] {
  if (!schema || (value === null && schema.nullable)) return [];
  const shown = path || '<nil>';
  const wrong = (words: string) => invalidValue(shown, value, `${path} in body ${words}`);
  if (!hasType(schema, value)) return [typeError(schema, value, shown, path)];
  const errors: FieldError[] = [];
  if (schema.enum && !schema.enum.some((one) => isEqual(one, value))) errors.push(notSupported(shown, value, schema.enum.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))));
  if (typeof value === 'number') errors.push(...numberProblems(schema, value).map(wrong));
  if (typeof value === 'string') errors.push(...textProblems(schema, value).map(wrong), ...tooLong(schema, value, shown));
  if (Array.isArray(value)) errors.push(...listErrors(schema, value, path), ...value.flatMap((item, index) => validateAgainst(schema.items, item, `${path}[${index}]`)));
  if (isRecord(value)) errors.push(...memberErrors(schema, value, path));
  return [...errors, ...combined(schema, value, path, wrong)];
}

function memberErrors(schema: JsonSchema, value: Record<string, unknown>, path: string): FieldError[] {
  const at = (name: string) => (path ? `${path}.${name}` : name);
  const count = Object.keys(value).length;
  const errors = (schema.required ?? []).filter((name) => value[name] === undefined).map((name) => required(at(name)));
  if (schema.maxProperties !== undefined && count > schema.maxProperties) errors.push({ path, type: 'TooMany', value: count, detail: `must have at most ${schema.maxProperties} items` });
  if (schema.minProperties !== undefined && count < schema.minProperties) errors.push(invalidValue(path, value, `${path} in body should have at least ${schema.minProperties} properties`));
  return [...errors, ...Object.entries(value).flatMap(([name, member]) => (path === '' && name === 'metadata' ? [] : validateAgainst(memberSchema(schema, name), member, at(name))))];
}

function hasType(schema: JsonSchema, value: unknown): boolean {
  if (schema['x-kubernetes-int-or-string']) return typeof value === 'string' || Number.isInteger(value);
  switch (schema.type) {
    case 'object':
      return isRecord(value);
    case 'array':
      return Array.isArray(value);
    case 'string':
    case 'boolean':
    case 'number':
      return typeof value === schema.type;
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value);
    default:
      return true;
  }
}

function typeError(schema: JsonSchema, value: unknown, shown: string, path: string): FieldError {
  const found = value === null ? 'null' : Array.isArray(value) ? 'array' : isRecord(value) ? 'object' : typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value;
  const wanted = schema['x-kubernetes-int-or-string'] ? 'integer,string' : schema.type;
  return { path: shown, type: 'TypeInvalid', value: found, detail: `${path} in body must be of type ${wanted}: "${found}"` };
}

function numberProblems({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }: JsonSchema, value: number): string[] {
  const problems: string[] = [];
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) problems.push(`should be less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`);
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) problems.push(`should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`);
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) problems.push(`should be a multiple of ${multipleOf}`);
  return problems;
}

/** Formats that a name says and a pattern can check; the others are not checked by the real server either, or need a library. */
const FORMATS: Readonly<Record<string, RegExp>> = {
  'date-time': /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  ipv4: /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.|$)){4}$/,
  email: /^[^@\s]+@[^@\s]+$/,
  uuid: /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i,
};

function textProblems({ minLength, pattern, format }: JsonSchema, value: string): string[] {
  const problems: string[] = [];
  if (minLength !== undefined && [...value].length < minLength) problems.push(`should be at least ${minLength} chars long`);
  if (pattern !== undefined && !matches(pattern, value)) problems.push(`should match '${pattern}'`);
  if (format !== undefined && FORMATS[format] && !FORMATS[format].test(value)) problems.push(`must be of type ${format}: ${JSON.stringify(value)}`);
  return problems;
}

/** Go's expressions and ours agree on what schemas use; one that is none here is not held against the object. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return true;
  }
}

function tooLong({ maxLength }: JsonSchema, value: string, path: string): FieldError[] {
  return maxLength !== undefined && [...value].length > maxLength ? [{ path, type: 'TooLong', detail: `may not be more than ${maxLength} bytes` }] : [];
}

function listErrors(schema: JsonSchema, value: readonly unknown[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { minItems, maxItems } = schema;
  if (maxItems !== undefined && value.length > maxItems) errors.push({ path, type: 'TooMany', value: value.length, detail: `must have at most ${maxItems} items` });
  if (minItems !== undefined && value.length < minItems) errors.push(invalidValue(path, value.length, `${path} in body should have at least ${minItems} items`));
  const type = schema['x-kubernetes-list-type'];
  if (type !== 'set' && type !== 'map') return errors;
  const seen = new Set<string>();
  value.forEach((item, index) => {
    const keys = schema['x-kubernetes-list-map-keys'] ?? [];
    const step = stepOf(type === 'set' ? 'set' : { keys, defaults: {} }, item);
    if (seen.has(step)) errors.push(duplicate(`${path}[${index}]`, type === 'set' ? item : JSON.parse(step.slice(2))));
    seen.add(step);
  });
  return errors;
}

function combined(schema: JsonSchema, value: unknown, path: string, wrong: (words: string) => FieldError): FieldError[] {
  const fits = (one: JsonSchema) => validateAgainst(one, value, path).length === 0;
  const errors = (schema.allOf ?? []).flatMap((one) => validateAgainst(one, value, path));
  if (schema.anyOf && !schema['x-kubernetes-int-or-string'] && !schema.anyOf.some(fits)) errors.push(invalidValue(path, value, `"${path}" must validate at least one schema (anyOf)`));
  const found = schema.oneOf?.filter(fits).length ?? 1;
  if (found !== 1) errors.push(invalidValue(path, value, `"${path}" must validate one and only one schema (oneOf). Found ${found === 0 ? 'none' : `${found}`} valid`));
  if (schema.not && fits(schema.not)) errors.push(wrong('must not validate the schema (not)'));
  return errors;
}
