/** awk's programs, run. See POSIX, "awk". Over 250 lines because an expression's kinds share one evaluator. */
import { posixToRegExp } from '../../base/posix-regex.ts';
import { FileError } from '../../machine/file-error.ts';
import { openInput, openOutput } from '../../machine/open.ts';
import type { Child, Input, Output } from '../../machine/program.ts';
import { pipe } from '../../machine/streams.ts';
import { awkFormat, toText } from './awk-format.ts';
import { callBuiltin } from './awk-functions.ts';
import { readRecord } from './awk-records.ts';
import { unescape } from './awk-lexer.ts';
import type { AwkProgram, Expression, Statement } from './awk-syntax.ts';
import { type AwkArray, AwkError, ExitAwk, Jump, type Value, arithmetic, looksNumeric, toNumber, truth } from './awk-values.ts';
import type { Tool } from './tool.ts';

export class AwkMachine {
  #globals = new Map<string, Value>([['FS', ' '], ['OFS', ' '], ['ORS', '\n'], ['RS', '\n'], ['NR', 0], ['NF', 0], ['FNR', 0], ['SUBSEP', '\x1c'], ['OFMT', '%.6g'], ['CONVFMT', '%.6g'], ['FILENAME', ''], ['RSTART', 0], ['RLENGTH', -1]]);
  readonly #arrays = new Map<string, AwkArray>();
  #locals: Map<string, Value | AwkArray> | undefined;
  #record = '';
  #fields: string[] | undefined = [];
  readonly #outputs = new Map<string, { readonly output: Output; readonly close: () => Promise<number> }>();
  readonly #inputs = new Map<string, Input>();
  readonly #ranges = new Set<unknown>();
  #main: Input | undefined;
  #operand = 0;

  constructor(
    readonly t: Tool,
    private readonly program: AwkProgram,
    private readonly operands: readonly string[],
  ) {
    const environment = this.array('ENVIRON');
    for (const [name, value] of t.process.env) environment.set(name, { text: value });
    const argv = this.array('ARGV');
    for (const [index, word] of ['awk', ...operands].entries()) argv.set(String(index), word);
    this.#globals.set('ARGC', operands.length + 1);
  }

  /** `name=value` from the command line. */
  assign(text: string): void {
    const cut = text.indexOf('=');
    this.#globals.set(text.slice(0, cut), { text: unescape(text.slice(cut + 1)) });
  }

