/**
 * What keeps a configuration from being applied: fields that no schema declares, list elements without a name or with
 * somebody else's. In the words of structured-merge-diff/typed/validate.go.
 */
import { isRecord } from '../deep.ts';
import { shapeOfValue, stepOf, type ListKeys, type Shape } from './shape.ts';
import { paths, node, ITSELF } from './field-set.ts';

/** `.spec.foo: field not declared in schema` */
export function problems(shape: Shape | undefined, value: unknown, path = ''): string[] {
  const of = shapeOfValue(shape, value);
  if (value === null || of.type === 'scalar') return [];
  if (of.type === 'map') {
    if (!isRecord(value)) return [`${path}: expected map, got ${printed(value)}`];
    return Object.entries(value).flatMap(([name, member]) => {
      const at = `${path}.${name}`;
      const field = of.field(name);
      return field ? problems(field, member, at) : [`${at}: field not declared in schema`];
    });
  }
  if (!Array.isArray(value)) return [`${path}: expected list, got ${printed(value)}`];
  const { relation } = of;
  if (relation === 'atomic') return value.flatMap((item, index) => problems(of.element, item, `${path}[${index}]`));
  const seen = new Set<string>();
  return value.flatMap((item, index) => {
    const missing = missingKey(relation, item);
    if (missing !== undefined) return [`${path}: element ${index}: associative list with keys has an element that omits key field ${JSON.stringify(missing)} (and doesn't have default value)`];
    const step = stepOf(relation, item);
    const name = paths(node(false, [[step, ITSELF]])).join('');
    if (seen.has(step)) return [`${path}: duplicate entries for key ${name}`];
    seen.add(step);
    return problems(of.element, item, `${path}${name}`);
  });
}

function missingKey(relation: 'set' | ListKeys, item: unknown): string | undefined {
  if (relation === 'set' || !isRecord(item)) return undefined;
  const missing = relation.keys.find((key) => item[key] === undefined && relation.defaults[key] === undefined);
  // One key is enough of a name where there are several.
  return relation.keys.length > 1 && relation.keys.some((key) => item[key] !== undefined) ? undefined : missing;
}

const printed = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
