/**
 * A jq program at work: every node takes one value and gives any number, each with the path it stands at while somebody
 * asks for paths. Over 250 lines because the kinds of nodes are one closed union. See src/execute.c of jq 1.6.
 */
import { format, text } from './formats.ts';
import { library } from './library.ts';
import { NATIVES, valuesOf } from './natives.ts';
import { arithmetic, getPath, index, setPath, slice, deletePaths } from './operations.ts';
import { printJson } from './print.ts';
import { Scope, type Spot } from './scope.ts';
import { type Definition, type Node, namesOf, type Pattern } from './syntax.ts';
import { described, JqError } from './error.ts';
import { isArray, isObject, isTrue, type Json } from './value.ts';

/** `break $out` on its way to its label. */
class Break extends Error {
  override readonly name = 'Break';
  constructor(readonly label: object) {
    super('break');
  }
}

/** The program did not end; the kernel would have run out of memory or patience. */
export class TooMuch extends Error {
  override readonly name = 'TooMuch';
}

const labels = new WeakMap<object, object>();

/** Every value of `node` for this input. @throws JqError TooMuch */
export function* evaluate(node: Node, input: Spot, scope: Scope): Generator<Spot> {
  if (scope.surroundings.steps-- <= 0) throw new TooMuch('too many steps');
  switch (node.kind) {
    case 'identity':
      yield input;
      return;
    case 'literal':
      yield made(node.value, input);
      return;
    case 'string':
      for (const value of interpolate(node.parts, node.format, input, scope)) yield made(value, input);
      return;
    case 'format':
      yield made(format(node.name, input.value), input);
      return;
    case 'index':
      for (const key of valuesAt(node.key, input, scope)) for (const spot of evaluate(node.of, input, scope)) yield step(spot, key, index(spot.value, key));
      return;
    case 'slice':
      yield* sliced(node, input, scope);
      return;
    case 'iterate':
      for (const spot of evaluate(node.of, input, scope)) yield* elements(spot);
      return;
    case 'pipe':
      for (const spot of evaluate(node.left, input, scope)) yield* evaluate(node.right, spot, scope);
      return;
    case 'comma':
      yield* evaluate(node.left, input, scope);
      yield* evaluate(node.right, input, scope);
      return;
    case 'and':
    case 'or':
      for (const left of valuesAt(node.left, input, scope)) {
        if (isTrue(left) === (node.kind === 'or')) yield made(node.kind === 'or', input);
        else for (const right of valuesAt(node.right, input, scope)) yield made(isTrue(right), input);
      }
      return;
    case 'alternative':
      yield* alternative(node.left, node.right, input, scope);
      return;
    case 'binary':
      for (const right of valuesAt(node.right, input, scope)) for (const left of valuesAt(node.left, input, scope)) yield made(arithmetic(node.operator, left, right), input);
      return;
    case 'assign':
      yield* assign(node, input, scope);
      return;
    case 'negate':
      for (const value of valuesAt(node.body, input, scope)) {
        if (typeof value !== 'number') throw new JqError(`${described(value)} cannot be negated`);
        yield made(-value, input);
      }
      return;
    case 'array':
      yield made(node.body ? [...valuesAt(node.body, input, scope)] : [], input);
      return;
    case 'object':
      for (const object of objects(node.entries, new Map(), input, scope)) yield made(object, input);
      return;
    case 'if':
      for (const condition of valuesAt(node.condition, input, scope)) yield* evaluate(isTrue(condition) ? node.then : node.otherwise, input, scope);
      return;
    case 'try':
      yield* attempt(node.body, node.handler, input, scope);
      return;
    case 'reduce':
      yield* reduce(node, input, scope);
      return;
    case 'foreach':
      yield* foreach(node, input, scope);
      return;
    case 'bind':
      yield* bind(node, input, scope);
      return;
    case 'variable':
      yield made(variable(node.name, scope), input);
      return;
    case 'call':
      yield* call(node.name, node.args, input, scope);
      return;
    case 'define':
      yield* evaluate(node.body, input, scope.with(`${node.definition.name}/${node.definition.params.length}`, { kind: 'function', definition: node.definition }));
      return;
    case 'label':
      yield* labelled(node.name, node.body, input, scope);
      return;
    case 'break':
      throw new Break(labels.get(scope.find(`*${node.name}`)!.at)!);
  }
}

