/**
 * Where things are on the screen, from its size alone. The UI draws by it and the pane is placed by it, so that the hole
 * in the drawing and the terminal in the hole cannot disagree.
 */
import type { Rect } from './terminal/stage-port.ts';

/** Smaller than this and nothing useful fits: the UI says so instead. */
export const MINIMUM = { columns: 60, rows: 15 };

/** From this width on the panel and the terminal are side by side; below, the one that has the keyboard is shown. */
export const SPLIT_COLUMNS = 100;

/** One line above and one below every screen. */
export const HEADER_ROWS = 1;
export const FOOTER_ROWS = 1;

export const isTooSmall = (size: { columns: number; rows: number }): boolean => size.columns < MINIMUM.columns || size.rows < MINIMUM.rows;

/** The lab screen's parts; one that is not shown is undefined. */
export interface LabLayout {
  readonly panel?: Rect;
  readonly terminal?: Rect;
  /** A rule between the two, in this column. */
  readonly ruleColumn?: number;
}

/** @param want what the learner looks at: when both do not fit, that one */
export function labLayout(size: { columns: number; rows: number }, want: 'panel' | 'terminal', zoomed?: 'panel' | 'terminal'): LabLayout {
  const body = { y: HEADER_ROWS, height: size.rows - HEADER_ROWS - FOOTER_ROWS };
  const full: Rect = { x: 0, width: size.columns, ...body };
  if (zoomed) return { [zoomed]: full };
  if (size.columns < SPLIT_COLUMNS) return want === 'panel' ? { panel: full } : { terminal: full };
  const width = Math.min(64, Math.max(44, Math.floor(size.columns * 0.38)));
  return {
    panel: { x: 0, width, ...body },
    ruleColumn: width,
    terminal: { x: width + 1, width: size.columns - width - 1, ...body },
  };
}
