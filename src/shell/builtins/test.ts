/** `test` and `[`: see POSIX, "test". The evaluation is shared with `[[` and with the program of that name. */
import type { FileStat, FileSystem } from '../../machine/files.ts';
import { absolute } from '../../machine/executable.ts';
import type { Dialect } from '../dialect.ts';
import type { Shell } from '../shell.ts';

/** What a test may ask of its surroundings. */
export interface TestContext {
  readonly files: FileSystem;
  readonly cwd: string;
  readonly dialect?: Dialect;
  /** Is this descriptor a terminal? */
  isTerminal(fd: number): boolean;
  isOption?(name: string): boolean;
  isVariable?(name: string): boolean;
}

/** An expression that cannot be evaluated. */
export class TestError extends Error {}

export async function test(shell: Shell, args: readonly string[], { argv }: { readonly argv: readonly string[] }): Promise<number> {
  const name = argv[0]!;
  const [status, message] = runTest(name, args, contextOf(shell));
  if (message !== undefined) {
    // busybox's applets name the shell, not themselves.
    if (shell.dialect === 'ash') await shell.stderr.write(`${shell.name}: ${message}\n`);
    else await shell.complain(message, name);
  }
  return status;
}

/** Exit code, and what to say when it is 2. */
export function runTest(name: string, args: readonly string[], context: TestContext): readonly [number, string | undefined] {
  let rest = args;
  if (name === '[') {
    if (args.at(-1) !== ']') return [2, context.dialect === 'bash' ? "missing `]'" : 'missing ]'];
    rest = args.slice(0, -1);
  }
  try {
    return [evaluate(rest, context) ? 0 : 1, undefined];
  } catch (error) {
    if (error instanceof TestError) return [2, error.message];
    throw error;
  }
}

export const isBinary = (operator: string): boolean => /^(?:=|==|!=|<|>|-eq|-ne|-lt|-le|-gt|-ge|-nt|-ot|-ef)$/.test(operator);
const isUnary = (operator: string): boolean => /^-[abcdefghkLnoOGprsStuvwxz]$/.test(operator);

function contextOf(shell: Shell): TestContext {
  return {
    files: shell.files, cwd: shell.cwd, dialect: shell.dialect,
    isTerminal: (fd) => shell.process.terminal !== undefined && shell.streams[fd] === [shell.process.stdin, shell.process.stdout, shell.process.stderr][fd],
    isOption: (name) => shell.options.has(name),
    isVariable: (name) => shell.variables.get(name) !== undefined,
  };
}

export function unaryTest(shell: Shell, operator: string, operand: string): boolean {
  return unary(operator, operand, contextOf(shell));
}

export function binaryTest(shell: Shell, left: string, operator: string, right: string): boolean {
  return binary(left, operator, right, contextOf(shell));
}

/** POSIX decides by the number of arguments first; only then by operators. */
function evaluate(args: readonly string[], context: TestContext): boolean {
  const [a = '', b = '', c = '', d = ''] = args;
  switch (args.length) {
    case 0:
      return false;
    case 1:
      return a !== '';
    case 2:
      if (a === '!') return b === '';
      if (isUnary(a)) return unary(a, b, context);
      throw new TestError(context.dialect === 'dash' ? `${a}: unexpected operator` : context.dialect === 'ash' ? `${b}: unknown operand` : `${a}: unary operator expected`);
    case 3:
      if (isBinary(b)) return binary(a, b, c, context);
      if (b === '-a') return a !== '' && c !== '';
      if (b === '-o') return a !== '' || c !== '';
      if (a === '!') return !evaluate([b, c], context);
      if (a === '(' && c === ')') return b !== '';
      throw new TestError(context.dialect === 'dash' ? `${a}: unexpected operator` : context.dialect === 'ash' ? `${b}: unknown operand` : `${b}: binary operator expected`);
    case 4:
      if (a === '!') return !evaluate([b, c, d], context);
      break;
    default:
  }
  return new LongTest(args, context).value();
}

/** More than four arguments: `-o` binds weaker than `-a`, weaker than `!`. */
class LongTest {
  #at = 0;

  constructor(
    private readonly args: readonly string[],
    private readonly context: TestContext,
  ) {}