/** The values of a node where no path is followed: keys, operands, conditions. */
export function* valuesAt(node: Node, input: Spot, scope: Scope): Generator<Json> {
  for (const { value } of evaluate(node, { value: input.value }, scope)) yield value;
}

/** Where `node` points to. @throws JqError for what is made and stands nowhere */
export function* placesOf(node: Node, input: Json, scope: Scope): Generator<readonly Json[]> {
  for (const spot of evaluate(node, { value: input, path: [] }, scope)) yield placed(spot);
}

/** A new value has no place; asking for its parts' paths fails, null's excepted. */
function made(value: Json, input: Spot): Spot {
  return input.path === undefined ? { value } : { value, path: NOWHERE };
}

/** Stands for the path of what was made in a program. */
const NOWHERE: readonly Json[] = Object.freeze(['(nowhere)']);

/** What `path(1)` says; an empty result of `first(empty)` never comes here. */
export function placed(spot: Spot): readonly Json[] {
  if (spot.path === NOWHERE) throw new JqError(`Invalid path expression with result ${clipped(spot.value)}`);
  return spot.path!;
}

function step(spot: Spot, key: Json, value: Json): Spot {
  if (spot.path === undefined) return { value };
  if (spot.path === NOWHERE) throw new JqError(`Invalid path expression with result ${clipped(spot.value)}`);
  return { value, path: [...spot.path, key] };
}

function clipped(value: Json): string {
  const whole = printJson(value);
  const MOST = 30;
  return whole.length >= MOST ? `${whole.slice(0, MOST - 4)}...` : whole;
}

function* elements(spot: Spot): Generator<Spot> {
  const { value } = spot;
  if (isArray(value)) for (const [at, item] of value.entries()) yield step(spot, at, item);
  else if (isObject(value)) for (const [key, item] of value) yield step(spot, key, item);
  else valuesOf(value);
}

function* sliced(node: Node & { kind: 'slice' }, input: Spot, scope: Scope): Generator<Spot> {
  const ends = node.to ? [...valuesAt(node.to, input, scope)] : [null];
  const starts = node.from ? [...valuesAt(node.from, input, scope)] : [null];
  for (const end of ends) {
    for (const start of starts) {
      for (const spot of evaluate(node.of, input, scope)) yield step(spot, new Map<string, Json>([['start', start], ['end', end]]), slice(spot.value, start, end));
    }
  }
}

function* interpolate(parts: readonly (string | Node)[], name: string, input: Spot, scope: Scope): Generator<string> {
  const [first, ...rest] = parts;
  if (first === undefined) return yield '';
  for (const tail of interpolate(rest, name, input, scope)) {
    if (typeof first === 'string') yield first + tail;
    else for (const value of valuesAt(first, input, scope)) yield (name === 'text' ? text(value) : format(name, value)) + tail;
  }
}

/** The true values of the left side, its errors forgotten; when there are none, the right side. */
function* alternative(left: Node, right: Node, input: Spot, scope: Scope): Generator<Spot> {
  let found = false;
  for (const spot of attempt(left, undefined, input, scope)) {
    if (!isTrue(spot.value)) continue;
    found = true;
    yield spot;
  }
  if (!found) yield* evaluate(right, input, scope);
}

function* attempt(body: Node, handler: Node | undefined, input: Spot, scope: Scope): Generator<Spot> {
  try {
    yield* evaluate(body, input, scope);
  } catch (error) {
    if (!(error instanceof JqError)) throw error;
    // `error(null)` is caught by whoever tries, and nobody hears of it.
    if (handler && error.value !== null) yield* evaluate(handler, made(error.value, input), scope);
  }
}

