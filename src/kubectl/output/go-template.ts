/**
 * Runs a template of Go's text/template over an object: fields, pipes, variables, `if`, `with`, `range`, and the functions
 * that Go and kubectl know. Whole numbers of the template are bigint here, since Go tells them from those of JSON.
 * See text/template/exec.go and cli-runtime/pkg/printers/template.go.
 */
import { GoTemplateError, parseGoTemplate, type Command, type Control, type Node, type Operand, type Pipe } from './go-template-parse.ts';
import { FUNCTIONS, goPrint, isTrue } from './go-template-functions.ts';

const KNOWN = new Set([...Object.keys(FUNCTIONS), 'and', 'or']);

/** @throws GoTemplateError when it cannot be read */
export function checkGoTemplate(template: string): void {
  parseGoTemplate(template, KNOWN);
}

/** @param write gets the text as it comes: what stands before a failure is written @throws GoTemplateError in the words of text/template */
export function runGoTemplate(template: string, data: unknown, options: { readonly allowMissingKeys: boolean }, write: (text: string) => void): void {
  new Execution(data, options.allowMissingKeys, write).nodes(parseGoTemplate(template, KNOWN), data);
}

class Leave extends Error {
  constructor(readonly word: 'break' | 'continue') {
    super(word);
  }
}

type Map = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Map => typeof value === 'object' && value !== null && !Array.isArray(value);

class Execution {
  readonly #variables: [string, unknown][];

  constructor(data: unknown, private readonly allowMissing: boolean, private readonly write: (text: string) => void) {
    this.#variables = [['$', data]];
  }

  nodes(nodes: readonly Node[], dot: unknown): void {
    for (const node of nodes) this.#node(node, dot);
  }

  #node(node: Node, dot: unknown): void {
    switch (node.type) {
      case 'text':
        this.write(node.text);
        return;
      case 'action': {
        const value = this.#pipe(node.pipe, dot);
        if (node.pipe.variables.length === 0) this.write(goPrint(value));
        return;
      }
      case 'break':
      case 'continue':
        throw new Leave(node.type);
      case 'range':
        return this.#scoped(() => this.#range(node, dot));
      case 'if':
      case 'with':
        return this.#scoped(() => {
          const value = this.#pipe(node.pipe, dot);
          if (isTrue(value)) this.nodes(node.body, node.type === 'with' ? value : dot);
          else this.nodes(node.otherwise, dot);
        });
    }
  }

  #range(node: Control, dot: unknown): void {
    const { variables, commands } = node.pipe;
    const value = this.#pipe({ ...node.pipe, variables: [] }, dot);
    const items = entries(value);
    if (items === undefined) throw this.#fail(commands[0]!, `range can't iterate over ${goPrint(value)}`);
    if (items.length === 0) return this.nodes(node.otherwise, dot);
    for (const [key, item] of items) {
      try {
        this.#scoped(() => {
          const [first, second] = variables;
          if (second !== undefined) this.#variables.push([first!, key], [second, item]);
          else if (first !== undefined) this.#variables.push([first, item]);
          this.nodes(node.body, item);
        });
      } catch (error) {
        if (!(error instanceof Leave)) throw error;
        if (error.word === 'break') return;
      }
    }
  }

  /** Variables that are made inside end with it. */
  #scoped(act: () => void): void {
    const mark = this.#variables.length;
    try {
      act();
    } finally {
      this.#variables.length = mark;
    }
  }

  #pipe(pipe: Pipe, dot: unknown): unknown {
    let value: unknown;
    pipe.commands.forEach((command, index) => (value = this.#command(command, dot, index === 0 ? [] : [value])));
    for (const name of pipe.variables) {
      if (pipe.assigns) this.#variables.findLast(([known]) => known === name)![1] = value;
      else this.#variables.push([name, value]);
    }
    return value;
  }

  #command(command: Command, dot: unknown, piped: readonly unknown[]): unknown {
    const [first, ...rest] = command.operands;
    if (first!.type !== 'function') {
      if (rest.length > 0 || piped.length > 0) throw this.#fail(command, `can't give argument to non-function ${textOf(first!)}`);
      return this.#operand(first!, dot, command);
    }
    const { name } = first as Operand & { readonly type: 'function' };
    if (name === 'and' || name === 'or') return this.#shortCircuit(name, rest, dot, command, piped);
    const given = [...rest.map((operand) => this.#operand(operand, dot, command)), ...piped];
    try {
      return FUNCTIONS[name]!(given);
    } catch (error) {
      if (!(error instanceof GoTemplateError)) throw error;
      throw this.#fail(command, `${error.message.startsWith('wrong number') ? '' : `error calling ${name}: `}${error.message}`);
    }
  }

  /** What decides ends it: the rest is not looked at. */
  #shortCircuit(name: 'and' | 'or', operands: readonly Operand[], dot: unknown, command: Command, piped: readonly unknown[]): unknown {
    let value: unknown;
    for (const operand of operands) {
      value = this.#operand(operand, dot, command);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return piped.length > 0 ? piped[0] : value;
  }

  #operand(operand: Operand, dot: unknown, command: Command): unknown {
    switch (operand.type) {
      case 'dot':
        return dot;
      case 'nil':
        throw this.#fail(command, 'nil is not a command');
      case 'literal':
        return operand.value;
      case 'field':
        return this.#fields(dot, operand.path, operand, command);
      case 'variable': {
        const found = this.#variables.findLast(([name]) => name === operand.name)!;
        return this.#fields(found[1], operand.path, operand, command);
      }
      case 'function':
        return this.#command({ ...command, operands: [operand] }, dot, []);
      case 'pipe':
        return this.#fields(this.#pipe(operand.pipe, dot), operand.path, operand, command);
    }
  }

  #fields(start: unknown, path: readonly string[], operand: Operand & { readonly at: number }, command: Command): unknown {
    let value = start;
    for (const name of path) {
      const here = { ...command, at: operand.at, text: textOf(operand) };
      if (value === undefined || value === null) return this.allowMissing ? undefined : this.#missing(here, name);
      if (!isMap(value)) throw this.#fail(here, `can't evaluate field ${name} in type interface {}`);
      if (!(name in value) && !this.allowMissing) return this.#missing(here, name);
      value = value[name];
    }
    return value;
  }

  #missing(where: Command, name: string): never {
    throw this.#fail(where, `map has no entry for key ${JSON.stringify(name)}`);
  }

  #fail({ at, text }: Command, message: string): GoTemplateError {
    return new GoTemplateError(`template: output:1:${at}: executing "output" at <${text}>: ${message}`);
  }
}

function textOf(operand: Operand): string {
  switch (operand.type) {
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'literal':
      return operand.text;
    case 'field':
    case 'variable':
      return [operand.name, ...operand.path].join('.');
    case 'function':
      return operand.name;
    case 'pipe':
      return `(${operand.pipe.commands.map((command) => command.text).join(' | ')})`;
  }
}

/** What `range` goes over; undefined for what it cannot. */
function entries(value: unknown): readonly (readonly [unknown, unknown])[] | undefined {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return (value as unknown[]).map((item, index) => [BigInt(index), item] as const);
  if (isMap(value)) return Object.keys(value).sort().map((key) => [key, value[key]] as const);
  return typeof value === 'bigint' ? Array.from({ length: Number(value) }, (_, index) => [BigInt(index), BigInt(index)] as const) : undefined;
}
