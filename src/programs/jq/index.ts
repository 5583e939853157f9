/**
 * jq: JSON in, a program over it, JSON out. Words and exit codes of 1.6, as Debian 12 has it. See main.c and jq(1).
 *
 * Differs from Linux: a program may take three million steps; one that would go on is killed as the kernel kills what
 * has taken all memory, because nothing else on a simulated machine runs in between. Modules and `--stream` do not exist.
 */
import { utf8Decode, utf8Encode } from '../../base/bytes.ts';
import { absolute } from '../../machine/executable.ts';
import { FileError } from '../../machine/files.ts';
import { openInput } from '../../machine/open.ts';
import type { Process, Program } from '../../machine/program.ts';
import { readAll } from '../../machine/streams.ts';
import { refuse } from '../usage.ts';
import { builtins, checkNames } from './check.ts';
import { evaluate, TooMuch } from './evaluate.ts';
import { type JqOptions, JqUsageError, parseJq } from './options.ts';
import { parse } from './parser.ts';
import { printJson } from './print.ts';
import { JsonSyntaxError, readValues } from './read.ts';
import { Scope, type Surroundings } from './scope.ts';
import { Halt, SPECIALS } from './specials.ts';
import { CompileError, type Node } from './syntax.ts';
import { JqError } from './error.ts';
import { USAGE } from './usage.ts';
import { isTrue, type Json } from './value.ts';

const STEPS = 3_000_000;
const HINT = 'Use jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://stedolan.github.io/jq';

export const jq: Program = {
  name: 'jq',
  async run(process) {
    let options: JqOptions;
    try {
      options = parseJq(process.argv.slice(1).map(utf8Decode));
    } catch (error) {
      if (error instanceof JqUsageError) return refuse(process, 2, `jq: ${error.message}\n${HINT}`);
      throw error;
    }
    if (options.flags.has('version')) return print(process, 'jq-1.6\n');
    if (options.flags.has('help')) return print(process, USAGE);
    // Without a program jq filters what is piped, and explains itself to a terminal.
    if (options.program === undefined && options.programFile === undefined && process.terminal) return refuse(process, 2, USAGE.trimEnd());
    try {
      return await new Run(process, options).main();
    } catch (error) {
      if (error instanceof Unreadable) return refuse(process, 2, `jq: error: Could not open file ${error.path}: ${error.message}`);
      throw error;
    }
  },
};

async function print(process: Process, text: string): Promise<number> {
  await process.stdout.write(text);
  return 0;
}

/** A file that cannot be read, by the name that was typed. */
class Unreadable extends Error {
  override readonly name = 'Unreadable';
  constructor(
    readonly path: string,
    message: string,
  ) {
    super(message);
  }
}

/** Where the reading of the inputs stands. */
class Inputs {
  line = 0;
  started = false;

  constructor(
    readonly file: string | undefined,
    private readonly values: Iterator<{ readonly value: Json; readonly line: number }>,
  ) {}

  /** @throws JsonSyntaxError */
  next(): Json | undefined {
    this.started = true;
    const next = this.values.next();
    if (next.done) return undefined;
    this.line = next.value.line;
    return next.value.value;
  }

  /** `<stdin>:3`, `a.json:1`, `<unknown>` before anything was read. */
  get place(): string {
    return this.started ? `${this.file ?? '<stdin>'}:${this.line}` : '<unknown>';
  }
}

class Run {
  readonly #messages: string[] = [];
  #failed = false;
  #last: Json | undefined;

  constructor(
    private readonly process: Process,
    private readonly options: JqOptions,
  ) {}

  async main(): Promise<number> {
    const { options, process } = this;
    const source = options.programFile === undefined ? (options.program ?? '.') : this.#read(options.programFile);
    const variables = this.#variables();
    const program = await this.#compile(source, variables);
    if (!program) return 3;
    const inputs = await this.#inputs();
    const scope = this.#scope(variables, inputs);
    try {
      if (options.flags.has('null-input')) await this.#runOn(null, program, scope, inputs);
      else for (let next = inputs.next(); next !== undefined; next = inputs.next()) await this.#runOn(next, program, scope, inputs);
    } catch (error) {
      if (error instanceof JsonSyntaxError) return refuse(process, 4, `parse error: ${error.message}`);
      if (error instanceof Halt) {
        await process.stderr.write(utf8Encode(error.words));
        return error.code;
      }
      if (error instanceof TooMuch || error instanceof RangeError) return refuse(process, 137, 'Killed');
      throw error;
    }
    if (this.#failed) return 5;
    if (!options.flags.has('exit-status')) return 0;
    return this.#last === undefined ? 4 : isTrue(this.#last) ? 0 : 1;
  }

  #read(path: string): string {
    try {
      return utf8Decode(this.process.files.read(absolute(this.process.cwd, utf8Encode(path))));
    } catch (error) {
      if (error instanceof FileError) throw new Unreadable(path, error.message);
      throw error;
    }
  }

