/**
 * A running shell: what `export`, `cd`, `set` and `trap` change. A subshell is a process with a copy of it.
 * How commands run is in `execute.ts`, how words become arguments in `expand.ts`. Over 250 lines because it is one state.
 */
import type { CommandExpansionPart, CommandNode, CompoundList, Function as FunctionNode, ProcessSubstitutionPart } from 'unbash';
import type { Disposer } from '../base/clock.ts';
import type { FileSystem } from '../machine/files.ts';
import { StartError } from '../machine/executable.ts';
import type { Child, Input, Output, Process, SignalName } from '../machine/program.ts';
import { pipe, readAll } from '../machine/streams.ts';
import { findUser, homeOf } from '../machine/users.ts';
import type { ArithmeticContext } from './arithmetic.ts';
import { cannotFork, ExitShell, Interrupted, LoopControl, Return, ShellError } from './control.ts';
import { type Dialect, prefix } from './dialect.ts';
import { runStatements, runText } from './execute.ts';
import { type Memo, expandEmbedded } from './expand.ts';
import { Jobs } from './jobs.ts';
import { Variables } from './variables.ts';

export type Stream = Input | Output;

export interface FunctionDefinition {
  readonly body: FunctionNode['body'];
  /** The text that the body's positions refer to. */
  readonly source: string;
}

/** After so many commands without waiting, a shell lets others run. */
const STEPS_PER_TURN = 500;

/** So many processes share a machine without one of them noticing. */
const CROWD = 64;

export class Shell {
  variables = new Variables();
  functions = new Map<string, FunctionDefinition>();
  options = new Set<string>();
  aliases = new Map<string, string>();
  /** Command texts by signal name without `SIG`, and `EXIT`. */
  traps = new Map<string, string>();
  jobs = new Jobs();
  positional: readonly string[] = [];
  streams: (Stream | undefined)[];
  cwd: string;
  umask = 0o022;
  lastStatus = 0;
  /** What the last command substitution returned: the status of a bare assignment. */
  substituted: number | undefined;
  source = '';
  position = 0;
  lineOffset = 0;
  mode: 'command' | 'script' | 'interactive' = 'command';
  loopDepth = 0;
  functionDepth = 0;
  sourceDepth = 0;
  /** While a condition is evaluated, `set -e` looks away. */
  conditionDepth = 0;
  /** The last status came from a command that `set -e` excuses. */
  excused = false;
  /** The command after which nothing is left to do: it may take over the shell's process. */
  tail: CommandNode | undefined;
  interruptible = false;
  shellPid: number;
  startedAtMs: number;
  seconds = 0;
  readonly temporary: string[] = [];
  readonly #pending: string[] = [];
  #interrupted = false;
  #steps = 0;
  readonly #handlers = new Map<string, Disposer>();

  constructor(
    readonly process: Process,
    readonly dialect: Dialect,
    public name: string,
  ) {
    this.streams = [process.stdin, process.stdout, process.stderr];
    this.cwd = process.cwd;
    this.shellPid = process.pid;
    this.startedAtMs = process.machine.clock.now();
  }

  get files(): FileSystem {
    return this.process.files;
  }

  get stdin(): Input {
    return this.streams[0] as Input;
  }

  get stdout(): Output {
    return (this.streams[1] as Output | undefined) ?? closed;
  }

  get stderr(): Output {
    return (this.streams[2] as Output | undefined) ?? closed;
  }

  /** What opening a path needs to know: `/dev/stdout` is this shell's, redirections included. */
  get opener() {
    const { files, cwd, stdin, stdout, stderr, process } = this;
    return { files, cwd, stdin, stdout, stderr, machine: process.machine, pid: process.pid };
  }

  get line(): number {
    return this.lineOffset + this.source.slice(0, this.position).split('\n').length;
  }

  /** The beginning of an error message. */
  prefix(builtin?: string): string {
    return prefix({ dialect: this.dialect, name: this.name, line: this.line, mode: this.mode }, builtin);
  }

  async complain(message: string, builtin?: string): Promise<void> {
    await this.stderr.write(`${this.prefix(builtin)}${message}\n`);
  }

  optionLetters(): string {
    const letters: Readonly<Record<string, string>> = { errexit: 'e', nounset: 'u', xtrace: 'x', noglob: 'f', noclobber: 'C', allexport: 'a', verbose: 'v', interactive: 'i', monitor: 'm', noexec: 'n', stdin: 's' };
    return (this.dialect === 'bash' ? 'hB' : '') + Object.entries(letters).filter(([name]) => this.options.has(name)).map(([, letter]) => letter).join('');
  }

