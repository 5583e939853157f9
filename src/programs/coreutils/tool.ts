/**
 * What every small tool needs: options as getopt(3) reads them, messages as its family words them, its input files.
 * The family is the image's: busybox's applets where there is a busybox, GNU's coreutils elsewhere.
 */
import { FileError } from '../../machine/file-error.ts';
import { absolute } from '../../machine/executable.ts';
import { openInput, openOutput } from '../../machine/open.ts';
import { type Input, type Output, type Process, type Program, Exit } from '../../machine/program.ts';

export interface ToolSpec {
  readonly name: string;
  /** Letters as for getopt(3): a colon after a letter that takes a value, two when the value is optional and attached. */
  readonly short: string;
  /** Long options and the letter that each stands for; those without a letter have a name, with colons as in `short`. */
  readonly long?: Readonly<Record<string, string>>;
  /** Letters of `short` that GNU's has and busybox's applet lacks. */
  readonly gnuOnly?: string;
  /** Letters and long names of the real one that this one does not have: they are refused as that, not as mistyped. */
  readonly absent?: readonly string[];
  /** Letters and names that are taken and change nothing, and why. */
  readonly withoutEffect?: Readonly<Record<string, string>>;
  /** The exit code of wrong usage: 1 unless told. */
  readonly usageStatus?: number;
  /** GNU's last line of a wrong usage, where it is not the usual one. */
  readonly hint?: string;
  /** Options end at the first operand, as for `env`, `timeout`, `xargs`. */
  readonly stopAtOperand?: boolean;
  /** `-5` means `-n 5`. */
  readonly numbers?: string;
  run(tool: Tool): Promise<number> | number;
}

/** A program made of its options and what it does with them. */
export function tool(spec: ToolSpec): Program {
  return {
    name: spec.name,
    async run(process) {
      const parsed = new Tool(process, spec);
      return await spec.run(parsed);
    },
  };
}

/** One run of a tool. */
export class Tool {
  readonly gnu: boolean;
  readonly name: string;
  operands: string[] = [];
  readonly #flags = new Map<string, string[]>();
  readonly #order: string[] = [];

  constructor(
    readonly process: Process,
    private readonly spec: ToolSpec,
  ) {
    this.gnu = isGnu(process);
    this.name = spec.name;
    this.#parse(process.argv.slice(1));
  }

  has(letter: string): boolean {
    return this.#flags.has(letter);
  }

  /** The last value given. */
  value(letter: string): string | undefined {
    return this.#flags.get(letter)?.at(-1);
  }

  values(letter: string): readonly string[] {
    return this.#flags.get(letter) ?? [];
  }

  /** Of several letters, the one given last. */
  last(letters: string): string | undefined {
    return this.#order.findLast((letter) => letters.includes(letter));
  }

  path(operand: string): string {
    return absolute(this.process.cwd, operand);
  }

  write(text: string): Promise<void> {
    return this.process.stdout.write(text);
  }

  /** `NAME: message` on standard error. */
  async complain(message: string): Promise<void> {
    await this.process.stderr.write(`${this.name}: ${message}\n`);
  }

  /** Say what is wrong with a value, without pointing to the help, and end. */
  async refuse(message: string): Promise<never> {
    await this.complain(message);
    throw new Exit(this.spec.usageStatus ?? 1);
  }

  /** Say what is wrong with the command line, and end. */
  async usage(message: string): Promise<never> {
    await this.process.stderr.write(`${this.name}: ${message}\n${this.gnu ? `${this.spec.hint ?? `Try '${this.name} --help' for more information.`}\n` : ''}`);
    throw new Exit(this.spec.usageStatus ?? 1);
  }

  /** The inputs: each operand, `-` and no operand at all being standard input. Calls `failed` for those that cannot be opened. */
  async *inputs(failed: () => void, operands: readonly string[] = this.operands): AsyncGenerator<{ readonly name: string; readonly input: Input }> {
    for (const name of operands.length > 0 ? operands : ['-']) {
      if (name === '-') {
        yield { name, input: this.process.stdin };
        continue;
      }
      let input: Input | undefined;
      try {
        input = openInput(this.process, name);
      } catch (error) {
        await this.cannotOpen(name, error);
        failed();
      }
      if (input) yield { name, input };
    }
  }

  /** @returns undefined after saying why it cannot be written */
  async output(path: string, append: boolean): Promise<Output | undefined> {
    try {
      return openOutput(this.process, path, { append });
    } catch (error) {
      await this.cannotOpen(path, error);
      return undefined;
    }
  }

