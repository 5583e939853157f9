/**
 * The types of the schema table, as server-side apply looks at them. Knows no objects and no managers.
 */
import { mapOf, SCALAR, UNTYPED, type ListKeys, type MapShape, type Shape } from '../api/apply/shape.ts';
import type { Schema, StructType } from './schema.ts';

/**
 * Fields that Go always has in what they belong to: the real server never writes down that somebody owns such a one itself.
 * Differs from Kubernetes: known by their names, as the published schema does not tell them from pointers.
 */
const BY_VALUE = new Set(['containers', 'jobTemplate', 'metadata', 'spec', 'status', 'strategy', 'template', 'updateStrategy']);

const shapes = new WeakMap<StructType, Map<boolean, MapShape>>();

/** @param inline held by value where it stands */
export function shapeOfStruct(struct: StructType, inline = false): MapShape {
  const known = shapes.get(struct) ?? new Map<boolean, MapShape>();
  shapes.set(struct, known);
  const found = known.get(inline);
  if (found) return found;
  const fields = new Map<string, Shape>();
  const shape: MapShape = {
    type: 'map',
    atomic: struct.isAtomic,
    inline,
    field(name) {
      const field = fields.has(name) ? undefined : struct.field(name);
      if (field) fields.set(name, fieldShape(struct.schema, field.shape, field.ownership, BY_VALUE.has(name)));
      return fields.get(name);
    },
    isDeclared: (name) => struct.field(name) !== undefined,
  };
  known.set(inline, shape);
  return shape;
}

function fieldShape(schema: Schema, text: string, ownership: string, inline: boolean): Shape {
  if (text.startsWith('[]')) return { type: 'list', relation: relationOf(ownership), element: fieldShape(schema, text.slice(2), '', false), inline };
  if (text.startsWith('{}')) return mapOf(fieldShape(schema, text.slice(2), '', false), ownership === 'atomic');
  if (text.startsWith('#')) {
    const shape = shapeOfStruct(schema.struct(Number(text.slice(1)))!, inline);
    return ownership === 'atomic' ? { ...shape, atomic: true } : shape;
  }
  return text === 'any' ? UNTYPED : SCALAR;
}

function relationOf(ownership: string): 'atomic' | 'set' | ListKeys {
  if (ownership === '' || ownership === 'atomic') return 'atomic';
  if (ownership === 'set') return 'set';
  const keys = ownership.split(',').map((key) => key.split('=') as [string, string?]);
  return { keys: keys.map(([key]) => key), defaults: Object.fromEntries(keys.filter(([, value]) => value !== undefined)) };
}
