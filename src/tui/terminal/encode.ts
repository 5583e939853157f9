/**
 * What a program in the pane receives for a key, a paste or a mouse report, given the modes it asked for. The outer
 * terminal stays in its own modes; the difference is translated here. See xterm's ctlseqs, DECCKM and mouse tracking.
 */
import type { Token } from './tokens.ts';

/** The modes that matter here; a `Screen` has them. */
export interface InputModes {
  readonly applicationCursorKeys: boolean;
  readonly bracketedPaste: boolean;
  readonly mouse: 'none' | 'x10' | 'vt200' | 'drag' | 'any';
  readonly sgrMouse: boolean;
}

/** @param origin where the pane is on the screen; @param size its columns and rows; undefined when the program gets nothing */
export function encode(token: Token, modes: InputModes, origin: { x: number; y: number }, size: { columns: number; rows: number }): string | undefined {
  switch (token.type) {
    case 'key':
      return cursorKey(token.raw, modes.applicationCursorKeys);
    case 'paste':
      return modes.bracketedPaste ? `\x1b[200~${token.text}\x1b[201~` : token.text.replace(/\r?\n/g, '\r');
    case 'mouse': {
      const column = token.column - origin.x;
      const row = token.row - origin.y;
      if (modes.mouse === 'none' || column < 0 || row < 0 || column >= size.columns || row >= size.rows) return undefined;
      return mouseReport(token, column + 1, row + 1, modes);
    }
  }
}

/** less and vim ask for application cursor keys and understand no others: `ESC O A` instead of `ESC [ A`. */
function cursorKey(raw: string, application: boolean): string {
  // oxlint-disable-next-line no-control-regex
  const key = /^\x1b[[O]([ABCDHF])$/.exec(raw);
  return key ? `\x1b${application ? 'O' : '['}${key[1]}` : raw;
}

function mouseReport(token: Extract<Token, { type: 'mouse' }>, column: number, row: number, modes: InputModes): string | undefined {
  const moved = (token.button & 32) !== 0;
  if (modes.mouse === 'x10' && (!token.press || moved)) return undefined;
  if (modes.mouse === 'vt200' && moved) return undefined;
  if (modes.sgrMouse) return `\x1b[<${token.button};${column};${row}${token.press ? 'M' : 'm'}`;
  // The older form has one byte for each number and no way to say which button was released.
  const button = token.press ? token.button : 3 | (token.button & ~3);
  if (column > 95 || row > 95) return undefined;
  return `\x1b[M${String.fromCharCode(32 + button, 32 + column, 32 + row)}`;
}