  async cannotOpen(path: string, error: unknown): Promise<void> {
    if (!(error instanceof FileError)) throw error;
    if (error.code === 'EISDIR') await this.complain(this.gnu ? `${path}: ${error.message}` : `read error: ${error.message}`);
    else await this.complain(this.gnu ? `${path}: ${error.message}` : `can't open '${path}': ${error.message}`);
  }

  #parse(args: readonly string[]): void {
    for (let i = 0; i < args.length; i++) {
      const arg = args[i]!;
      if (arg === '--') {
        this.operands.push(...args.slice(i + 1));
        return;
      }
      if (arg.startsWith('--')) i += this.#long(arg, args[i + 1]);
      else if (this.spec.numbers && /^-\d+$/.test(arg)) this.#add(this.spec.numbers, arg.slice(1));
      else if (/^-./.test(arg)) i += this.#letters(arg.slice(1), args[i + 1]);
      else if (this.spec.stopAtOperand) {
        this.operands.push(...args.slice(i));
        return;
      } else this.operands.push(arg);
    }
  }

  #letters(letters: string, next: string | undefined): number {
    for (let i = 0; i < letters.length; i++) {
      const letter = letters[i]!;
      const at = letter === ':' || (!this.gnu && this.spec.gnuOnly?.includes(letter)) ? -1 : this.spec.short.indexOf(letter);
      this.#refuseAbsent(letter, `-${letter}`);
      if (at < 0) this.#wrong(this.gnu ? `invalid option -- '${letter}'` : `unrecognized option: ${letter}`);
      if (this.spec.short[at + 1] !== ':') {
        this.#add(letter, '');
        continue;
      }
      const rest = letters.slice(i + 1);
      if (rest !== '' || this.spec.short[at + 2] === ':') {
        this.#add(letter, rest);
        return 0;
      }
      if (next === undefined) this.#wrong(this.gnu ? `option requires an argument -- '${letter}'` : `option requires an argument: ${letter}`);
      this.#add(letter, next);
      return 1;
    }
    return 0;
  }

  #long(arg: string, next: string | undefined): number {
    const [name = '', value] = arg.slice(2).split(/=(.*)/s);
    this.#refuseAbsent(name, `--${name}`);
    const known = Object.keys(this.spec.long ?? {});
    const full = known.includes(name) ? name : known.filter((other) => other.startsWith(name)).length === 1 ? known.find((other) => other.startsWith(name))! : undefined;
    if (full === undefined) this.#wrong(this.gnu ? `unrecognized option '${arg}'` : `unrecognized option: ${name}`);
    const target = this.spec.long![full]!;
    const letter = target.replace(/:+$/, '');
    const colons = letter.length > 1 ? target.slice(letter.length) : /^:*/.exec(this.spec.short.slice(this.spec.short.indexOf(letter) + 1))![0];
    const wants = colons === ':';
    if (wants && value === undefined && next === undefined) this.#wrong(this.gnu ? `option '--${full}' requires an argument` : `option requires an argument: ${full}`);
    if (colons === '' && value !== undefined) this.#wrong(this.gnu ? `option '--${full}' doesn't allow an argument` : `option does not take an argument: ${full}`);
    this.#add(letter, wants ? (value ?? next!) : (value ?? ''));
    return wants && value === undefined ? 1 : 0;
  }

  #refuseAbsent(name: string, typed: string): void {
    if (!this.spec.absent?.includes(name)) return;
    void this.complain(`${typed} is not part of this simulator`).catch(() => undefined);
    throw new Exit(this.spec.usageStatus ?? 1);
  }

  #wrong(message: string): never {
    void this.usage(message).catch(() => undefined);
    throw new Exit(this.spec.usageStatus ?? 1);
  }

  #add(letter: string, value: string): void {
    this.#flags.set(letter, [...(this.#flags.get(letter) ?? []), value]);
    this.#order.push(letter);
  }
}

/** GNU's tools, or busybox's applets? */
export function isGnu(process: Pick<Process, 'files'>): boolean {
  return !process.files.exists('/bin/busybox');
}

/** What went wrong with a file, in strerror's words; other errors are thrown again. */
export function reason(error: unknown): string {
  if (error instanceof FileError) return error.message;
  throw error;
}

/** The same process with other arguments: for commands whose old syntax is turned into options first. */
export function withArguments(process: Process, argv: readonly string[]): Process {
  return Object.create(process, { argv: { value: argv } }) as Process;
}
