/** The terminal of an open lab: opened once, kept while the learner is elsewhere, opened anew when its shell has ended. */
import { useCallback, useEffect, useLayoutEffect, useState } from 'react';
import type { RunningLab } from '../services.ts';
import type { Pane } from '../terminal/pane.ts';
import { useUi } from './use-ui.ts';

/** A lab that was opened, and its terminal, which outlives the screen. */
export interface OpenLab {
  readonly running: RunningLab;
  pane?: Pane | { readonly because: string };
}

export interface TerminalState {
  readonly pane: Pane | undefined;
  /** Why there is none. */
  readonly because: string | undefined;
  readonly reopen: () => void;
}

export function useTerminal(open: OpenLab, size: { columns: number; rows: number }): TerminalState {
  const { stage, services, pane: isWanted } = useUi();
  const [, redraw] = useState(0);
  const { columns, rows } = size;

  const start = useCallback(async () => {
    const opened = isWanted ? await stage.openPane(services.shell(open.running), { columns, rows }) : { because: 'This was started without a terminal pane.' };
    open.pane = opened;
    redraw((count) => count + 1);
  }, [stage, services, isWanted, open, columns, rows]);

  useEffect(() => {
    // Only for the first drawing: a later size is the stage's business.
    if (open.pane === undefined) void start();
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [open]);

  const pane = open.pane && 'screen' in open.pane ? open.pane : undefined;
  useLayoutEffect(() => {
    stage.attach(pane);
  }, [stage, pane]);
  useLayoutEffect(() => () => stage.attach(undefined), [stage]);

  const ended = pane?.exitCode;
  useEffect(() => {
    if (ended !== undefined) stage.notify(`The shell ended${ended === 0 ? '' : ` with exit code ${ended}`}. Enter opens a new one.`);
  }, [stage, ended]);

  return {
    pane,
    because: open.pane && 'because' in open.pane ? open.pane.because : undefined,
    reopen: () => {
      pane?.close();
      delete open.pane;
      void start();
    },
  };
}
