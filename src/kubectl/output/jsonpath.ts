/**
 * kubectl's JSONPath templates: `{.items[*].metadata.name}`, `{range …}{end}`, filters, unions, slices, recursion, quoted
 * text. See k8s.io/client-go/util/jsonpath/jsonpath.go. Errors are worded as there.
 */
import { plainError } from '../io.ts';
import { JsonPathError, parseTemplate, type Filter, type Node, type Slice } from './jsonpath-parse.ts';

export interface Leniency {
  /** Whether a field that is not there is nothing, and no error. */
  readonly allowMissingKeys: boolean;
}

/** @throws JsonPathError in the words of `error parsing jsonpath …` or of a failed lookup */
export function printJsonPath(template: string, data: unknown, options: Leniency): string {
  return resultsOf(template, data, options).map((values) => values.map(printValue).join(' ')).join('');
}

/** The values that a single path selects: for `--sort-by`, custom columns and `wait`. */
export function evaluatePath(template: string, data: unknown, options: Leniency): readonly unknown[] {
  return resultsOf(template, data, options)[0] ?? [];
}

/** What each text and each action of a template came to. */
export function resultsOf(template: string, data: unknown, options: Leniency): readonly (readonly unknown[])[] {
  const nodes = parseTemplate(template);
  return new Evaluation(nodes, options.allowMissingKeys).from(0, data).results;
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

class Evaluation {
  #depth = 0;
  /** What the last action asked for. */
  #asked: 'range' | 'end' | undefined;

  constructor(readonly nodes: readonly Node[], readonly allowMissing: boolean) {}

  /** Up to the end of the range that it began in. @returns with the place of that end, if there is one */
  from(start: number, data: unknown): { readonly results: readonly (readonly unknown[])[]; readonly endAt?: number } {
    const results: (readonly unknown[])[] = [];
    for (let i = start; i < this.nodes.length; i++) {
      this.#asked = undefined;
      const values = this.#step(this.nodes[i]!, [data]);
      const asked = this.#asked as string | undefined;
      if (asked === 'end') return { results, endAt: i };
      if (asked !== 'range') {
        results.push(values);
        continue;
      }
      this.#depth++;
      let endAt = i;
      // Of an empty range too the end must be found.
      for (const value of values.length > 0 ? values : [undefined]) {
        const inner = this.from(i + 1, value);
        if (values.length > 0) results.push(...inner.results);
        endAt = inner.endAt ?? endAt;
      }
      this.#depth--;
      i = endAt;
    }
    return { results };
  }

  #list(nodes: readonly Node[], start: readonly unknown[]): readonly unknown[] {
    let values = start;
    for (const node of nodes) values = this.#step(node, values);
    return values;
  }

  #step(node: Node, values: readonly unknown[]): readonly unknown[] {
    switch (node.type) {
      case 'text':
        return [node.text];
      case 'number':
      case 'bool':
        return values.map(() => node.value);
      case 'identifier':
        return this.#word(node.name, values);
      case 'field':
        return this.#field(node.name, values);
      case 'wildcard':
        return values.flatMap(childrenOf);
      case 'recursive':
        return values.flatMap(withDescendants);
      case 'slice':
        return values.flatMap((value) => slice(node, value));
      case 'union':
        return node.lists.flatMap((list) => this.#list(list, values));
      case 'filter':
        return values.flatMap((value) => this.#filter(node, value));
      case 'list':
        return this.#list(node.nodes, values);
    }
  }

  #word(name: string, values: readonly unknown[]): readonly unknown[] {
    if (name !== 'range' && name !== 'end') throw new JsonPathError(`unrecognized identifier ${name}`);
    if (name === 'end' && this.#depth === 0) throw new JsonPathError('not in range, nothing to end');
    this.#asked = name;
    return values;
  }

  #field(name: string, values: readonly unknown[]): readonly unknown[] {
    const found = values.flatMap((value) => (isMap(value) && Object.hasOwn(value, name) ? [value[name]] : []));
    if (found.length === 0 && values.length > 0 && !this.allowMissing) throw new JsonPathError(`${name} is not found`);
    return found;
  }

  #filter(node: Filter, value: unknown): readonly unknown[] {
    if (!Array.isArray(value)) throw new JsonPathError(`${value === null || value === undefined ? '<invalid reflect.Value>' : goValue(value)} is not array or slice and cannot be filtered`);
    return (value as readonly unknown[]).filter((item) => this.#holds(node, item));
  }

  #holds({ left, operator, right }: Filter, item: unknown): boolean {
    if (operator === 'exists') return this.#exists(left, item);
    const [lefts, rights] = [this.#list(left, [item]), this.#list(right, [item])];
    if (lefts.length > 1 || rights.length > 1) throw new JsonPathError('can only compare one element at a time');
    return lefts.length > 0 && rights.length > 0 && compare(lefts[0], operator, rights[0]);
  }

  #exists(path: readonly Node[], item: unknown): boolean {
    try {
      return this.#list(path, [item]).length > 0;
    } catch (error) {
      if (error instanceof JsonPathError) return false;
      throw error;
    }
  }
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