  value(): boolean {
    const value = this.#or();
    if (this.#at < this.args.length) throw new TestError(this.context.dialect === 'bash' ? 'too many arguments' : this.context.dialect === 'ash' ? `${this.args[this.#at]}: unknown operand` : `${this.args[this.#at]}: unexpected operator`);
    return value;
  }

  #or(): boolean {
    let value = this.#and();
    while (this.args[this.#at] === '-o') {
      this.#at++;
      const right = this.#and();
      value ||= right;
    }
    return value;
  }

  #and(): boolean {
    let value = this.#not();
    while (this.args[this.#at] === '-a') {
      this.#at++;
      const right = this.#not();
      value &&= right;
    }
    return value;
  }

  #not(): boolean {
    if (this.args[this.#at] === '!') {
      this.#at++;
      return !this.#not();
    }
    return this.#primary();
  }

  #primary(): boolean {
    const [a, b, c] = this.args.slice(this.#at, this.#at + 3);
    if (a === undefined) throw new TestError(this.context.dialect === 'bash' ? 'argument expected' : 'argument expected');
    if (b !== undefined && c !== undefined && isBinary(b)) {
      this.#at += 3;
      return binary(a, b, c, this.context);
    }
    if (a === '(') {
      this.#at++;
      const value = this.#or();
      if (this.args[this.#at] !== ')') throw new TestError('closing paren expected');
      this.#at++;
      return value;
    }
    if (isUnary(a) && b !== undefined) {
      this.#at += 2;
      return unary(a, b, this.context);
    }
    this.#at++;
    return a !== '';
  }
}

function unary(operator: string, operand: string, context: TestContext): boolean {
  switch (operator) {
    case '-n': return operand !== '';
    case '-z': return operand === '';
    case '-t': return /^\d+$/.test(operand) && context.isTerminal(Number(operand));
    case '-o': return context.isOption?.(operand) ?? false;
    case '-v': return context.isVariable?.(operand) ?? false;
    case '-r': return context.files.access(absolute(context.cwd, operand), 4);
    case '-w': return context.files.access(absolute(context.cwd, operand), 2);
    case '-x': return context.files.access(absolute(context.cwd, operand), 1);
    default:
  }
  const stat = statOf(operand, context, operator !== '-h' && operator !== '-L');
  if (!stat) return false;
  switch (operator) {
    case '-e': case '-a': return true;
    case '-f': return stat.type === 'file';
    case '-d': return stat.type === 'directory';
    case '-h': case '-L': return stat.type === 'symlink';
    case '-s': return stat.size > 0;
    case '-c': return stat.type === 'device';
    case '-g': return (stat.mode & 0o2000) !== 0;
    case '-k': return (stat.mode & 0o1000) !== 0;
    case '-u': return (stat.mode & 0o4000) !== 0;
    case '-O': case '-G': return true;
    default: return false;
  }
}

function statOf(path: string, context: TestContext, follow: boolean): FileStat | undefined {
  if (path === '') return undefined;
  try {
    return follow ? context.files.stat(absolute(context.cwd, path)) : context.files.lstat(absolute(context.cwd, path));
  } catch {
    return undefined;
  }
}

function binary(left: string, operator: string, right: string, context: TestContext): boolean {
  switch (operator) {
    case '=': case '==': return left === right;
    case '!=': return left !== right;
    case '<': return left < right;
    case '>': return left > right;
    case '-nt': return (statOf(left, context, true)?.mtimeMs ?? -1) > (statOf(right, context, true)?.mtimeMs ?? -1);
    case '-ot': return (statOf(left, context, true)?.mtimeMs ?? -1) < (statOf(right, context, true)?.mtimeMs ?? -1);
    case '-ef': return context.files.realpath(absolute(context.cwd, left)) === context.files.realpath(absolute(context.cwd, right));
    default:
  }
  const a = integer(left, context);
  const b = integer(right, context);
  switch (operator) {
    case '-eq': return a === b;
    case '-ne': return a !== b;
    case '-lt': return a < b;
    case '-le': return a <= b;
    case '-gt': return a > b;
    default: return a >= b;
  }
}

function integer(text: string, { dialect }: TestContext): bigint {
  const trimmed = text.trim();
  if (/^[-+]?\d+$/.test(trimmed)) return BigInt(trimmed.replace(/^\+/, ''));
  throw new TestError(dialect === 'dash' ? `Illegal number: ${text}` : dialect === 'ash' ? `${text}: bad number` : `${text}: integer expression expected`);
}