  /** Variables that are computed: RANDOM, SECONDS and their like. */
  dynamicVariable(name: string): string | undefined {
    if (this.dialect === 'dash') return undefined;
    const { machine } = this.process;
    switch (name) {
      case 'RANDOM': return String(machine.rng.below(32_768));
      case 'LINENO': return String(this.line);
      case 'SECONDS': return this.dialect === 'bash' ? String(Math.floor((machine.clock.now() - this.startedAtMs) / 1000)) : undefined;
      case 'EPOCHSECONDS': return String(Math.floor(machine.clock.unixMs() / 1000));
      case 'UID':
      case 'EUID': return this.dialect === 'bash' ? String(this.process.user.uid) : undefined;
      case 'BASHPID': return this.dialect === 'bash' ? String(this.process.pid) : undefined;
      default: return undefined;
    }
  }

  item(name: string, index: string): string | undefined {
    const variable = this.variables.find(name);
    if (!variable) return undefined;
    if (variable.map) return variable.items?.get(index);
    let key = this.index(index);
    if (key < 0) key += Math.max(-1, ...[...(variable.items?.keys() ?? ['0'])].map(Number)) + 1;
    return variable.items ? variable.items.get(String(key)) : key === 0 ? variable.value : undefined;
  }

  /** An array index: a number, or a name holding one. */
  index(text: string): number {
    if (/^-?\d+$/.test(text)) return Number(text);
    const sum = /^(.+?)([-+])(\d+)$/.exec(text);
    if (sum) return this.index(sum[1]!) + (sum[2] === '-' ? -1 : 1) * Number(sum[3]);
    return Number(this.variables.get(text.replace(/^\$\{?|\}$/g, '')) ?? 0) || 0;
  }

  /** @throws ShellError when the variable is read-only */
  assign(name: string, value: string): void {
    if (this.variables.isReadonly(name)) throw new ShellError(`${name}: ${this.dialect === 'bash' ? 'readonly variable' : 'is read only'}`, this.dialect === 'bash' ? 1 : 2, true);
    this.variables.set(name, value);
    if (this.options.has('allexport')) this.variables.mark(name, { exported: true });
  }

  arithmetic(memo: Memo): ArithmeticContext {
    return {
      dialect: this.dialect,
      nounset: this.options.has('nounset'),
      get: (name, index) => (index === undefined ? (this.variables.get(name) ?? this.dynamicVariable(name)) : this.item(name, index)),
      set: (name, value, index) => {
        if (index === undefined) this.assign(name, value);
        else this.variables.setItem(name, this.variables.find(name)?.map ? index : String(this.index(index)), value);
      },
      expand: (text) => expandEmbedded(this, text, memo),
    };
  }

  homeOf(user: string): string | undefined {
    const found = findUser(user, this.files);
    return found && !/^\d+$/.test(user) ? homeOf(found.uid, this.files) : undefined;
  }

  /** Called before every command. Cheap unless there is something to do. */
  get due(): boolean {
    return ++this.#steps >= STEPS_PER_TURN || this.#pending.length > 0 || this.#interrupted || this.process.signal.aborted;
  }

  /** Let others run, run traps of signals that came, and stop when asked to. */
  async turn(): Promise<void> {
    if (this.process.signal.aborted) throw this.process.signal.reason as Error;
    if (this.#steps >= STEPS_PER_TURN) {
      this.#steps = 0;
      await this.process.machine.clock.sleep(0, this.process.signal);
    }
    if (this.#interrupted) {
      this.#interrupted = false;
      throw new Interrupted();
    }
    for (let name = this.#pending.shift(); name !== undefined; name = this.#pending.shift()) {
      const status = this.lastStatus;
      await runText(this, this.traps.get(name) ?? '');
      this.lastStatus = status;
    }
  }

  get hasPending(): boolean {
    return this.#pending.length > 0 || this.#interrupted;
  }

  /** ^C at an interactive shell. */
  interrupt(): void {
    this.#interrupted = true;
  }

  clearInterrupt(): void {
    this.#interrupted = false;
  }

