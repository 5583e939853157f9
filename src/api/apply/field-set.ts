/**
 * Sets of fields of an object, as `metadata.managedFields` writes them: a tree whose edges are `f:name` (a member),
 * `k:{…}` (an element of a list by its keys), `v:…` (an element of a set). Knows no schema and no manager.
 * See structured-merge-diff/fieldpath/{set,serialize-pe}.go.
 */
import { isRecord } from '../deep.ts';

/** A node of the tree: is the path to it in the set, and what lies below? Never changed once it is made. */
export interface FieldSet {
  readonly member: boolean;
  readonly below: ReadonlyMap<string, FieldSet>;
}

export const NOTHING: FieldSet = { member: false, below: new Map() };
export const ITSELF: FieldSet = { member: true, below: new Map() };

export const isEmpty = (set: FieldSet): boolean => !set.member && set.below.size === 0;

/** A node from its parts; branches that hold nothing are left out. */
export function node(member: boolean, below: Iterable<readonly [string, FieldSet]>): FieldSet {
  return { member, below: new Map([...below].filter(([, set]) => !isEmpty(set))) };
}

/** `a` itself where `b` adds nothing. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmpty(b)) return a;
  if (isEmpty(a)) return b;
  let below: Map<string, FieldSet> | undefined;
  for (const [step, theirs] of b.below) {
    const mine = a.below.get(step) ?? NOTHING;
    const both = union(mine, theirs);
    if (both !== mine) (below ??= new Map(a.below)).set(step, both);
  }
  return !below && (a.member || !b.member) ? a : { member: a.member || b.member, below: below ?? a.below };
}

/** What is in `a` and not in `b`: path by path, so that a field stays when only its parent is taken away. `a` itself where they share nothing. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  // Every write of every object comes here: branches that nothing is taken from are shared, not copied.
  let below: Map<string, FieldSet> | undefined;
  for (const [step, theirs] of b.below) {
    const mine = a.below.get(step);
    if (!mine) continue;
    const left = difference(mine, theirs);
    if (left === mine) continue;
    below ??= new Map(a.below);
    if (isEmpty(left)) below.delete(step);
    else below.set(step, left);
  }
  return !below && !(a.member && b.member) ? a : { member: a.member && !b.member, below: below ?? a.below };
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmpty(a) || isEmpty(b)) return NOTHING;
  return node(a.member && b.member, [...a.below].map(([step, set]) => [step, intersection(set, b.below.get(step) ?? NOTHING)] as const));
}

/** Without the branches that `path` names, and all that is below them. */
export function without(set: FieldSet, path: readonly string[]): FieldSet {
  const [step, ...rest] = path;
  if (step === undefined) return NOTHING;
  const inner = set.below.get(step);
  if (!inner) return set;
  return node(set.member, [...set.below].map(([name, child]) => [name, name === step ? without(inner, rest) : child] as const));
}

export function isSameSet(a: FieldSet, b: FieldSet): boolean {
  return a.member === b.member && a.below.size === b.below.size && [...a.below].every(([step, set]) => isSameSet(set, b.below.get(step) ?? NOTHING));
}

/** Most sets outlive many writes of their object: what was written of one, and read from one, is kept with it. */
const written = new WeakMap<FieldSet, Record<string, unknown>>();
const known = new WeakMap<object, FieldSet>();

function remember(set: FieldSet, fields: Record<string, unknown>): void {
  written.set(set, fields);
  known.set(fields, set);
}

/** As `fieldsV1` has it: a path in the set with others below it says so by a dot. One object for one set: never to be changed. */
export function toFieldsV1(set: FieldSet): Record<string, unknown> {
  const before = written.get(set);
  if (before) return before;
  const fields = write(set);
  remember(set, fields);
  return fields;
}

function write(set: FieldSet): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  if (set.member && set.below.size > 0) result['.'] = {};
  for (const step of [...set.below.keys()].toSorted(byKind)) result[step] = write(set.below.get(step)!);
  return result;
}

export function fromFieldsV1(fields: unknown): FieldSet {
  if (!isRecord(fields)) return NOTHING;
  const before = known.get(fields);
  if (before) return before;
  const set = read(fields, false);
  remember(set, fields);
  return set;
}

function read(fields: unknown, isBelow: boolean): FieldSet {
  if (!isRecord(fields)) return isBelow ? ITSELF : NOTHING;
  const steps = Object.keys(fields).filter((step) => step !== '.');
  return node('.' in fields || (isBelow && steps.length === 0), steps.map((step) => [step, read(fields[step], true)] as const));
}

/** Every path of the set, as refusals print it: `.spec.containers[name="web"].image`. */
export function paths(set: FieldSet, prefix = ''): string[] {
  const steps = [...set.below].toSorted(([a], [b]) => byKind(a, b));
  // First what ends here, then what goes on: the order in which the real set is walked.
  return [
    ...steps.filter(([, inner]) => inner.member).map(([step]) => prefix + printStep(step)),
    ...steps.flatMap(([step, inner]) => paths(inner, prefix + printStep(step))),
  ];
}

function printStep(step: string): string {
  const value = step.slice(2);
  switch (step[0]) {
    case 'f':
      return `.${value}`;
    case 'k':
      return `[${Object.entries(JSON.parse(value) as object).map(([key, of]) => `${key}=${JSON.stringify(of)}`).join(',')}]`;
    case 'v':
      return `[=${value}]`;
    default:
      return `[${value}]`;
  }
}

/** Members before elements, each by their letters. */
function byKind(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
