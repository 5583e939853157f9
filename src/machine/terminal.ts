/**
 * A pseudo-terminal: what `exec -it` and `ssh` talk to. Cooked mode edits a line and echoes it; raw mode passes every
 * key on. Bytes only: who draws them is somebody else. See termios(3), and n_tty.c of Linux for the echoes.
 *
 * Differs from Linux: ^Z does not stop a program, as processes here cannot be stopped; ^V and ^R edit nothing.
 */
import type { Disposer } from '../base/clock.ts';
import type { Input, Output, SignalName, Terminal } from './program.ts';

const END = Symbol('end of file');

export interface PseudoTerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly name?: string;
}

export class PseudoTerminal {
  readonly terminal: Terminal;
  readonly #resized = new Set<() => void>();
  readonly #interrupted = new Set<(signal: SignalName) => void>();
  #columns: number;
  #rows: number;
  #mode: 'cooked' | 'raw' = 'cooked';
  #line = '';
  #queue: (string | typeof END)[] = [];
  #readers: ((bytes: string | undefined) => void)[] = [];
  #output: (bytes: string) => void | Promise<void> = () => undefined;
  #hungUp = false;

  constructor(options: PseudoTerminalOptions = {}) {
    this.#columns = options.columns || 80;
    this.#rows = options.rows || 24;
    // oxlint-disable-next-line typescript/no-this-alias
    const self = this;
    this.terminal = {
      name: options.name ?? 'pts/0',
      get columns() {
        return self.#columns;
      },
      get rows() {
        return self.#rows;
      },
      get mode() {
        return self.#mode;
      },
      set mode(mode) {
        self.#mode = mode;
      },
      onResize: (listener) => subscribe(self.#resized, listener),
      onInterrupt: (listener) => subscribe(self.#interrupted, listener),
    };
  }

  /** What programs print arrives here; a promise holds them back. */
  onOutput(listener: (bytes: string) => void | Promise<void>): void {
    this.#output = listener;
  }

  resize(columns: number, rows: number): void {
    this.#columns = columns || this.#columns;
    this.#rows = rows || this.#rows;
    for (const listener of this.#resized) listener();
    this.#signal('SIGWINCH');
  }

  /** Keys from the person at the terminal. */
  feed(bytes: string): void {
    if (this.#hungUp) return;
    if (this.#mode === 'raw') return this.#deliver(bytes);
    for (const key of bytes) this.#cook(key);
  }

  /** The connection is gone: the session is told, and reading ends. */
  hangup(): void {
    if (this.#hungUp) return;
    this.#hungUp = true;
    this.#signal('SIGHUP');
    this.#deliver(END);
  }

  readonly stdin: Input = {
    read: (signal) => {
      if (signal?.aborted) return Promise.reject(signal.reason as Error);
      const next = this.#queue.shift();
      if (next !== undefined) return Promise.resolve(next === END ? undefined : next);
      if (this.#hungUp) return Promise.resolve(undefined);
      return new Promise((resolve, reject) => {
        const reader = (bytes: string | undefined) => {
          signal?.removeEventListener('abort', onAbort);
          resolve(bytes);
        };
        const onAbort = () => {
          this.#readers = this.#readers.filter((other) => other !== reader);
          reject(signal?.reason as Error);
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        this.#readers.push(reader);
      });
    },
    unread: (bytes) => {
      const reader = this.#readers.shift();
      if (reader) reader(bytes);
      else this.#queue.unshift(bytes);
    },
  };

  readonly stdout: Output = { write: (bytes) => this.#print(bytes) };

  #print(bytes: string): Promise<void> {
    const printed = Promise.resolve(this.#hungUp ? undefined : this.#output(bytes.replace(/\r?\n/g, '\r\n')));
    printed.catch(() => undefined);
    return printed;
  }

  #deliver(bytes: string | typeof END): void {
    const reader = this.#readers.shift();
    if (reader) reader(bytes === END ? undefined : bytes);
    else this.#queue.push(bytes);
  }

  #cook(key: string): void {
    switch (key) {
      case '\x03':
        return this.#interrupt('SIGINT', '^C');
      case '\x1c':
        return this.#interrupt('SIGQUIT', '^\\');
      case '\x04':
        if (this.#line === '') return this.#deliver(END);
        return this.#flush('');
      case '\r':
      case '\n':
        void this.#print('\n');
        return this.#flush('\n');
      case '\x7f':
      case '\b':
        return this.#erase(this.#line === '' ? 0 : 1);
      case '\x15':
        return this.#erase(this.#line.length);
      case '\x17':
        return this.#erase(/\S*\s*$/.exec(this.#line)![0].length);
      default:
        this.#line += key;
        void this.#print(key < ' ' && key !== '\t' ? `^${String.fromCharCode(key.charCodeAt(0) + 64)}` : key);
    }
  }

  #flush(end: string): void {
    const line = this.#line + end;
    this.#line = '';
    this.#deliver(line);
  }

  #erase(count: number): void {
    this.#line = this.#line.slice(0, this.#line.length - count);
    if (count > 0) void this.#print('\b \b'.repeat(count));
  }

  #interrupt(signal: SignalName, shown: string): void {
    this.#line = '';
    void this.#print(shown);
    this.#signal(signal);
  }

  #signal(signal: SignalName): void {
    for (const listener of this.#interrupted) listener(signal);
  }
}

function subscribe<Listener>(listeners: Set<Listener>, listener: Listener): Disposer {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
