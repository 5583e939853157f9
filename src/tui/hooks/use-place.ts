/** Where panel and terminal are on a screen that has both: zoomed, widened, or side by side. */
import { useState } from 'react';
import { labLayout, SPLIT_COLUMNS, type LabLayout } from '../layout.ts';
import type { Rect } from '../terminal/stage-port.ts';
import { useStage, useUi } from './use-ui.ts';

export interface Place {
  readonly layout: LabLayout;
  /** Where the terminal is, or would be. */
  readonly terminal: Rect;
  readonly isSplit: boolean;
  readonly panelWidth: number;
  readonly panelHeight: number;
  readonly zoom: () => void;
  readonly unzoom: () => void;
  readonly widen: () => void;
}

export function usePlace(): Place {
  const { stage } = useUi();
  const state = useStage();
  const [isZoomed, setZoomed] = useState(false);
  const [isWide, setWide] = useState(false);
  const isSplit = state.columns >= SPLIT_COLUMNS;
  const want = state.focus === 'panel' ? 'panel' : 'terminal';
  const layout = labLayout(state, want, isZoomed && isSplit ? 'terminal' : isWide && want === 'panel' ? 'panel' : undefined);
  return {
    layout,
    terminal: layout.terminal ?? labLayout(state, 'terminal').terminal!,
    isSplit,
    panelWidth: (layout.panel?.width ?? state.columns) - 2,
    panelHeight: layout.panel?.height ?? state.rows - 2,
    zoom: () => {
      setZoomed(!isZoomed);
      stage.setFocus('terminal');
    },
    unzoom: () => setZoomed(false),
    widen: () => setWide(!isWide),
  };
}
