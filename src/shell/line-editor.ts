/**
 * The line that is being typed at a prompt: arrows, history, ^A ^E ^U ^K ^W ^L, completion of file and command names.
 * Draws with the few escape sequences that every terminal knows. See libbb/lineedit.c of busybox for the keys.
 */
import { Interrupted } from './control.ts';
import { completions } from './completion.ts';
import type { Shell } from './shell.ts';

/** Read a line in raw mode. @returns undefined at ^D on an empty line. @throws Interrupted at ^C */
export async function editLine(shell: Shell, prompt: string, history: readonly string[]): Promise<string | undefined> {
  const terminal = shell.process.terminal!;
  const editor = new LineEditor(shell, prompt, history);
  terminal.mode = 'raw';
  try {
    await editor.draw();
    for (;;) {
      const bytes = await shell.stdin.read();
      if (bytes === undefined) return undefined;
      for (const key of keysOf(bytes)) {
        const end = await editor.press(key);
        if (!end) continue;
        const rest = bytes.slice(end.consumed);
        if (rest !== '') shell.stdin.unread(rest);
        if (end.kind === 'interrupt') throw new Interrupted();
        return end.kind === 'line' ? end.line : undefined;
      }
      editor.consumed = 0;
    }
  } finally {
    terminal.mode = 'cooked';
  }
}

/** Keys as they arrive: escape sequences whole, everything else byte by byte. */
function keysOf(bytes: string): string[] {
  // oxlint-disable-next-line no-control-regex
  return bytes.match(/\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Z]|\x1b[a-z\x7f]|[\s\S]/g) ?? [];
}

type Ending = { readonly kind: 'line'; readonly line: string; readonly consumed: number } | { readonly kind: 'end' | 'interrupt'; readonly consumed: number };

class LineEditor {
  consumed = 0;
  #line = '';
  #cursor = 0;
  #place: number;
  #draft = '';
  #drawn = 0;
  #lastTab = false;

  constructor(
    private readonly shell: Shell,
    private readonly prompt: string,
    private readonly history: readonly string[],
  ) {
    this.#place = history.length;
  }

  async press(key: string): Promise<Ending | undefined> {
    this.consumed += key.length;
    const { consumed } = this;
    const tab = this.#lastTab;
    this.#lastTab = key === '\t';
    switch (key) {
      case '\r':
      case '\n':
        this.#cursor = this.#line.length;
        await this.draw();
        await this.#print('\n');
        return { kind: 'line', line: this.#line, consumed };
      case '\x03':
        await this.#print('^C\n');
        return { kind: 'interrupt', consumed };
      case '\x04':
        if (this.#line === '') return { kind: 'end', consumed };
        this.#replace(this.#cursor, this.#cursor + 1, '');
        break;
      case '\t':
        await this.#complete(tab);
        break;
      default:
        this.#edit(key);
        if (key === '\x0c') await this.#print('\x1b[H\x1b[J');
    }
    await this.draw();
    return undefined;
  }

  #edit(key: string): void {
    switch (key) {
      case '\x7f': case '\b':
        return this.#replace(Math.max(0, this.#cursor - 1), this.#cursor, '');
      case '\x1b[3~':
        return this.#replace(this.#cursor, this.#cursor + 1, '');
      case '\x15':
        return this.#replace(0, this.#cursor, '');
      case '\x0b':
        return this.#replace(this.#cursor, this.#line.length, '');
      case '\x17': case '\x1b\x7f':
        return this.#replace(this.#cursor - /\S*\s*$/.exec(this.#line.slice(0, this.#cursor))![0].length, this.#cursor, '');
      case '\x01': case '\x1b[H': case '\x1bOH': case '\x1b[1~':
        this.#cursor = 0;
        return;
      case '\x05': case '\x1b[F': case '\x1bOF': case '\x1b[4~':
        this.#cursor = this.#line.length;
        return;
      case '\x02': case '\x1b[D': case '\x1bOD':
        this.#cursor = Math.max(0, this.#cursor - 1);
        return;
      case '\x06': case '\x1b[C': case '\x1bOC':
        this.#cursor = Math.min(this.#line.length, this.#cursor + 1);
        return;
      case '\x1bb': case '\x1b[1;5D':
        this.#cursor -= /\S*\s*$/.exec(this.#line.slice(0, this.#cursor))![0].length;
        return;
      case '\x1bf': case '\x1b[1;5C':
        this.#cursor += /^\s*\S*/.exec(this.#line.slice(this.#cursor))![0].length;
        return;
      case '\x10': case '\x1b[A': case '\x1bOA':
        return this.#recall(-1);
      case '\x0e': case '\x1b[B': case '\x1bOB':
        return this.#recall(1);
      default:
        if (key >= ' ' && !key.startsWith('\x1b')) this.#replace(this.#cursor, this.#cursor, key);
    }
  }

  #replace(from: number, to: number, text: string): void {
    this.#line = this.#line.slice(0, from) + text + this.#line.slice(to);
    this.#cursor = from + text.length;
  }

  #recall(step: -1 | 1): void {
    const place = this.#place + step;
    if (place < 0 || place > this.history.length) return;
    if (this.#place === this.history.length) this.#draft = this.#line;
    this.#place = place;
    this.#line = place === this.history.length ? this.#draft : this.history[place]!;
    this.#cursor = this.#line.length;
  }

  /** The first tab completes as far as it is certain, the second shows the choices. */
  async #complete(again: boolean): Promise<void> {
    const { word, choices } = completions(this.shell, this.#line.slice(0, this.#cursor));
    if (choices.length === 0) return;
    const common = choices.reduce((a, b) => {
      let i = 0;
      while (i < a.length && a[i] === b[i]) i++;
      return a.slice(0, i);
    });
    const addition = choices.length === 1 && !common.endsWith('/') ? `${common} ` : common;
    if (addition.length > word.length) this.#replace(this.#cursor - word.length, this.#cursor, addition);
    else if (again) {
      await this.#print(`\n${choices.map((choice) => choice.split('/').findLast((part) => part !== '') ?? choice).join('  ')}\n`);
      this.#drawn = 0;
    }
  }

  /** Draw the prompt and the line again, and put the cursor where it belongs, over as many rows as it takes. */
  async draw(): Promise<void> {
    const columns = this.shell.process.terminal?.columns ?? 80;
    // oxlint-disable-next-line no-control-regex
    const visible = this.prompt.split('\n').at(-1)!.replace(/\x1b\[[0-9;]*m/g, '').length;
    const rows = Math.floor((visible + this.#line.length) / columns);
    const target = visible + this.#cursor;
    const up = this.#drawn > 0 ? `\x1b[${this.#drawn}A` : '';
    const back = rows - Math.floor(target / columns);
    const wrapped = (visible + this.#line.length) % columns === 0 && this.#line !== '' ? ' \r' : '';
    await this.#print(`\r${up}\x1b[J${this.prompt}${this.#line}${wrapped}\r${back > 0 ? `\x1b[${back}A` : ''}${target % columns > 0 ? `\x1b[${target % columns}C` : ''}`);
    this.#drawn = Math.floor(target / columns);
  }

  async #print(text: string): Promise<void> {
    await this.shell.stderr.write(text);
  }
}
