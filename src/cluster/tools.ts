/**
 * Runs the programs that make a real cluster (kind, docker, kubectl …): streamed line by line, logged, bounded in time,
 * and in process groups of their own, so that Ctrl-C reaches us first and we end them in order. Knows none of them.
 * Not by execa: that ends the program it started and not its group, and `docker` below a `kind` would go on.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { UserError } from '../base/user-error.ts';

export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly timeoutMs?: number;
  /** Both streams, line by line, as they come. */
  readonly onLine?: (line: string) => void;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  /** 127 when there is no such program, as a shell says it; 124 when time was up, as timeout(1) says it. */
  readonly exitCode: number;
}

export interface ToolsOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends whatever runs, and lets nothing more start. */
  readonly signal?: AbortSignal | undefined;
  /** Told every command and every line it prints. */
  readonly log?: ((line: string) => void) | undefined;
}

type Argv = readonly [program: string, ...args: string[]];

/** Politely at first; what does not listen is killed. */
const GRACE_MS = 5_000;

export class Tools {
  readonly #options: ToolsOptions;

  constructor(options: ToolsOptions) {
    this.#options = options;
  }

  get signal(): AbortSignal | undefined {
    return this.#options.signal;
  }

  get env(): ToolsOptions['env'] {
    return this.#options.env;
  }

  /** The same programs, watched otherwise. */
  with(options: Partial<ToolsOptions>): Tools {
    return new Tools({ ...this.#options, ...options });
  }

  /** Run to the end. @throws only what ended everything (the signal's reason) */
  async run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return this.#collect([[program, ...args]], options);
  }

  /** @returns what it printed @throws UserError with its last words when it fails */
  async must(program: string, args: readonly string[], options: RunOptions & { readonly action?: string } = {}): Promise<string> {
    const ran = await this.run(program, args, options);
    if (ran.exitCode === 0) return ran.stdout;
    throw failed([program, ...args], ran, options.timeoutMs, options.action ?? this.#whereToLook());
  }

  /** `first | second`, without a byte of it in our memory. @throws UserError when either fails */
  async pipe(first: Argv, second: Argv, options: RunOptions = {}): Promise<void> {
    const ran = await this.#collect([first, second], options);
    if (ran.exitCode !== 0) throw failed([...first, '|', ...second], ran, options.timeoutMs, this.#whereToLook());
  }

  #whereToLook = (): string => (this.#options.log === undefined ? 'See `cka doctor`: it says what is missing here.' : 'See the log for the whole of what it said.');

  async #collect(commands: readonly Argv[], options: RunOptions): Promise<Ran> {
    const { signal, log, env } = this.#options;
    signal?.throwIfAborted();
    log?.(`$ ${commands.map((words) => words.map(shown).join(' ')).join(' | ')}`);
    const out = new Lines((line) => tell(line));
    const err = new Lines((line) => tell(line));
    const tell = (line: string) => {
      log?.(line);
      options.onLine?.(line);
    };
    const children = commands.map(([program, ...args], index) => {
      const stdin = index > 0 || options.input !== undefined ? 'pipe' : 'ignore';
      const child = spawn(program, args, { stdio: [stdin, 'pipe', 'pipe'], detached: true, env: { ...env, ...options.env } as NodeJS.ProcessEnv });
      child.stderr?.on('data', (bytes: Buffer) => err.add(bytes));
      child.stdin?.on('error', () => undefined);
      return child;
    });
    children.forEach((child, index) => {
      const next = children[index + 1];
      if (next?.stdin) child.stdout?.pipe(next.stdin);
      else child.stdout?.on('data', (bytes: Buffer) => out.add(bytes));
    });
    if (options.input !== undefined) children[0]?.stdin?.end(options.input);
    let isLate = false;
    const endAll = () => children.forEach(endGroup);
    const timer = options.timeoutMs === undefined ? undefined : setTimeout(() => {
      isLate = true;
      endAll();
    }, options.timeoutMs);
    signal?.addEventListener('abort', endAll, { once: true });
    try {
      const codes = await Promise.all(children.map(codeOf));
      signal?.throwIfAborted();
      out.end();
      err.end();
      const exitCode = isLate ? 124 : (codes.find((code) => code !== 0) ?? 0);
      log?.(isLate ? `[time was up after ${options.timeoutMs} ms]` : `[exit code ${exitCode}]`);
      return { stdout: out.text(), stderr: err.text(), exitCode };
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', endAll);
    }
  }
}

/** The last line that is not blank. */
export function lastLine(text: string): string | undefined {
  return text.trimEnd().split('\n').at(-1)?.trim() || undefined;
}

function failed(words: readonly string[], ran: Ran, timeoutMs: number | undefined, action: string): UserError {
  const command = words.slice(0, 3).join(' ');
  if (ran.exitCode === 127 && ran.stderr === '') return new UserError(`There is no program ${words[0]} here.`, `Install ${words[0]}, and see \`cka doctor\`.`);
  const why = ran.exitCode === 124 ? `it did not end within ${Math.round((timeoutMs ?? 0) / 1000)} seconds` : (lastLine(ran.stderr) ?? lastLine(ran.stdout) ?? `exit code ${ran.exitCode}`);
  return new UserError(`\`${command}\` failed: ${/[.?!]$/.test(why) ? why : `${why}.`}`, action);
}

/** Text as it comes, cut into lines. */
class Lines {
  readonly #chunks: Buffer[] = [];
  #rest = '';

  constructor(private readonly onLine: (line: string) => void) {}

  add(bytes: Buffer): void {
    this.#chunks.push(bytes);
    const lines = (this.#rest + bytes.toString()).split(/\r?\n|\r/);
    this.#rest = lines.pop() ?? '';
    lines.forEach(this.onLine);
  }

  end(): void {
    if (this.#rest !== '') this.onLine(this.#rest);
    this.#rest = '';
  }

  text = (): string => Buffer.concat(this.#chunks).toString();
}

function codeOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' || error.code === 'EACCES' ? resolve(127) : reject(error)));
    child.once('close', (code) => resolve(code ?? 128));
  });
}

/** The program and all that it started. */
function endGroup(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null) return;
  const send = (signal: NodeJS.Signals) => {
    try {
      process.kill(-pid, signal);
    } catch {
      // It has ended meanwhile.
    }
  };
  send('SIGTERM');
  const timer = setTimeout(() => send('SIGKILL'), GRACE_MS);
  child.once('close', () => clearTimeout(timer));
}

const shown = (word: string): string => (/^[\w@%+=:,./{}-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
