/**
 * vi, as BusyBox has it: a file on a terminal, keys until `:q`. What the keys do is in `editor.ts` and `colon.ts`; here
 * are the file, the terminal and the screen. See editors/vi.c.
 */
import { absolute } from '../../machine/executable.ts';
import { FileError } from '../../machine/files.ts';
import type { Process, Program } from '../../machine/program.ts';
import { colon } from './colon.ts';
import { Editor, linesOf, type Wish } from './editor.ts';

export const vi: Program = {
  name: 'vi',
  async run(process) {
    const paths = process.argv.slice(1).filter((arg) => !arg.startsWith('-') && !arg.startsWith('+'));
    const session = new Session(process);
    session.open(paths[0]);
    const line = process.argv.find((arg) => /^\+\d*$/.test(arg));
    if (line !== undefined) session.editor.goTo(line === '+' ? Number.POSITIVE_INFINITY : Number(line.slice(1)));
    return session.run();
  },
};

class Session {
  editor = new Editor('');
  #path: string | undefined;
  #top = 0;
  #quit = false;

  constructor(private readonly process: Process) {}

  get #rows(): number {
    return this.process.terminal?.rows ?? 24;
  }
  get #columns(): number {
    return this.process.terminal?.columns ?? 80;
  }

  /** A path that is not there yet is a new file. */
  open(path: string | undefined): void {
    this.#path = path;
    let text = '';
    let failure = '';
    try {
      if (path !== undefined) text = this.process.files.read(absolute(this.process.cwd, path));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      if (error.code !== 'ENOENT') failure = `'${path}' ${error.message}`;
    }
    this.editor = new Editor(text, this.#rows);
    this.editor.message = failure;
    this.editor.onColon = (command) => colon(this.editor, command);
  }

  async run(): Promise<number> {
    const { terminal, stdin, stdout } = this.process;
    if (terminal) terminal.mode = 'raw';
    await stdout.write('\x1b[?1049h');
    const stop = terminal?.onResize(() => void this.#draw());
    try {
      for (await this.#draw(); !this.#quit; await this.#draw()) {
        const bytes = await stdin.read();
        if (bytes === undefined) {
          await this.process.stderr.write("vi: can't read user input\n");
          return 1;
        }
        for (const key of keysOf(bytes)) {
          this.editor.rows = this.#rows;
          this.editor.press(key);
          for (let wish = this.editor.wishes.shift(); wish; wish = this.editor.wishes.shift()) this.#grant(wish);
          if (this.#quit) break;
        }
      }
      return 0;
    } finally {
      stop?.();
      if (terminal) terminal.mode = 'cooked';
      await stdout.write(`\x1b[${this.#rows};1H\x1b[K\x1b[?1049l`).catch(() => undefined);
    }
  }

  #grant(wish: Wish): void {
    const { editor } = this;
    try {
      if (wish.kind === 'quit') this.#quit = true;
      else if (wish.kind === 'write') this.#write(wish.path ?? this.#path, wish.lines);
      else if (wish.kind === 'edit') this.open(wish.path || this.#path);
      else {
        const added = linesOf(this.process.files.read(absolute(this.process.cwd, wish.path)));
        editor.remember();
        editor.change([...editor.lines.slice(0, editor.cursor.line + 1), ...added, ...editor.lines.slice(editor.cursor.line + 1)], { line: editor.cursor.line + 1, column: 0 });
      }
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      editor.message = `'${wish.kind === 'quit' ? '' : (wish.path ?? this.#path)}' ${error.message}`;
      // What could not be written must not be lost by the quitting that was to follow.
      editor.wishes.length = 0;
    }
  }

  #write(path: string | undefined, lines: readonly string[]): void {
    const { editor } = this;
    if (path === undefined) {
      editor.message = 'No current filename';
      editor.wishes.length = 0;
      return;
    }
    const text = lines.map((line) => `${line}\n`).join('');
    this.process.files.write(absolute(this.process.cwd, path), text);
    this.#path ??= path;
    if (path === this.#path) editor.modified = false;
    editor.message = `'${path}' ${lines.length}L, ${text.length}C`;
  }

  async #draw(): Promise<void> {
    if (this.#quit) return;
    const { editor } = this;
    const rows = this.#rows - 1;
    const { line, column } = editor.cursor;
    if (line < this.#top) this.#top = line;
    if (line >= this.#top + rows) this.#top = line - rows + 1;
    const margin = editor.numbers ? 8 : 0;
    const width = this.#columns - margin;
    // The line with the cursor is shifted until the cursor shows.
    const before = expandTabs(editor.lines[line]!.slice(0, column)).length;
    const shift = Math.max(0, before - width + 1);
    const shown = Array.from({ length: rows }, (_, row) => {
      const text = editor.lines[this.#top + row];
      if (text === undefined) return '~';
      return `${editor.numbers ? `${String(this.#top + row + 1).padStart(7)} ` : ''}${expandTabs(text).slice(shift, shift + width)}`;
    });
    const status = editor.mode === 'line' ? editor.typed : editor.message || this.#status();
    const place = editor.mode === 'line' ? `\x1b[${this.#rows};${editor.typed.length + 1}H` : `\x1b[${line - this.#top + 1};${margin + before - shift + 1}H`;
    await this.process.stdout.write(`\x1b[H${shown.map((text) => `${text}\x1b[K\r\n`).join('')}${status.slice(0, this.#columns - 1)}\x1b[K${place}`);
  }

  /** `- name [Modified] 3/12 25%`. */
  #status(): string {
    const { mode, modified, cursor, lines } = this.editor;
    const sign = { command: '-', insert: 'I', replace: 'R', line: '-' }[mode];
    return `${sign} ${this.#path ?? 'No file'}${modified ? ' [Modified]' : ''} ${cursor.line + 1}/${lines.length} ${Math.floor((100 * (cursor.line + 1)) / lines.length)}%`;
  }
}

/** Keys of what a terminal sent: a special key is one. */
export function keysOf(bytes: string): readonly string[] {
  // oxlint-disable-next-line no-control-regex
  return bytes.match(/\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Z]|[\s\S]/g) ?? [];
}

function expandTabs(text: string): string {
  let out = '';
  for (const letter of text) out += letter === '\t' ? ' '.repeat(8 - (out.length % 8)) : letter;
  return out;
}
