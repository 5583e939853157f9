/**
 * What a terminal shows: bytes in, styled rows out. A headless xterm does the emulation; here is what the outside must
 * know of it: rows, cursor, modes, and what a program asks of the terminal around it (clipboard, title, bell).
 * Knows nothing of React and nothing of processes. See xterm's ctlseqs.
 */
import type { IBufferCell, Terminal } from '@xterm/headless';
import type { ColorDepth } from './color.ts';
import { rowText, type Selected } from './row-text.ts';

/** Requests that a program sends through the pane to the learner's own terminal. */
export interface ScreenRequests {
  /** OSC 52: put this (base64) on the clipboard. */
  clipboard?(base64: string): void;
  title?(title: string): void;
  bell?(): void;
  /** What the terminal answers a program that asks it something (cursor position, attributes). */
  reply(data: string): void;
}

/** Lines kept above the visible ones. */
const SCROLLBACK = 5000;

/** A terminal without a window. */
export class Screen {
  #cursorVisible = true;
  #cursorStyle = '';
  #sgrMouse = false;
  readonly #scratch: IBufferCell;

  /** The emulator takes a while to load and only a pane needs it. */
  static async load(columns: number, rows: number, requests: ScreenRequests): Promise<Screen> {
    const module = await import('@xterm/headless');
    // CommonJS seen from an ES module: the class is on the default export, or, bundled, at the top.
    const { Terminal: Emulator } = 'Terminal' in module ? module : (module as { default: typeof import('@xterm/headless') }).default;
    // It would tell the console about every odd byte, and the console is what is drawn on.
    return new Screen(new Emulator({ cols: columns, rows, scrollback: SCROLLBACK, allowProposedApi: true, logLevel: 'off' }), requests);
  }

  private constructor(
    readonly emulator: Terminal,
    requests: ScreenRequests,
  ) {
    this.#scratch = emulator.buffer.active.getNullCell();
    emulator.onData((data) => requests.reply(data));
    emulator.onBinary((data) => requests.reply(data));
    emulator.onBell(() => requests.bell?.());
    emulator.onTitleChange((title) => requests.title?.(title));
    this.#watchModes(requests);
  }

  /** Resolves when the bytes are on the screen. */
  feed(data: string): Promise<void> {
    return new Promise((resolve) => this.emulator.write(data, resolve));
  }

  resize(columns: number, rows: number): void {
    if (columns > 0 && rows > 0 && (columns !== this.columns || rows !== this.rows)) this.emulator.resize(columns, rows);
  }

  get columns(): number {
    return this.emulator.cols;
  }

  get rows(): number {
    return this.emulator.rows;
  }

  /** The row of the buffer that is at the top when nothing is scrolled back. */
  get base(): number {
    return this.emulator.buffer.active.baseY;
  }

  /** The visible rows; `top` shows older ones. */
  rowTexts(depth: ColorDepth, top = this.base, selected?: (row: number) => Selected | undefined): string[] {
    const buffer = this.emulator.buffer.active;
    return Array.from({ length: this.rows }, (_, row) =>
      rowText(buffer.getLine(top + row), this.columns, depth, this.#scratch, selected?.(top + row)),
    );
  }

  /** Text between two places of the buffer, as a learner would want it on the clipboard: wrapped lines are joined. */
  textBetween(from: { row: number; column: number }, to: { row: number; column: number }): string {
    const buffer = this.emulator.buffer.active;
    let text = '';
    for (let row = from.row; row <= to.row; row++) {
      const line = buffer.getLine(row);
      if (!line) continue;
      const continues = buffer.getLine(row + 1)?.isWrapped === true;
      const start = row === from.row ? from.column : 0;
      const end = row === to.row ? to.column + 1 : this.columns;
      const part = line.translateToString(false, start, end);
      text += continues ? part : part.trimEnd();
      if (row < to.row && !continues) text += '\n';
    }
    return text;
  }

  get cursor(): { readonly column: number; readonly row: number; readonly visible: boolean; readonly style: string } {
    const { cursorX, cursorY } = this.emulator.buffer.active;
    return { column: Math.min(cursorX, this.columns - 1), row: cursorY, visible: this.#cursorVisible, style: this.#cursorStyle };
  }

  /** What the program inside asked of its terminal. */
  get modes(): {
    readonly applicationCursorKeys: boolean;
    readonly bracketedPaste: boolean;
    readonly mouse: 'none' | 'x10' | 'vt200' | 'drag' | 'any';
    readonly sgrMouse: boolean;
    readonly focusEvents: boolean;
    readonly alternateBuffer: boolean;
    readonly holdPainting: boolean;
  } {
    const { modes, buffer } = this.emulator;
    return {
      applicationCursorKeys: modes.applicationCursorKeysMode,
      bracketedPaste: modes.bracketedPasteMode,
      mouse: modes.mouseTrackingMode,
      sgrMouse: this.#sgrMouse,
      focusEvents: modes.sendFocusMode,
      alternateBuffer: buffer.active.type === 'alternate',
      holdPainting: modes.synchronizedOutputMode,
    };
  }

  dispose(): void {
    this.emulator.dispose();
  }

  #watchModes(requests: ScreenRequests): void {
    const { parser } = this.emulator;
    const privateMode = (on: boolean) => (parameters: (number | number[])[]) => {
      if (parameters.includes(25)) this.#cursorVisible = on;
      if (parameters.includes(1006)) this.#sgrMouse = on;
      return false;
    };
    parser.registerCsiHandler({ prefix: '?', final: 'h' }, privateMode(true));
    parser.registerCsiHandler({ prefix: '?', final: 'l' }, privateMode(false));
    parser.registerCsiHandler({ intermediates: ' ', final: 'q' }, ([style]) => {
      this.#cursorStyle = `\x1b[${Number(style ?? 0)} q`;
      return false;
    });
    parser.registerEscHandler({ final: 'c' }, () => {
      this.#cursorVisible = true;
      this.#sgrMouse = false;
      this.#cursorStyle = '\x1b[0 q';
      return false;
    });
    parser.registerOscHandler(52, (data) => {
      // A question (`?`) is not passed on: a program in a pod has no business reading the learner's clipboard.
      const base64 = data.slice(data.indexOf(';') + 1);
      if (/^[A-Za-z0-9+/]+=*$/.test(base64)) requests.clipboard?.(base64);
      return true;
    });
  }
}