  async run(): Promise<number> {
    let code = 0;
    try {
      for (const rule of this.program.rules) if (rule.pattern === 'BEGIN') await this.#execute(rule.action!);
      if (this.program.rules.some((rule) => rule.pattern !== 'BEGIN')) {
        for (let record = await this.#nextMain(); record !== undefined; record = await this.#nextMain()) {
          this.setRecord(record);
          await this.#rules();
        }
      }
    } catch (error) {
      if (!(error instanceof ExitAwk)) throw error;
      code = error.code;
    }
    try {
      for (const rule of this.program.rules) if (rule.pattern === 'END') await this.#execute(rule.action!);
    } catch (error) {
      if (!(error instanceof ExitAwk)) throw error;
      code = error.code;
    }
    for (const { close } of this.#outputs.values()) await close();
    return code || this.#failed;
  }

  #failed = 0;

  async #rules(): Promise<void> {
    for (const rule of this.program.rules) {
      if (rule.pattern === 'BEGIN' || rule.pattern === 'END' || !(await this.#applies(rule.pattern))) continue;
      try {
        if (rule.action) await this.#execute(rule.action);
        else await this.t.write(this.#record + toText(this.variable('ORS')));
      } catch (error) {
        if (!(error instanceof Jump)) throw error;
        if (error.kind === 'nextfile') this.#main = undefined;
        return;
      }
    }
  }

  async #applies(pattern: Expression | readonly [Expression, Expression] | undefined): Promise<boolean> {
    if (pattern === undefined) return true;
    if (!('length' in pattern)) return truth(await this.evaluate(pattern));
    if (!this.#ranges.has(pattern)) {
      if (!truth(await this.evaluate(pattern[0]))) return false;
      this.#ranges.add(pattern);
    }
    if (truth(await this.evaluate(pattern[1]))) this.#ranges.delete(pattern);
    return true;
  }

  async #nextMain(): Promise<string | undefined> {
    for (;;) {
      if (!this.#main) {
        const opened = await this.#openNext();
        if (!opened) return undefined;
        this.#main = opened;
        this.#globals.set('FNR', 0);
      }
      const record = await this.#read(this.#main);
      if (record !== undefined) {
        this.#globals.set('NR', toNumber(this.variable('NR')) + 1);
        this.#globals.set('FNR', toNumber(this.variable('FNR')) + 1);
        return record;
      }
      this.#main = undefined;
    }
  }

  #usedStandard = false;

  async #openNext(): Promise<Input | undefined> {
    while (this.#operand < this.operands.length) {
      const operand = this.operands[this.#operand++]!;
      if (/^[A-Za-z_]\w*=/.test(operand)) {
        this.assign(operand);
        continue;
      }
      this.#usedStandard = true;
      this.#globals.set('FILENAME', operand);
      if (operand === '-') return this.t.process.stdin;
      try {
        return openInput(this.t.process, operand);
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        await this.t.process.stderr.write(this.t.gnu ? `awk: cannot open ${operand} (${error.message})\n` : `awk: ${operand}: ${error.message}\n`);
        this.#failed = 2;
      }
    }
    if (this.#usedStandard) return undefined;
    this.#usedStandard = true;
    return this.t.process.stdin;
  }

  #read(input: Input): Promise<string | undefined> {
    return readRecord(input, toText(this.variable('RS')));
  }

  setRecord(record: string): void {
    this.#record = record;
    this.#fields = undefined;
  }

  get fields(): string[] {
    this.#fields ??= this.split(this.#record, toText(this.variable('FS')));
    return this.#fields;
  }

  split(text: string, separator: string): string[] {
    if (text === '') return [];
    if (separator === ' ') return text.trim() === '' ? [] : text.trim().split(/[ \t\n]+/);
    if (separator === '') return [...text];
    return text.split(separator.length === 1 && separator !== '\\' ? separator : posixToRegExp(separator, { extended: true }));
  }

  setField(index: number, value: string): void {
    if (index === 0) return this.setRecord(value);
    const { fields } = this;
    while (fields.length < index) fields.push('');
    fields[index - 1] = value;
    this.#record = fields.join(toText(this.variable('OFS')));
  }

  variable(name: string): Value {
    const local = this.#locals?.get(name);
    if (local !== undefined) return local instanceof Map ? '' : local;
    if (name === 'NF') return this.fields.length;
    return this.#globals.get(name) ?? { text: '' };
  }

  setVariable(name: string, value: Value): void {
    if (this.#locals?.has(name)) this.#locals.set(name, value);
    else if (name === 'NF') {
      const { fields } = this;
      fields.length = Math.min(fields.length, toNumber(value));
      while (fields.length < toNumber(value)) fields.push('');
      this.#record = fields.join(toText(this.variable('OFS')));
    } else this.#globals.set(name, value);
  }

  array(name: string): AwkArray {
    const local = this.#locals?.get(name);
    if (local instanceof Map) return local;
    if (this.#locals?.has(name)) {
      const made: AwkArray = new Map();
      this.#locals.set(name, made);
      return made;
    }
    const known = this.#arrays.get(name) ?? new Map<string, Value>();
    this.#arrays.set(name, known);
    return known;
  }

  async text(expression: Expression): Promise<string> {
    return toText(await this.evaluate(expression), toText(this.variable('CONVFMT')));
  }

  async #key(keys: readonly Expression[]): Promise<string> {
    const parts: string[] = [];
    for (const key of keys) parts.push(await this.text(key));
    return parts.join(toText(this.variable('SUBSEP')));
  }

  async evaluate(node: Expression): Promise<Value> {
    switch (node.kind) {
      case 'number': return node.value;
      case 'string': return node.value;
      case 'regexp': return posixToRegExp(node.source, { extended: true }).test(this.#record) ? 1 : 0;
      case 'variable': return this.variable(node.name);
      case 'field': {
        const index = toNumber(await this.evaluate(node.index));
        if (index < 0) throw new AwkError('attempt to access field ' + index);
        return { text: index === 0 ? this.#record : (this.fields[index - 1] ?? '') };
      }
      case 'element': {
        const array = this.array(node.name);
        const key = await this.#key(node.keys);
        const value = array.get(key);
        if (value === undefined) array.set(key, { text: '' });
        return value ?? { text: '' };
      }
      case 'in': return this.array(node.name).has(await this.#key(node.keys)) ? 1 : 0;
      case 'assign': return await this.#assign(node);
      case 'step': {
        const old = toNumber(await this.evaluate(node.target));
        await this.store(node.target, old + node.by);
        return node.prefix ? old + node.by : old;
      }
      case 'unary': {
        const value = await this.evaluate(node.operand);
        return node.operator === '!' ? (truth(value) ? 0 : 1) : node.operator === '-' ? -toNumber(value) : toNumber(value);
      }
      case 'ternary': return await this.evaluate(truth(await this.evaluate(node.test)) ? node.yes : node.no);
      case 'group': return node.parts.length === 1 ? await this.evaluate(node.parts[0]!) : await this.#key(node.parts);
      case 'binary': return await this.#binary(node.operator, node.left, node.right);
      case 'getline': return await this.#getline(node);
      case 'call': return await this.#call(node.name, node.args);
    }
  }

  async #assign({ operator, target, value }: Extract<Expression, { kind: 'assign' }>): Promise<Value> {
    const right = await this.evaluate(value);
    const result = operator === '' ? right : arithmetic(operator === '**' ? '^' : operator, toNumber(await this.evaluate(target)), toNumber(right));
    await this.store(target, result);
    return result;
  }

  async store(target: Expression, value: Value): Promise<void> {
    if (target.kind === 'variable') this.setVariable(target.name, value);
    else if (target.kind === 'field') this.setField(toNumber(await this.evaluate(target.index)), toText(value, toText(this.variable('CONVFMT'))));
    else if (target.kind === 'element') this.array(target.name).set(await this.#key(target.keys), value);
  }

  /** A regular expression written as such, or computed from a string. */
  async regexp(node: Expression, global = false): Promise<RegExp> {
    return posixToRegExp(node.kind === 'regexp' ? node.source : await this.text(node), { extended: true, global });
  }

  async #binary(operator: string, left: Expression, right: Expression): Promise<Value> {
    if (operator === '&&') return truth(await this.evaluate(left)) && truth(await this.evaluate(right)) ? 1 : 0;
    if (operator === '||') return truth(await this.evaluate(left)) || truth(await this.evaluate(right)) ? 1 : 0;
    if (operator === '~' || operator === '!~') return (await this.regexp(right)).test(await this.text(left)) === (operator === '~') ? 1 : 0;
    if (operator === ' ') return (await this.text(left)) + (await this.text(right));
    const [a, b] = [await this.evaluate(left), await this.evaluate(right)];
    if (!/^(?:<|<=|==|!=|>|>=)$/.test(operator)) return arithmetic(operator, toNumber(a), toNumber(b));
    const numeric = (value: Value) => typeof value === 'number' || (typeof value === 'object' && (looksNumeric(value.text) || value.text === ''));
    const order = numeric(a) && numeric(b) ? toNumber(a) - toNumber(b) : toText(a) < toText(b) ? -1 : toText(a) > toText(b) ? 1 : 0;
    return { '<': order < 0, '<=': order <= 0, '==': order === 0, '!=': order !== 0, '>': order > 0, '>=': order >= 0 }[operator] ? 1 : 0;
  }

  async #getline({ target, file, command }: Extract<Expression, { kind: 'getline' }>): Promise<Value> {
    let record: string | undefined;
    if (file || command) {
      const name = await this.text((file ?? command)!);
      let input = this.#inputs.get(name);
      try {
        input ??= command ? this.#openCommand(name) : openInput(this.t.process, name);
      } catch {
        return -1;
      }
      this.#inputs.set(name, input);
      record = await this.#read(input);
    } else record = await this.#nextMain();
    if (record === undefined) return 0;
    if (command) this.#globals.set('NR', toNumber(this.variable('NR')) + 1);
    if (target) await this.store(target, { text: record });
    else this.setRecord(record);
    return 1;
  }

  #openCommand(command: string): Input {
    const { input, output } = pipe();
    this.t.process.spawn(['sh', '-c', command], { stdout: output });
    return input;
  }

  async system(command: string): Promise<number> {
    return await this.t.process.spawn(['sh', '-c', command]).exited;
  }

  async close(name: string): Promise<number> {
    const opened = this.#outputs.get(name);
    this.#outputs.delete(name);
    const known = this.#inputs.delete(name);
    return opened ? await opened.close() : known ? 0 : -1;
  }

  async #call(name: string, args: readonly Expression[]): Promise<Value> {
    const definition = this.program.functions.get(name);
    if (!definition) return await callBuiltin(this, name, args);
    const locals = new Map<string, Value | AwkArray>();
    for (const [index, parameter] of definition.parameters.entries()) {
      const arg = args[index];
      const asArray = arg?.kind === 'variable' && (this.#locals?.get(arg.name) instanceof Map || this.#arrays.has(arg.name));
      locals.set(parameter, arg === undefined ? { text: '' } : asArray ? this.array(arg.name) : await this.evaluate(arg));
    }
    const outer = this.#locals;
    this.#locals = locals;
    try {
      await this.#execute(definition.body);
      return { text: '' };
    } catch (error) {
      if (error instanceof Jump && error.kind === 'return') return error.value;
      throw error;
    } finally {
      this.#locals = outer;
    }
  }

  async #execute(node: Statement): Promise<void> {
    switch (node.kind) {
      case 'block': for (const statement of node.body) await this.#execute(statement); return;
      case 'expression': await this.evaluate(node.value); return;
      case 'print': case 'printf': return await this.#print(node);
      case 'if':
        if (truth(await this.evaluate(node.test))) await this.#execute(node.yes);
        else if (node.no) await this.#execute(node.no);
        return;
      case 'while':
        for (let first = !node.first; first || truth(await this.evaluate(node.test)); first = false) if (await this.#once(node.body)) return;
        return;
      case 'for':
        if (node.start) await this.#execute(node.start);
        for (; !node.test || truth(await this.evaluate(node.test)); node.step && (await this.#execute(node.step))) if (await this.#once(node.body)) return;
        return;
      case 'forIn':
        for (const key of [...this.array(node.array).keys()]) {
          this.setVariable(node.variable, { text: key });
          if (await this.#once(node.body)) return;
        }
        return;
      case 'exit': throw new ExitAwk(node.value ? toNumber(await this.evaluate(node.value)) : 0);
      case 'return': throw new Jump('return', node.value ? await this.evaluate(node.value) : { text: '' });
      case 'delete':
        if (node.keys) this.array(node.name).delete(await this.#key(node.keys));
        else this.array(node.name).clear();
        return;
      default: throw new Jump(node.kind);
    }
  }

  #rounds = 0;

  /** Run a loop's body. @returns whether the loop ends */
  async #once(body: Statement): Promise<boolean> {
    if (++this.#rounds % 2000 === 0) await this.t.process.machine.clock.sleep(0, this.t.process.signal);
    try {
      await this.#execute(body);
    } catch (error) {
      if (error instanceof Jump && error.kind === 'break') return true;
      if (!(error instanceof Jump && error.kind === 'continue')) throw error;
    }
    return false;
  }

  async #print({ kind, args, redirect }: Extract<Statement, { kind: 'print' | 'printf' }>): Promise<void> {
    const values: Value[] = [];
    for (const arg of args) values.push(await this.evaluate(arg));
    const shown = (value: Value) => toText(value, toText(this.variable('OFMT')));
    const text = kind === 'printf' ? awkFormat(shown(values[0] ?? ''), values.slice(1)) : (values.length > 0 ? values.map(shown).join(toText(this.variable('OFS'))) : this.#record) + toText(this.variable('ORS'));
    if (!redirect) return await this.t.write(text);
    const name = await this.text(redirect.target);
    let opened = this.#outputs.get(name);
    if (!opened) {
      opened = redirect.operator === '|' ? this.#pipeTo(name) : { output: openOutput(this.t.process, name, { append: redirect.operator === '>>' }), close: () => Promise.resolve(0) };
      this.#outputs.set(name, opened);
    }
    await opened.output.write(text);
  }

  #pipeTo(command: string): { readonly output: Output; readonly close: () => Promise<number> } {
    const { input, output } = pipe();
    const child: Child = this.t.process.spawn(['sh', '-c', command], { stdin: input });
    return { output, close: () => (output.close(), child.exited) };
  }
}