function childrenOf(value: unknown): readonly unknown[] {
  // Go has no order for them; here it is that of the alphabet.
  return Array.isArray(value) ? (value as readonly unknown[]) : isMap(value) ? Object.keys(value).sort().map((key) => value[key]) : [];
}

/** Depth first: the value, then everything below it. What has nothing below it does not count. */
function withDescendants(value: unknown): readonly unknown[] {
  const children = childrenOf(value);
  return children.length === 0 ? [] : [value, ...children.flatMap(withDescendants)];
}

function slice(node: Slice, value: unknown): readonly unknown[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw new JsonPathError(`${goType(value)} is not array or slice`);
  const list = value as readonly unknown[];
  const fromEnd = (index: number) => (index < 0 ? index + list.length : index);
  const start = fromEnd(node.start ?? 0);
  const end = node.single ? start + 1 : fromEnd(node.end ?? list.length);
  if (start === end) return [];
  if (start < 0 || start >= list.length) throw new JsonPathError(`array index out of bounds: index ${start}, length ${list.length}`);
  if (end < 0 || end > list.length) throw new JsonPathError(`array index out of bounds: index ${end - 1}, length ${list.length}`);
  if (start > end) throw new JsonPathError(`starting index ${start} is greater than ending index ${end}`);
  const step = node.step ?? 1;
  if (step <= 0) throw new JsonPathError('step must be > 0');
  return list.slice(start, end).filter((_, index) => index % step === 0);
}

/** As text/template compares: only what is of one kind, and maps and lists not at all. */
function compare(left: unknown, operator: string, right: unknown): boolean {
  if (!['==', '!=', '<', '<=', '>', '>='].includes(operator)) throw new JsonPathError(`unrecognized filter operator ${operator}`);
  const hasOrder = (value: unknown) => typeof value === 'string' || typeof value === 'number' || (typeof value === 'boolean' && /^[=!]=$/.test(operator));
  if (!hasOrder(left) || !hasOrder(right)) throw new JsonPathError('invalid type for comparison');
  if (goType(left) !== goType(right)) throw new JsonPathError('incompatible types for comparison');
  const [a, b] = [left as string | number, right as string | number];
  if (operator === '==' || operator === '!=') return (a === b) === (operator === '==');
  const order = a < b ? -1 : a > b ? 1 : 0;
  return operator.startsWith('<') ? order < 0 || (operator === '<=' && order === 0) : order > 0 || (operator === '>=' && order === 0);
}

function goType(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'object') return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
  return typeof value === 'boolean' ? 'bool' : 'string';
}

/** Go's %v: maps as map[a:1 b:2], lists as [a b]. */
export function goValue(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${(value as unknown[]).map(goValue).join(' ')}]`;
  if (isMap(value)) return `map[${Object.keys(value).sort().map((key) => `${key}:${goValue(value[key])}`).join(' ')}]`;
  return printValue(value);
}
