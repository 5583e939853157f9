/** The terminal of an open lab: opened once, kept while the learner is elsewhere, opened anew when its shell has ended. */
import { useCallback, useEffect, useState } from 'react';
import type { RunningLab } from '../services.ts';
import { UNWANTED, useFrontPane, type Opened, type TerminalState } from './use-front-pane.ts';
import { useUi } from './use-ui.ts';

/** A lab that was opened, and its terminal, which outlives the screen. */
export interface OpenLab {
  readonly running: RunningLab;
  pane?: Opened;
}

export function useTerminal(open: OpenLab, size: { columns: number; rows: number }): TerminalState {
  const { stage, services, pane: isWanted } = useUi();
  const [, redraw] = useState(0);
  const { columns, rows } = size;

  const start = useCallback(async () => {
    open.pane = isWanted ? await stage.openPane(services.shell(open.running), { columns, rows }) : UNWANTED;
    redraw((count) => count + 1);
  }, [stage, services, isWanted, open, columns, rows]);

  useEffect(() => {
    // Only for the first drawing: a later size is the stage's business.
    if (open.pane === undefined) void start();
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [open]);

  const front = useFrontPane(open.pane);
  return {
    ...front,
    reopen: () => {
      front.pane?.close();
      delete open.pane;
      void start();
    },
  };
}
