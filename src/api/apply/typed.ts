/**
 * Values with a shape: which fields one has, where two differ, one merged into the other, fields taken out of one.
 * Knows no managers. See structured-merge-diff/typed/{tofieldset,compare,merge,remove}.go.
 */
import { isEqual, isRecord } from '../deep.ts';
import { ITSELF, isEmpty, node, NOTHING, type FieldSet } from './field-set.ts';
import { shapeOfValue, stepOf, type Shape } from './shape.ts';

type Obj = Record<string, unknown>;
type ListShape = Extract<Shape, { type: 'list' }>;

/** The fields that a configuration names. */
export function fieldsOf(shape: Shape | undefined, value: unknown): FieldSet {
  const of = shapeOfValue(shape, value);
  if (of.type === 'map' && !of.atomic) {
    const below = Object.entries(isRecord(value) ? value : {}).map(([name, member]) => {
      const inner = fieldsOf(of.field(name), member);
      // A key that somebody chose is a statement of its own; a declared field is one only through what is in it.
      const counts = inner.member || !of.isDeclared(name) || member === null || (isRecord(member) && Object.keys(member).length === 0);
      return [`f:${name}`, node(counts, inner.below)] as const;
    });
    return node(false, below);
  }
  const relation = of.type === 'list' ? of.relation : 'atomic';
  if (of.type !== 'list' || relation === 'atomic') return ITSELF;
  return node(false, listOf(value).map((item) => [stepOf(relation, item), node(true, fieldsOf(of.element, item).below)] as const));
}

export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

const SAME: Comparison = { added: NOTHING, modified: NOTHING, removed: NOTHING };

/** What became of `before`, field by field. */
export function compare(shape: Shape | undefined, before: unknown, after: unknown): Comparison {
  if (before === after) return SAME;
  const of = shapeOfValue(shape, after ?? before);
  const inline = of.type !== 'scalar' && of.inline === true && !(isBare(before) && isBare(after));
  const isThere = before !== undefined && after !== undefined;
  const itself = isThere ? SAME : { added: before === undefined && !inline ? ITSELF : NOTHING, modified: NOTHING, removed: after === undefined && !inline ? ITSELF : NOTHING };
  if (of.type === 'map' && !of.atomic && !(isBare(before) && isBare(after))) {
    const [left, right] = [recordOf(before), recordOf(after)];
    const names = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    return gather(itself, names.map((name) => [`f:${name}`, compare(of.field(name), left[name], right[name])] as const));
  }
  if (of.type === 'list' && of.relation !== 'atomic' && !(listOf(before).length === 0 && listOf(after).length === 0)) {
    const [left, right] = [byStep(of, before), byStep(of, after)];
    const steps = [...new Set([...left.keys(), ...right.keys()])];
    return gather(itself, steps.map((step) => [step, compare(of.element, left.get(step), right.get(step))] as const));
  }
  return !isThere || isEqual(before, after) ? itself : { ...SAME, modified: ITSELF };
}

function gather(itself: Comparison, all: readonly (readonly [string, Comparison])[]): Comparison {
  // Most of an object stays as it is at most writes.
  const parts = all.filter(([, part]) => part !== SAME);
  if (parts.length === 0) return itself;
  const pick = (which: keyof Comparison) => node(itself[which].member, parts.map(([step, part]) => [step, part[which]] as const));
  return { added: pick('added'), modified: pick('modified'), removed: pick('removed') };
}

/** `config` laid over `live`: what it does not name stays. */
export function mergeTyped(shape: Shape | undefined, live: unknown, config: unknown): unknown {
  if (config === undefined) return live;
  const of = shapeOfValue(shape, config);
  if (of.type === 'map' && !of.atomic && isRecord(config)) {
    const merged: Obj = { ...recordOf(live) };
    for (const [name, value] of Object.entries(config)) {
      merged[name] = mergeTyped(of.field(name), merged[name], value);
      // Null is how a configuration says that a field is to be absent.
      if (merged[name] === null) delete merged[name];
    }
    return merged;
  }
  if (of.type === 'list' && of.relation !== 'atomic' && Array.isArray(config)) return mergeLists(of, listOf(live), config);
  return config;
}

/** Elements in the order of the configuration; those of others stay where they stood among their neighbours. */
function mergeLists(of: ListShape, live: readonly unknown[], config: readonly unknown[]): unknown[] {
  const name = (item: unknown) => stepOf(of.relation as Exclude<ListShape['relation'], 'atomic'>, item);
  const before = new Map(live.map((item) => [name(item), item]));
  const wanted = new Set(config.map(name));
  const result: unknown[] = [];
  let at = 0;
  for (const item of config) {
    for (; at < live.length && !wanted.has(name(live[at])); at++) result.push(live[at]);
    if (at < live.length && name(live[at]) === name(item)) at++;
    result.push(mergeTyped(of.element, before.get(name(item)), item));
  }
  return [...result, ...live.slice(at).filter((item) => !wanted.has(name(item)))];
}

/** `value` without these fields; undefined when nothing is left. */
export function removeFields(shape: Shape | undefined, value: unknown, gone: FieldSet): unknown {
  const of = shapeOfValue(shape, value);
  if (isEmpty(gone) || of.type === 'scalar') return value;
  if (of.type === 'map') {
    if (of.atomic || !isRecord(value)) return value;
    const kept = Object.entries(value).flatMap(([name, member]) => keep(of.field(name), member, gone.below.get(`f:${name}`)).map((left) => [name, left] as const));
    return kept.length > 0 || Object.keys(value).length === 0 ? Object.fromEntries(kept) : undefined;
  }
  const { relation } = of;
  if (relation === 'atomic' || !Array.isArray(value)) return value;
  const kept = value.flatMap((item) => keep(of.element, item, gone.below.get(stepOf(relation, item))));
  return kept.length > 0 || value.length === 0 ? kept : undefined;
}

function keep(shape: Shape | undefined, value: unknown, gone: FieldSet | undefined): unknown[] {
  if (!gone) return [value];
  if (gone.member) return [];
  const left = removeFields(shape, value, gone);
  return left === undefined ? [] : [left];
}

/** With each declared field that leads to one of the set: taking fields out must not leave their empty parents. */
export function withParents(shape: Shape | undefined, set: FieldSet): FieldSet {
  return node(set.member, [...set.below].map(([step, inner]) => {
    const of = shape?.type === 'map' && step.startsWith('f:') ? shape.field(step.slice(2)) : shape?.type === 'list' ? shape.element : undefined;
    const declared = shape?.type === 'map' && step.startsWith('f:') && shape.isDeclared(step.slice(2));
    const deeper = withParents(of, inner);
    return [step, node(deeper.member || declared, deeper.below)] as const;
  }));
}

const recordOf = (value: unknown): Obj => (isRecord(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const isBare = (value: unknown): boolean => typeof value !== 'object' || value === null || Object.keys(value).length === 0;

function byStep(of: ListShape, value: unknown): Map<string, unknown> {
  return new Map(listOf(value).map((item) => [stepOf(of.relation as Exclude<ListShape['relation'], 'atomic'>, item), item]));
}
