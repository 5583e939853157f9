/**
 * Puts the whole screen together: frames of text from the UI, and a hole in them that a pane's rows fill. Only rows that
 * changed are written, in one write between the marks of a synchronized update, so nothing flickers and a key in the
 * pane costs one row. Knows nothing of React, of keys, or of what the rows mean.
 */
import type { Disposer } from '../../base/clock.ts';

/** Where the pane is, in columns and rows from the top left, and where its rows come from. */
export interface Hole {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Rows of exactly `width` columns; undefined while the program inside is in the middle of an update. */
  rows(): readonly string[] | undefined;
  /** Relative to the hole; undefined hides it. */
  cursor(): { readonly column: number; readonly row: number; readonly style: string } | undefined;
}

/** What the compositor needs from its host. */
export interface CompositorPorts {
  write(data: string): void;
  /** Runs once, after `delayMs`; 0 means as soon as this turn of the event loop is over. */
  later(delayMs: number, run: () => void): Disposer;
  now(): number;
}

/** At most this often: a flood is seen as well at this rate, and a key never waits for longer. */
const FRAME_MS = 10;

/** Owns every byte that reaches the real terminal between entering and leaving it. */
export class Compositor {
  #frame: readonly string[] = [];
  #painted: (string | undefined)[] = [];
  #paintedPane: (string | undefined)[] = [];
  #hole: Hole | undefined;
  #cancel: Disposer | undefined;
  #lastPaint = Number.NEGATIVE_INFINITY;
  #cursorShown = false;
  #cursorStyle = '';

  constructor(private readonly ports: CompositorPorts) {}

  /** A new frame of the UI, lines joined by newlines. */
  frame(text: string): void {
    this.#frame = text.split('\n');
    this.schedule();
  }

  setHole(hole: Hole | undefined): void {
    const before = this.#hole;
    this.#hole = hole;
    if (before?.x !== hole?.x || before?.y !== hole?.y || before?.width !== hole?.width || before?.height !== hole?.height) {
      // Rows under the old and the new hole are drawn again, whatever was there.
      this.#paintedPane = [];
      for (const rows of [before, hole]) {
        if (rows) for (let row = rows.y; row < rows.y + rows.height; row++) this.#painted[row] = undefined;
      }
    }
    this.schedule();
  }

  /** Forget what is on the terminal: everything is written again. */
  invalidate(): void {
    this.#painted = [];
    this.#paintedPane = [];
    this.#cursorStyle = '';
    this.schedule();
  }

  /** Paint soon. */
  schedule(): void {
    if (this.#cancel) return;
    const wait = Math.max(0, this.#lastPaint + FRAME_MS - this.ports.now());
    this.#cancel = this.ports.later(wait, () => {
      this.#cancel = undefined;
      this.paint();
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Paint now. */
  paint(): void {
    this.#lastPaint = this.ports.now();
    const body = this.#changedRows() + this.#changedPaneRows();
    const cursor = this.#hole?.cursor();
    const move = this.#cursor(cursor, body !== '');
    if (body === '' && move === '') return;
    this.ports.write(`\x1b[?2026h${body === '' ? '' : '\x1b[?25l'}${body}${move}\x1b[?2026l`);
  }

  #changedRows(): string {
    let text = '';
    const count = Math.max(this.#frame.length, this.#painted.length);
    for (let row = 0; row < count; row++) {
      const line = this.#frame[row] ?? '';
      if (this.#painted[row] === line) continue;
      // Erased first: after the last column has been written an erase would take that column with it.
      text += `\x1b[${row + 1};1H\x1b[0m\x1b[2K${line}\x1b[0m`;
      this.#painted[row] = line;
      if (this.#hole && row >= this.#hole.y) this.#paintedPane[row - this.#hole.y] = undefined;
    }
    this.#painted.length = this.#frame.length;
    return text;
  }

  #changedPaneRows(): string {
    const hole = this.#hole;
    if (!hole) return '';
    // While the program inside is mid-update its last complete picture stays, unless the UI just drew over it.
    const rows = hole.rows();
    if (!rows) return '';
    let text = '';
    for (let row = 0; row < hole.height; row++) {
      const line = rows[row];
      if (line === undefined || this.#paintedPane[row] === line) continue;
      text += `\x1b[${hole.y + row + 1};${hole.x + 1}H${line}`;
      this.#paintedPane[row] = line;
    }
    return text;
  }

  #cursor(cursor: { column: number; row: number; style: string } | undefined, moved: boolean): string {
    if (!cursor || !this.#hole) {
      const hide = this.#cursorShown && !moved ? '\x1b[?25l' : '';
      this.#cursorShown = false;
      this.#lastPlace = '';
      return hide;
    }
    const style = cursor.style === this.#cursorStyle ? '' : cursor.style || '\x1b[0 q';
    this.#cursorStyle = cursor.style;
    const place = `\x1b[${this.#hole.y + cursor.row + 1};${this.#hole.x + cursor.column + 1}H`;
    if (!moved && this.#cursorShown && style === '' && place === this.#lastPlace) return '';
    this.#cursorShown = true;
    this.#lastPlace = place;
    return `${style}${place}\x1b[?25h`;
  }

  #lastPlace = '';
}
