/**
 * kubectl's JSONPath templates: `{.items[*].metadata.name}`, `{range …}{end}`, filters, unions, slices, recursion, quoted
 * text. See k8s.io/client-go/util/jsonpath. Errors are worded as there.
 */
import { plainError } from '../io.ts';
import { JsonPathError, parseTemplate, type Node } from './jsonpath-parse.ts';

/** @throws JsonPathError in the words of `error parsing jsonpath …` or of a failed lookup */
export function printJsonPath(template: string, data: unknown, options: { readonly allowMissingKeys: boolean }): string {
  return render(parseTemplate(template), [data], options.allowMissingKeys);
}

/** The values that a single path selects: for `--sort-by`, custom columns and `wait`. */
export function evaluatePath(template: string, data: unknown, options: { readonly allowMissingKeys: boolean }): readonly unknown[] {
  const nodes = parseTemplate(template);
  const list = nodes.find((node) => node.type === 'list');
  return list ? evaluateList(list.nodes, [data], options.allowMissingKeys) : [];
}

/**
 * A single path as flags take it: `.metadata.name`, `metadata.name`, `{.metadata.name}` and `{metadata.name}` mean the same.
 * @throws KubectlError for what is more, or less, than a path
 */
export function pathExpression(path: string): string {
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(path);
  if (!match) throw plainError("unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'");
  return `{.${match[1] ?? match[2]}}`;
}

function render(nodes: readonly Node[], current: readonly unknown[], allowMissing: boolean): string {
  let text = '';
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i]!;
    if (node.type === 'text') {
      text += node.text;
      continue;
    }
    if (node.type !== 'list') continue;
    const head = node.nodes[0];
    if (head?.type === 'range') {
      const end = matchingEnd(nodes, i);
      const items = evaluateList(node.nodes.slice(1), current, allowMissing);
      for (const item of items) text += render(nodes.slice(i + 1, end), [item], allowMissing);
      i = end;
      continue;
    }
    if (head?.type === 'end') throw new JsonPathError('not in range, nothing to end');
    text += printValues(evaluateList(node.nodes, current, allowMissing));
  }
  return text;
}

function matchingEnd(nodes: readonly Node[], start: number): number {
  let depth = 0;
  for (let i = start; i < nodes.length; i++) {
    const node = nodes[i]!;
    if (node.type !== 'list') continue;
    if (node.nodes[0]?.type === 'range') depth++;
    if (node.nodes[0]?.type === 'end' && --depth === 0) return i;
  }
  throw new JsonPathError('unclosed range');
}

/** Several results are joined by blanks. */
function printValues(values: readonly unknown[]): string {
  return values.map(printValue).join(' ');
}

export function printValue(value: unknown): string {
  if (value === undefined) return '';
  if (value === null) return 'null';
  if (typeof value === 'object') return goJson(value);
  return String(value as string | number | boolean);
}

/** Go's json.Marshal sorts keys and escapes `<`, `>` and `&`. */
function goJson(value: unknown): string {
  const sorted = (one: unknown): unknown =>
    Array.isArray(one) ? one.map(sorted) : typeof one === 'object' && one !== null ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)])) : one;
  return JSON.stringify(sorted(value)).replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}

function evaluateList(nodes: readonly Node[], start: readonly unknown[], allowMissing: boolean): readonly unknown[] {
  let values = start;
  for (const node of nodes) values = step(node, values, start, allowMissing);
  return values;
}

function step(node: Node, values: readonly unknown[], root: readonly unknown[], allowMissing: boolean): readonly unknown[] {
  switch (node.type) {
    case 'text':
      return [node.text];
    case 'int':
    case 'float':
    case 'bool':
      return [node.value];
    case 'root':
      return root;
    case 'current':
      return values;
    case 'identifier':
      throw new JsonPathError(`unrecognized identifier ${node.name}`);
    case 'field':
      return field(node.name, values, allowMissing);
    case 'wildcard':
      return values.flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : isMap(value) ? Object.keys(value).sort().map((key) => value[key]) : []));
    case 'recursive':
      return values.flatMap((value) => descend(value));
    case 'slice':
      return values.flatMap((value) => slice(node, value, allowMissing));
    case 'union':
      return node.lists.flatMap((list) => evaluateList(list, values, allowMissing));
    case 'filter':
      return values.flatMap((value) => (Array.isArray(value) ? (value as unknown[]).filter((item) => holds(node, item)) : notArray(value, 'filter')));
    case 'list':
      return evaluateList(node.nodes, values, allowMissing);
    case 'range':
    case 'end':
      return values;
  }
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

function field(name: string, values: readonly unknown[], allowMissing: boolean): readonly unknown[] {
  const found: unknown[] = [];
  for (const value of values) {
    if (isMap(value) && Object.hasOwn(value, name)) found.push(value[name]);
  }
  if (found.length === 0 && values.length > 0 && !allowMissing) throw new JsonPathError(`${name} is not found`);
  return found;
}

/** Depth first: the value, then everything below it. */
function descend(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return [value, ...(value as unknown[]).flatMap(descend)];
  if (isMap(value)) return [value, ...Object.keys(value).sort().flatMap((key) => descend(value[key]))];
  return [];
}

function notArray(value: unknown, what: 'filter' | 'slice'): never[] {
  if (value === null || value === undefined) return [];
  throw new JsonPathError(what === 'slice' ? `${typeof value} is not array or slice` : `${goJson(value)} is not array or slice and cannot be filtered`);
}

function slice(node: Extract<Node, { type: 'slice' }>, value: unknown, allowMissing: boolean): readonly unknown[] {
  if (!Array.isArray(value)) return notArray(value, 'slice');
  const list = value as readonly unknown[];
  const at = (index: number | undefined, otherwise: number) => (index === undefined ? otherwise : index < 0 ? index + list.length : index);
  const start = at(node.start, 0);
  if (node.single) {
    if (start < 0 || start >= list.length) {
      if (allowMissing) return [];
      throw new JsonPathError(`array index out of bounds: index ${node.start}, length ${list.length}`);
    }
    return [list[start]];
  }
  const end = Math.min(at(node.end, list.length), list.length);
  const stepBy = node.step ?? 1;
  if (stepBy <= 0) throw new JsonPathError('step must be > 0');
  const found: unknown[] = [];
  for (let i = Math.max(0, start); i < end; i += stepBy) found.push(list[i]);
  return found;
}

function holds(node: Extract<Node, { type: 'filter' }>, item: unknown): boolean {
  const left = evaluateList(node.left, [item], true);
  if (node.operator === 'exists') return left.length > 0;
  if (left.length === 0) return false;
  const right = evaluateList(node.right, [item], true);
  if (right.length === 0) return false;
  return compare(left[0], node.operator, right[0]);
}

function compare(left: unknown, operator: string, right: unknown): boolean {
  const same = typeof left === typeof right ? left === right : String(left) === String(right);
  if (operator === '==') return same;
  if (operator === '!=') return !same;
  const [a, b] = typeof left === 'number' && typeof right === 'number' ? [left, right] : [String(left), String(right)];
  if (operator === '<') return a! < b!;
  if (operator === '>') return a! > b!;
  return operator === '<=' ? a! <= b! : a! >= b!;
}
