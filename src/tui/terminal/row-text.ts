/**
 * One row of a terminal's buffer as text with SGR sequences, exactly as wide as the pane and ending in a reset, so that
 * it can be written anywhere on the outer screen. Knows nothing of where. See ECMA-48, 8.3.117.
 */
import type { IBufferCell, IBufferLine } from '@xterm/headless';
import { paletteSgr, rgbSgr, type ColorDepth } from './color.ts';

/** Columns drawn inverted: from `start` up to, and without, `end`. */
export interface Selected {
  readonly start: number;
  readonly end: number;
}

/** @param scratch a cell to read into: one object for all cells instead of one each */
export function rowText(line: IBufferLine | undefined, width: number, depth: ColorDepth, scratch: IBufferCell, selected?: Selected): string {
  let text = '\x1b[0m';
  let style = '';
  let column = 0;
  while (column < width) {
    const cell = line?.getCell(column, scratch);
    const isSelected = selected !== undefined && column >= selected.start && column < selected.end;
    const next = cell ? sgr(cell, depth, isSelected) : isSelected ? ';7' : '';
    if (next !== style) {
      text += `\x1b[0${next}m`;
      style = next;
    }
    const cellWidth = cell ? Math.max(1, cell.getWidth()) : 1;
    // A wide glyph that the edge of the pane cuts in half is not drawn: half of it would land outside.
    text += cell && column + cellWidth <= width ? cell.getChars() || ' ' : ' ';
    column += cellWidth;
  }
  return style === '' ? text : `${text}\x1b[0m`;
}

/** The emulator's mark of a colour that was named as one of 256, and not as one of sixteen. */
const OF_256 = 0x2000000;

function sgr(cell: IBufferCell, depth: ColorDepth, isSelected: boolean): string {
  let codes = '';
  if (cell.isBold()) codes += ';1';
  if (cell.isDim()) codes += ';2';
  if (cell.isItalic()) codes += ';3';
  if (cell.isUnderline()) codes += ';4';
  if (cell.isBlink()) codes += ';5';
  if (Boolean(cell.isInverse()) !== isSelected) codes += ';7';
  if (cell.isInvisible()) codes += ';8';
  if (cell.isStrikethrough()) codes += ';9';
  if (cell.isOverline()) codes += ';53';
  if (cell.isFgRGB()) codes += rgbSgr(cell.getFgColor(), 30, depth);
  else if (cell.isFgPalette()) codes += paletteSgr(cell.getFgColor(), 30, depth, cell.getFgColorMode() === OF_256);
  if (cell.isBgRGB()) codes += rgbSgr(cell.getBgColor(), 40, depth);
  else if (cell.isBgPalette()) codes += paletteSgr(cell.getBgColor(), 40, depth, cell.getBgColorMode() === OF_256);
  return codes;
}