function* assign(node: Node & { kind: 'assign' }, input: Spot, scope: Scope): Generator<Spot> {
  const { operator, left, right } = node;
  if (operator === '|=') {
    const gone: (readonly Json[])[] = [];
    let value = input.value;
    for (const path of placesOf(left, input.value, scope)) {
      const [next] = firstOf(valuesAt(right, { value: getPath(value, path) }, scope));
      if (next === undefined) gone.push(path);
      else value = setPath(value, path, next);
    }
    yield made(deletePaths(value, gone), input);
    return;
  }
  for (const operand of valuesAt(right, input, scope)) {
    let value = input.value;
    for (const path of placesOf(left, input.value, scope)) value = setPath(value, path, operator === '=' ? operand : combined(operator.slice(0, -1), getPath(value, path), operand));
    yield made(value, input);
  }
}

function combined(operator: string, old: Json, operand: Json): Json {
  return operator === '//' ? (isTrue(old) ? old : operand) : arithmetic(operator as '+', old, operand);
}

function firstOf<T>(values: Generator<T>): readonly [T] | readonly [] {
  for (const value of values) return [value];
  return [];
}

/** Keys and values in all combinations; the last entry varies fastest. */
function* objects(entries: readonly (readonly [Node, Node])[], object: ReadonlyMap<string, Json>, input: Spot, scope: Scope): Generator<Json> {
  const [first, ...rest] = entries;
  if (!first) return yield object;
  for (const key of valuesAt(first[0], input, scope)) {
    if (typeof key !== 'string') throw new JqError(`Object keys must be strings`);
    for (const value of valuesAt(first[1], input, scope)) yield* objects(rest, new Map([...object, [key, value]]), input, scope);
  }
}

function* reduce(node: Node & { kind: 'reduce' }, input: Spot, scope: Scope): Generator<Spot> {
  for (const start of evaluate(node.start, input, scope)) {
    let state: Spot | undefined = start;
    for (const item of valuesAt(node.source, input, scope)) {
      for (const bound of matched(node.pattern, item, input, scope)) {
        let last: Spot | undefined;
        for (const next of evaluate(node.update, state ?? made(null, input), bound)) last = next;
        state = last;
      }
    }
    yield state ?? made(null, input);
  }
}

function* foreach(node: Node & { kind: 'foreach' }, input: Spot, scope: Scope): Generator<Spot> {
  for (const start of evaluate(node.start, input, scope)) {
    let state = start;
    for (const item of valuesAt(node.source, input, scope)) {
      for (const bound of matched(node.pattern, item, input, scope)) {
        for (const next of evaluate(node.update, state, bound)) {
          state = next;
          if (node.extract) yield* evaluate(node.extract, next, bound);
          else yield next;
        }
      }
    }
  }
}

/** With `?//` the next pattern is tried when the body of the one before failed; what it does not bind is null. */
function* bind(node: Node & { kind: 'bind' }, input: Spot, scope: Scope): Generator<Spot> {
  const names = node.patterns.length > 1 ? node.patterns.flatMap(namesOf) : [];
  const base = names.reduce((inner, name) => inner.with(`$${name}`, { kind: 'value', value: null }), scope);
  for (const value of valuesAt(node.source, input, scope)) {
    for (const [at, pattern] of node.patterns.entries()) {
      try {
        for (const bound of matched(pattern, value, input, base)) yield* evaluate(node.body, input, bound);
        break;
      } catch (error) {
        if (!(error instanceof JqError) || at === node.patterns.length - 1) throw error;
      }
    }
  }
}

