/** Functions that need more than values: paths, the inputs, the world outside. See the bytecoded builtins in src/builtin.c of jq 1.6. */
import { evaluate, placed, valuesAt } from './evaluate.ts';
import { text } from './formats.ts';
import { getPath } from './operations.ts';
import { printJson } from './print.ts';
import type { Scope, Special } from './scope.ts';
import { JqError } from './error.ts';
import { isArray, type Json } from './value.ts';

/** `halt` and `halt_error`: the program ends here. */
export class Halt extends Error {
  override readonly name = 'Halt';
  constructor(
    readonly code: number,
    readonly words: string,
  ) {
    super(words);
  }
}

const answering = (answer: (scope: Scope, input: Json) => Json): Special =>
  function* (_, input, scope) {
    yield { value: answer(scope, input.value) };
  };

/** `name/arity` to what it does. */
export const SPECIALS: ReadonlyMap<string, Special> = new Map<string, Special>([
  ['empty/0', function* () {}],
  ['path/1', function* ([body], input, scope) {
    for (const spot of evaluate(body!, { value: input.value, path: [] }, scope)) yield { value: placed(spot) };
  }],
  ['getpath/1', function* ([body], input, scope) {
    for (const path of valuesAt(body!, input, scope)) {
      if (!isArray(path)) throw new JqError('Path must be specified as an array');
      yield { value: getPath(input.value, path), path: input.path && [...input.path, ...path] };
    }
  }],
  ['input/0', answering((scope) => {
    const next = scope.surroundings.nextInput();
    if (next === undefined) throw new JqError('break');
    return next;
  })],
  ['inputs/0', function* (_, __, scope) {
    for (let next = scope.surroundings.nextInput(); next !== undefined; next = scope.surroundings.nextInput()) yield { value: next };
  }],
  ['debug/0', function* (_, input, scope) {
    scope.surroundings.onMessage(`["DEBUG:",${printJson(input.value)}]\n`);
    yield input;
  }],
  ['stderr/0', function* (_, input, scope) {
    scope.surroundings.onMessage(printJson(input.value));
    yield input;
  }],
  ['now/0', answering((scope) => scope.surroundings.nowSeconds())],
  ['input_filename/0', answering((scope) => scope.surroundings.inputFile())],
  ['input_line_number/0', answering((scope) => scope.surroundings.inputLine())],
  ['halt/0', answering(() => {
    throw new Halt(0, '');
  })],
  ['halt_error/1', function* ([code], input, scope) {
    for (const value of valuesAt(code!, input, scope)) yield halted(value, input.value);
  }],
]);

/** A string is written as it stands, everything else as JSON on a line. */
function halted(code: Json, value: Json): never {
  if (typeof code !== 'number') throw new JqError('halt_error/1: number required');
  throw new Halt(code, typeof value === 'string' ? value : `${text(value)}\n`);
}