  /** `trap 'text' NAME`; undefined puts the default back. */
  setTrap(name: string, text: string | undefined): void {
    this.#handlers.get(name)?.();
    this.#handlers.delete(name);
    if (text === undefined) this.traps.delete(name);
    else this.traps.set(name, text);
    if (text === undefined || name === 'EXIT' || name === 'ERR' || name === 'DEBUG') return;
    const signal = `SIG${name}` as SignalName;
    if (text === '') return this.process.ignoreSignal(signal);
    this.#handlers.set(name, this.process.onSignal(signal, () => {
      this.#pending.push(name);
      for (const wake of this.#wakers) wake();
    }));
  }

  readonly #wakers = new Set<() => void>();

  /** Told when a trapped signal comes, for `wait`. */
  onTrap(wake: () => void): Disposer {
    this.#wakers.add(wake);
    return () => void this.#wakers.delete(wake);
  }

  /** A process with a copy of this shell: subshells, pipelines, background commands. */
  fork(run: (child: Shell) => Promise<number>, options: { readonly stdin?: Input; readonly stdout?: Output; readonly stderr?: Output; readonly newGroup?: boolean } = {}): Child {
    const program = { name: this.name, run: (process: Process) => this.#copyFor(process).guard(run) };
    const { stdin = this.stdin ?? closedInput, stdout = this.stdout, stderr = this.stderr, newGroup = false } = options;
    try {
      return this.process.spawn(this.process.argv, { program, stdin, stdout, stderr, newGroup, cwd: this.cwd, env: this.variables.exported() });
    } catch (error) {
      if (error instanceof StartError) throw cannotFork(this.dialect);
      throw error;
    }
  }

  /**
   * Wait for the processor on a crowded machine, before a fork: the more there are, the longer. Whoever multiplies
   * without end slows itself down, and nobody else.
   */
  async waitForProcessor(): Promise<void> {
    const { machine, signal } = this.process;
    if (machine.processes.size > CROWD) await machine.clock.sleep(machine.processes.size, signal);
  }

  /** Run to the end of the shell, whatever ends it. */
  async guard(run: (shell: Shell) => Promise<number>): Promise<number> {
    let status: number;
    try {
      status = await run(this);
    } catch (error) {
      status = await this.statusOf(error);
    }
    this.lastStatus = status;
    const onExit = this.traps.get('EXIT');
    if (onExit !== undefined) {
      this.traps.delete('EXIT');
      try {
        await runText(this, onExit);
      } catch (error) {
        status = await this.statusOf(error);
      }
    }
    for (const path of this.temporary) if (this.files.exists(path)) this.files.remove(path);
    return status;
  }

  /** What an error that left the script means for the exit code; other errors are thrown again. */
  async statusOf(error: unknown): Promise<number> {
    if (error instanceof ExitShell || error instanceof Return) return error.status;
    if (error instanceof LoopControl) return 0;
    if (error instanceof Interrupted) return 130;
    if (error instanceof ShellError) {
      await this.complain(error.message, error.builtin);
      return error.status;
    }
    throw error;
  }

  /** The output of `$(…)`, without the newlines at its end. */
  async substitute(part: CommandExpansionPart): Promise<string> {
    const { script } = part;
    if (!script) return '';
    const { input, output } = pipe();
    const source = script.source ?? this.source;
    const child = this.fork((shell) => shell.runList(script, source), { stdout: output });
    const [text, status] = await Promise.all([readAll(input), child.exited]);
    this.substituted = status;
    this.lastStatus = status;
    return text.replaceAll('\0', '').replace(/\n+$/, '');
  }

  /**
   * `<(…)`: the name of a file with the output.
   * Differs from Linux: the command runs to its end first, since a program here has three descriptors and no /dev/fd/63.
   */
  async substituteFile(part: ProcessSubstitutionPart): Promise<string> {
    if (this.dialect !== 'bash') throw new ShellError(this.dialect === 'ash' ? 'syntax error: unexpected "("' : 'Syntax error: "(" unexpected', 2, true);
    if (part.operator === '>' || !part.script) throw new ShellError(`${part.text}: process substitution for writing is not supported here`, 1, true);
    const { script } = part;
    const { input, output } = pipe();
    const source = script.source ?? this.source;
    const child = this.fork((shell) => shell.runList(script, source), { stdout: output });
    const [text] = await Promise.all([readAll(input), child.exited]);
    const path = `/tmp/sh-np.${this.process.machine.rng.text(10, 'abcdefghijklmnopqrstuvwxyz0123456789')}`;
    this.files.write(path, text, { mode: 0o600 });
    this.temporary.push(path);
    return path;
  }

  /** Run parsed commands that came from a text. */
  async runList(list: CompoundList | { readonly commands: CompoundList['commands'] }, source: string): Promise<number> {
    const { source: outer } = this;
    this.source = source;
    try {
      return await runStatements(this, list.commands);
    } finally {
      this.source = outer;
    }
  }

  #copyFor(process: Process): Shell {
    const child = new Shell(process, this.dialect, this.name);
    child.variables = this.variables.clone();
    child.functions = new Map(this.functions);
    child.options = new Set([...this.options].filter((option) => option !== 'interactive' && option !== 'monitor'));
    child.aliases = new Map(this.aliases);
    child.positional = this.positional;
    child.streams = [...child.streams, ...this.streams.slice(3)];
    child.cwd = this.cwd;
    child.umask = this.umask;
    child.lastStatus = this.lastStatus;
    child.jobs.lastPid = this.jobs.lastPid;
    child.source = this.source;
    child.position = this.position;
    child.lineOffset = this.lineOffset;
    child.mode = this.mode;
    child.shellPid = this.shellPid;
    child.startedAtMs = this.startedAtMs;
    child.functionDepth = this.functionDepth;
    child.conditionDepth = this.conditionDepth;
    // Signals that are ignored stay ignored; other traps are the parent's business.
    for (const [name, text] of this.traps) if (text === '') child.setTrap(name, '');
    return child;
  }
}

const closed: Output = { write: () => Promise.resolve() };
const closedInput: Input = { read: () => Promise.resolve(undefined), unread: () => undefined };
