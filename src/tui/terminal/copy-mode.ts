/**
 * Copy mode: a cursor that walks over what the pane has shown, older lines included, and text chosen with it.
 * Meanwhile the program inside runs on, unseen. Knows nothing of the outer terminal's clipboard.
 */
import type { Selected } from './row-text.ts';
import type { Screen } from './screen.ts';
import type { CopyAction } from '../keys.ts';

/** What a key did. */
export type CopyOutcome = { readonly is: 'walking' } | { readonly is: 'copied'; readonly text: string } | { readonly is: 'left' };

interface Place {
  readonly row: number;
  readonly column: number;
}

/** Rows and columns of the buffer, not of the screen: what scrolls by does not move the choice. */
export class CopyMode {
  #cursor: Place;
  #anchor: Place | undefined;
  #top: number;

  constructor(private readonly screen: Screen) {
    const { row, column } = screen.cursor;
    this.#top = screen.base;
    this.#cursor = { row: this.#top + row, column };
  }

  /** The buffer's row at the top of the pane. */
  get top(): number {
    return this.#top;
  }

  /** Relative to the pane. */
  get cursor(): Place {
    return { row: this.#cursor.row - this.#top, column: this.#cursor.column };
  }

  selectedIn(row: number): Selected | undefined {
    if (!this.#anchor) return undefined;
    const [from, to] = ordered(this.#anchor, this.#cursor);
    if (row < from.row || row > to.row) return undefined;
    return { start: row === from.row ? from.column : 0, end: row === to.row ? to.column + 1 : this.screen.columns };
  }

  act(action: CopyAction): CopyOutcome {
    const { rows, columns } = this.screen;
    switch (action) {
      case 'up':
        return this.#move(-1, 0);
      case 'down':
        return this.#move(1, 0);
      case 'left':
        return this.#move(0, -1);
      case 'right':
        return this.#move(0, 1);
      case 'pageUp':
        return this.#move(-rows, 0);
      case 'pageDown':
        return this.#move(rows, 0);
      case 'top':
        return this.#move(Number.NEGATIVE_INFINITY, 0);
      case 'bottom':
        return this.#move(Number.POSITIVE_INFINITY, 0);
      case 'lineStart':
        return this.#move(0, -columns);
      case 'lineEnd':
        return this.#move(0, columns);
      case 'select':
        this.#anchor = this.#anchor ? undefined : this.#cursor;
        return { is: 'walking' };
      case 'copy':
        return { is: 'copied', text: this.#chosen() };
      case 'leave':
        return { is: 'left' };
    }
  }

  /** Without a choice, the whole line under the cursor. */
  #chosen(): string {
    if (!this.#anchor) {
      const { row } = this.#cursor;
      return this.screen.textBetween({ row, column: 0 }, { row, column: this.screen.columns - 1 });
    }
    const [from, to] = ordered(this.#anchor, this.#cursor);
    return this.screen.textBetween(from, to);
  }

  #move(down: number, right: number): CopyOutcome {
    const last = this.screen.base + this.screen.rows - 1;
    const row = Math.min(last, Math.max(0, this.#cursor.row + down));
    const column = Math.min(this.screen.columns - 1, Math.max(0, this.#cursor.column + right));
    this.#cursor = { row, column };
    this.#top = Math.max(row - this.screen.rows + 1, Math.min(this.#top, row));
    return { is: 'walking' };
  }
}

function ordered(a: Place, b: Place): readonly [Place, Place] {
  return a.row < b.row || (a.row === b.row && a.column <= b.column) ? [a, b] : [b, a];
}

/** How much was copied, in words. */
export function amountOf(text: string): string {
  const lines = text.split('\n').length;
  return lines === 1 ? `${Array.from(text).length} characters` : `${lines} lines`;
}