/** The scopes in which the pattern's names stand for the value's parts. */
function* matched(pattern: Pattern, value: Json, input: Spot, scope: Scope): Generator<Scope> {
  if (pattern.kind === 'variable') return yield scope.with(`$${pattern.name}`, { kind: 'value', value });
  if (pattern.kind === 'array') {
    if (value !== null && !isArray(value)) index(value, 0);
    yield* allOf(pattern.items.map((inner, at) => (outer: Scope) => matched(inner, index(value, at), input, outer)), scope);
    return;
  }
  yield* allOf(
    pattern.entries.map(({ key, variable: name, pattern: inner }) => function* (outer: Scope): Generator<Scope> {
      for (const field of valuesAt(key, input, outer)) {
        const part = index(value, field);
        const named = name === undefined ? outer : outer.with(`$${name}`, { kind: 'value', value: part });
        if (inner) yield* matched(inner, part, input, named);
        else yield named;
      }
    }),
    scope,
  );
}

function* allOf(steps: readonly ((scope: Scope) => Generator<Scope>)[], scope: Scope): Generator<Scope> {
  const [first, ...rest] = steps;
  if (!first) return yield scope;
  for (const next of first(scope)) yield* allOf(rest, next);
}

function variable(name: string, scope: Scope): Json {
  if (name === 'ENV') return scope.surroundings.environment;
  const found = scope.find(`$${name}`)?.meaning;
  if (found?.kind !== 'value') throw new JqError(`$${name} is not defined`);
  return found.value;
}

function* labelled(name: string, body: Node, input: Spot, scope: Scope): Generator<Spot> {
  const inner = scope.with(`*${name}`, { kind: 'value', value: null });
  const label = {};
  labels.set(inner, label);
  try {
    yield* evaluate(body, input, inner);
  } catch (error) {
    if (!(error instanceof Break) || error.label !== label) throw error;
  }
}

function* call(name: string, args: readonly Node[], input: Spot, scope: Scope): Generator<Spot> {
  const key = `${name}/${args.length}`;
  const found = scope.find(key);
  if (found?.meaning.kind === 'closure') return yield* evaluate(found.meaning.body, input, found.meaning.scope);
  if (found?.meaning.kind === 'function') return yield* invoke(found.meaning.definition, args, input, { scope, home: found.at });
  const special = scope.surroundings.specials.get(key);
  if (special) return yield* special(args, input, scope);
  const native = NATIVES.get(key);
  if (native) {
    for (const values of combinations(args, input, scope)) yield made(native(input.value, ...values), input);
    return;
  }
  const definition = library().get(key);
  if (!definition) throw new JqError(`${key} is not defined`);
  yield* invoke(definition, args, input, { scope, home: Scope.outermost(scope.surroundings) });
}

/** @param where.scope of the arguments @param where.home where the function was written */
function* invoke(definition: Definition, args: readonly Node[], input: Spot, where: { readonly scope: Scope; readonly home: Scope }): Generator<Spot> {
  yield* bindParams(definition, args, input, { scope: where.scope, inner: where.home });
}

function* bindParams(definition: Definition, args: readonly Node[], input: Spot, { scope, inner }: { readonly scope: Scope; readonly inner: Scope }, at = 0): Generator<Spot> {
  const param = definition.params[at];
  if (param === undefined) return yield* evaluate(definition.body, input, inner);
  const body = args[at]!;
  if (!param.startsWith('$')) return yield* bindParams(definition, args, input, { scope, inner: inner.with(`${param}/0`, { kind: 'closure', body, scope }) }, at + 1);
  for (const value of valuesAt(body, input, scope)) {
    const named = inner.with(param, { kind: 'value', value }).with(`${param.slice(1)}/0`, { kind: 'closure', body: { kind: 'literal', value }, scope });
    yield* bindParams(definition, args, input, { scope, inner: named }, at + 1);
  }
}

/** Values of all arguments in all combinations, the first varying fastest. */
function* combinations(args: readonly Node[], input: Spot, scope: Scope): Generator<readonly Json[]> {
  const last = args.at(-1);
  if (!last) return yield [];
  for (const value of valuesAt(last, input, scope)) for (const before of combinations(args.slice(0, -1), input, scope)) yield [...before, value];
}
