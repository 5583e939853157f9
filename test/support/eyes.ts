/**
 * Eyes on a terminal: a program on a pseudo-terminal, and a headless terminal that shows what a person would see.
 * Waiting means watching the screen until it says something, with a deadline; nothing sleeps.
 */
import xterm, { type Terminal } from '@xterm/headless';
import type { Pty } from '../../src/tui/terminal/pty.ts';
import { loadPty } from '../../src/tui/terminal/pty.ts';

export interface EyesOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Why tests with a pseudo-terminal cannot run here; undefined when they can. Prints the reason once. */
export async function noPty(): Promise<string | undefined> {
  const pty = await loadPty();
  if (pty.available) return undefined;
  console.warn(`skipped: ${pty.because}`);
  return pty.because;
}

/** How long a screen may take to say what it should: far more than it needs, since the machine may be busy. */
const DEADLINE_MS = 60_000;
/** For tests that look at several screens one after the other: longer than any of the looks. */
export const SCREEN_TEST_MS = 240_000;

export class Eyes {
  exitCode: number | undefined;
  /** Every byte that reached the terminal. */
  output = '';
  readonly #watchers = new Set<() => void>();

  static async open(file: string, args: readonly string[], { columns = 80, rows = 24, env = {}, cwd = process.cwd() }: EyesOptions = {}): Promise<Eyes> {
    const pty = await loadPty();
    if (!pty.available) throw new Error(pty.because);
    const surroundings = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: process.env['HOME'] ?? '/', LANG: 'C.UTF-8', TERM: 'xterm-256color', COLORTERM: 'truecolor', ...env };
    const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 1000, allowProposedApi: true });
    return new Eyes(terminal, pty.spawn({ file, args, env: surroundings, cwd }, columns, rows));
  }

  private constructor(
    readonly terminal: Terminal,
    readonly pty: Pty,
  ) {
    pty.onData((data) => {
      this.output += data;
      terminal.write(data, () => this.#look());
    });
    pty.onExit((exitCode) => {
      // What was written before the end may still be on its way through the terminal.
      terminal.write('', () => {
        this.exitCode = exitCode;
        this.#look();
      });
    });
    terminal.onData((data) => pty.write(data));
  }

  /** Keys as a terminal sends them. */
  type(keys: string): void {
    this.pty.write(keys);
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
    this.pty.resize(columns, rows);
  }

  /** The screen, without the blanks at the ends of its rows. */
  get text(): string {
    const buffer = this.terminal.buffer.active;
    return Array.from({ length: this.terminal.rows }, (_, row) => buffer.getLine(buffer.baseY + row)?.translateToString(true) ?? '').join('\n');
  }

  get isAlternate(): boolean {
    return this.terminal.buffer.active.type === 'alternate';
  }

  get cursor(): { readonly column: number; readonly row: number } {
    return { column: this.terminal.buffer.active.cursorX, row: this.terminal.buffer.active.cursorY };
  }

  /** One string for each cell of a part of the screen: glyph, colours, weight. Two screens are alike when these are. */
  cells(x: number, y: number, width: number, height: number): string[] {
    const buffer = this.terminal.buffer.active;
    const found: string[] = [];
    for (let row = y; row < y + height; row++) {
      for (let column = x; column < x + width; column++) {
        const cell = buffer.getLine(buffer.baseY + row)?.getCell(column);
        const looks = cell && [cell.getFgColorMode(), cell.getFgColor(), cell.getBgColorMode(), cell.getBgColor(), cell.isBold(), cell.isInverse(), cell.isUnderline(), cell.isDim(), cell.isItalic()];
        found.push(`${cell?.getChars() || ' '} ${looks?.join(',')}`);
      }
    }
    return found;
  }

  /** Watches until the screen says it. @throws Error with the screen when it does not in time */
  async see(what: string | RegExp | ((text: string) => boolean), deadlineMs = DEADLINE_MS): Promise<string> {
    const says = (text: string) => (typeof what === 'string' ? text.includes(what) : what instanceof RegExp ? what.test(text) : what(text));
    await this.#until(() => says(this.text), String(what), deadlineMs);
    return this.text;
  }

  /** The program's exit code. */
  async end(deadlineMs = DEADLINE_MS): Promise<number> {
    await this.#until(() => this.exitCode !== undefined, 'the end of the program', deadlineMs);
    return this.exitCode!;
  }

  close(): void {
    this.pty.kill();
    this.terminal.dispose();
  }

  #until(isSo: () => boolean, what: string, deadlineMs: number): Promise<void> {
    if (isSo()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        this.#watchers.delete(watch);
      };
      const watch = () => {
        if (!isSo()) return;
        done();
        resolve();
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`${what} was not seen in ${deadlineMs} ms. The screen:\n${this.text}`));
      }, deadlineMs);
      this.#watchers.add(watch);
    });
  }

  #look(): void {
    for (const watch of [...this.#watchers]) watch();
  }
}