  #variables(): ReadonlyMap<string, Json> {
    const { options } = this;
    const named = new Map(options.named);
    for (const { name, path, raw } of options.fromFiles) {
      const text = this.#read(path);
      named.set(name, raw ? text : [...readValues(text)].map(({ value }) => value));
    }
    return new Map<string, Json>([...named, ['ARGS', new Map<string, Json>([['positional', options.positional], ['named', named]])]]);
  }

  /** @returns undefined after complaining */
  async #compile(source: string, variables: ReadonlyMap<string, Json>): Promise<Node | undefined> {
    try {
      const program = parse(source);
      checkNames(program, new Set([...[...variables.keys()].map((name) => `$${name}`), 'builtins/0']));
      return program;
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      await refuse(this.process, 3, `jq: error: ${error.message} at <top-level>, line 1:\n${source}\njq: 1 compile error`);
      return undefined;
    }
  }

  async #inputs(): Promise<Inputs> {
    const { options, process } = this;
    const { files, flags } = options;
    const needed = !flags.has('null-input') || /\binputs?\b/.test(options.program ?? 'input');
    let text = '';
    if (files.length > 0) for (const path of files) text += this.#read(path);
    else if (needed) text = utf8Decode(await readAll(openInput(process, '/dev/stdin')));
    return new Inputs(files.at(-1), inputValues(text, flags.has('raw-input'), flags.has('slurp'))[Symbol.iterator]());
  }

  #scope(variables: ReadonlyMap<string, Json>, inputs: Inputs): Scope {
    const { process } = this;
    const surroundings: Surroundings = {
      nextInput: () => inputs.next(),
      environment: new Map<string, Json>([...process.env].map(([name, value]) => [name, utf8Decode(value)])),
      nowSeconds: () => process.machine.clock.unixMs() / 1000,
      inputFile: () => inputs.file ?? null,
      inputLine: () => inputs.line,
      onMessage: (text) => void this.#messages.push(text),
      specials: SPECIALS,
      steps: STEPS,
    };
    const names: Node = { kind: 'literal', value: builtins() };
    const outermost = Scope.outermost(surroundings).with('builtins/0', { kind: 'function', definition: { name: 'builtins', params: [], body: names } });
    return [...variables].reduce((scope, [name, value]) => scope.with(`$${name}`, { kind: 'value', value }), outermost);
  }

  async #runOn(input: Json, program: Node, scope: Scope, inputs: Inputs): Promise<void> {
    try {
      for (const { value } of evaluate(program, { value: input }, scope)) {
        await this.#sayMessages();
        await this.#write(value);
      }
    } catch (error) {
      if (!(error instanceof JqError)) throw error;
      await this.#sayMessages();
      if (error.value === null) return;
      this.#failed = true;
      await this.process.stderr.write(utf8Encode(`jq: error (at ${inputs.place})${typeof error.value === 'string' ? '' : ' (not a string)'}: ${error.message}\n`));
    } finally {
      await this.#sayMessages();
    }
  }

  async #sayMessages(): Promise<void> {
    for (const text of this.#messages.splice(0)) await this.process.stderr.write(utf8Encode(text));
  }

  async #write(value: Json): Promise<void> {
    const { flags, indent } = this.options;
    this.#last = value;
    const raw = flags.has('raw-output') || flags.has('join-output');
    const text = raw && typeof value === 'string' ? value : printJson(value, { indent, sortKeys: flags.has('sort-keys'), ascii: flags.has('ascii-output'), color: flags.has('color-output') && !flags.has('monochrome-output') });
    await this.process.stdout.write(utf8Encode(`${text}${flags.has('join-output') ? '' : '\n'}`));
  }
}

/** Values, lines (`-R`), all of them in one array (`-s`), or the whole text (`-Rs`). */
function* inputValues(text: string, raw: boolean, slurp: boolean): Generator<{ readonly value: Json; readonly line: number }> {
  const lines = (text.match(/\n/g) ?? []).length;
  if (raw && slurp) yield { value: text, line: lines };
  else if (raw) yield* text.replace(/\n$/, '').split('\n').flatMap((line, at) => (text === '' ? [] : [{ value: line, line: at + 1 }]));
  else if (slurp) yield { value: [...readValues(text)].map(({ value }) => value), line: lines };
  else yield* readValues(text);
}
