/**
 * Looks at one field of an object: equal, one of, matching, containing, the same set, the same quantity, or absent.
 * Compares meaning: lists as sets where asked, `500m` and `0.5` as the same quantity.
 */
import { type Checker, Params, type Pattern } from '../src/lab/checker.ts';
import { fill, nameOf, parsePath, valuesAt } from './path.ts';
import { sameQuantity } from './quantity.ts';

interface FieldParams {
  readonly resource: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly path: string;
  readonly test: Test;
  readonly nudge: string | undefined;
}

type Test =
  | { readonly how: 'equals' | 'contains' | 'set'; readonly value: unknown }
  | { readonly how: 'oneOf'; readonly value: readonly unknown[] }
  | { readonly how: 'matches'; readonly value: Pattern }
  | { readonly how: 'quantity' | 'differsFrom'; readonly value: string }
  | { readonly how: 'absent' };

const WAYS = ['equals', 'contains', 'set', 'oneOf', 'matches', 'quantity', 'differsFrom', 'absent'] as const;

export const field: Checker<FieldParams> = {
  name: 'field',

  parse(value) {
    const params = new Params(value);
    const parsed = {
      resource: params.text('resource'),
      name: params.text('name'),
      namespace: params.optionalText('namespace'),
      path: params.text('path'),
      test: parseTest(params),
      nudge: params.optionalText('nudge'),
    };
    parsePath(parsed.path);
    params.done();
    return parsed;
  },

  title: ({ resource, name, namespace, path }) => `${path} of ${nameOf(resource, name, namespace)}`,

  async run({ resource, name: written, namespace, path, test, nudge }, cluster) {
    const hint = nudge === undefined ? {} : { nudge };
    const filled = await fill(written, namespace, cluster);
    if ('missing' in filled) return { status: 'fail', expected: nameOf(resource, written, namespace), saw: filled.missing };
    const name = filled.text;
    const object = await cluster.get(resource, name, namespace);
    // A nudge about a field helps nobody who has no object yet.
    if (!object) return { status: 'fail', expected: nameOf(resource, name, namespace), saw: `${nameOf(resource, name, namespace)} does not exist` };
    const values = valuesAt(object, path);
    const resolved = await resolve(test, namespace, cluster);
    if ('missing' in resolved) return { status: 'fail', expected: `${path} ${inWords(test)}`, saw: resolved.missing, ...hint };
    const saw = values.length === 0 ? `${path} is not set` : `${path} is ${values.map(print).join(', ')}`;
    return holds(resolved.test, values) ? { status: 'pass', saw } : { status: 'fail', expected: `${path} ${inWords(resolved.test)}`, saw, ...hint };
  },
};

function parseTest(params: Params): Test {
  const given = WAYS.filter((way) => params.has(way));
  const how = given[0];
  if (!how || given.length > 1) throw new Error(`say how to judge \`${params.where}.path\`: exactly one of ${WAYS.join(', ')}`);
  if (how === 'absent') {
    if (params.value('absent') !== true) throw new Error(`\`${params.where}.absent\` can only be true`);
    return { how };
  }
  if (how === 'matches') return { how, value: params.pattern(how, 'u') };
  if (how === 'quantity' || how === 'differsFrom') return { how, value: String(params.value(how)) };
  const value = params.value(how);
  if (how === 'oneOf' || how === 'set') {
    if (!Array.isArray(value)) throw new Error(`\`${params.where}.${how}\` must be a list`);
    return { how, value };
  }
  return { how, value };
}

async function resolve(test: Test, namespace: string | undefined, cluster: Parameters<typeof fill>[2]): Promise<{ readonly test: Test } | { readonly missing: string }> {
  if (test.how === 'absent' || typeof test.value !== 'string') return { test };
  const filled = await fill(test.value, namespace, cluster);
  return 'missing' in filled ? filled : { test: { ...test, value: filled.text } as Test };
}

function holds(test: Test, values: readonly unknown[]): boolean {
  if (test.how === 'absent') return values.length === 0;
  if (values.length === 0) return false;
  if (test.how === 'set') {
    const found = values.length === 1 && Array.isArray(values[0]) ? (values[0] as readonly unknown[]) : values;
    return sameSet(found, test.value as readonly unknown[]);
  }
  return values.every((value) => one(test, value));
}

function one(test: Exclude<Test, { how: 'absent' | 'set' }> | { how: 'set'; value: unknown }, value: unknown): boolean {
  switch (test.how) {
    case 'equals': return same(value, test.value);
    case 'differsFrom': return print(value) !== test.value;
    case 'oneOf': return (test.value as readonly unknown[]).some((item) => same(value, item));
    case 'matches': return test.value.expression.test(String(value));
    case 'quantity': return sameQuantity(String(value), test.value as string);
    case 'contains': return includes(value, test.value);
    default: return false;
  }
}

function includes(value: unknown, wanted: unknown): boolean {
  if (typeof value === 'string') return value.includes(String(wanted));
  if (Array.isArray(value)) {
    const all = Array.isArray(wanted) ? (wanted as readonly unknown[]) : [wanted];
    return all.every((item) => value.some((candidate) => same(candidate, item) || (isObject(item) && includes(candidate, item))));
  }
  if (isObject(value) && isObject(wanted)) return Object.entries(wanted).every(([key, item]) => same(value[key], item) || includes(value[key], item));
  return same(value, wanted);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const sameSet = (a: readonly unknown[], b: readonly unknown[]) => same([...a].map(print).toSorted(), [...b].map(print).toSorted());
const same = (a: unknown, b: unknown): boolean => print(a) === print(b);

/** JSON with sorted keys; texts without quotes, so that port `80` and text `80` read the same. */
function print(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, (_key, item: unknown) => (isObject(item) ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1))) : item));
}

function inWords(test: Test): string {
  switch (test.how) {
    case 'equals': return `equal to ${print(test.value)}`;
    case 'differsFrom': return `other than ${test.value}`;
    case 'oneOf': return `one of ${test.value.map(print).join(', ')}`;
    case 'matches': return `matching ${test.value.text}`;
    case 'quantity': return `equal to the quantity ${test.value}`;
    case 'contains': return `containing ${print(test.value)}`;
    case 'set': return `exactly ${(test.value as readonly unknown[]).map(print).join(', ')} in any order`;
    case 'absent': return 'not set';
  }
}
