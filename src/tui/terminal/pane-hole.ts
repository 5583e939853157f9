/** A pane as the hole in the drawing that it fills: its rows as they are, or in copy mode the rows that are walked over. */
import type { ColorDepth } from './color.ts';
import type { Hole } from './compositor.ts';
import type { CopyMode } from './copy-mode.ts';
import type { Pane } from './pane.ts';
import type { Rect } from './stage-port.ts';

export interface Looking {
  readonly depth: ColorDepth;
  /** Present while text is being chosen. */
  copy(): CopyMode | undefined;
  hasKeyboard(): boolean;
}

export function paneHole(pane: Pane, rect: Rect, looking: Looking): Hole {
  return {
    ...rect,
    rows: () => {
      const copy = looking.copy();
      if (copy) return pane.screen.rowTexts(looking.depth, copy.top, (row) => copy.selectedIn(row));
      return pane.screen.modes.holdPainting ? undefined : pane.screen.rowTexts(looking.depth);
    },
    cursor: () => {
      const copy = looking.copy();
      if (copy) return { ...copy.cursor, style: '' };
      const { cursor } = pane.screen;
      return looking.hasKeyboard() && cursor.visible ? cursor : undefined;
    },
  };
}
