/** The terminal in front, wherever it came from: joined to the stage while its screen is there, and its end is told. Opens none. */
import { useEffect, useLayoutEffect } from 'react';
import type { Pane } from '../terminal/pane.ts';
import { useUi } from './use-ui.ts';

/** A terminal, or why there is none. */
export type Opened = Pane | { readonly because: string };

export const UNWANTED: Opened = { because: 'This was started without a terminal pane.' };

export interface FrontPane {
  readonly pane: Pane | undefined;
  /** Why there is none. */
  readonly because: string | undefined;
}

/** A terminal in front that can be opened anew. */
export interface TerminalState extends FrontPane {
  readonly reopen: () => void;
}

export function useFrontPane(opened: Opened | undefined): FrontPane {
  const { stage } = useUi();
  const pane = opened && isPane(opened) ? opened : undefined;
  useLayoutEffect(() => {
    stage.attach(pane);
  }, [stage, pane]);
  useLayoutEffect(() => () => stage.attach(undefined), [stage]);

  const ended = pane?.exitCode;
  useEffect(() => {
    if (ended !== undefined) stage.notify(`The shell ended${ended === 0 ? '' : ` with exit code ${ended}`}. Enter opens a new one.`);
  }, [stage, ended]);

  return { pane, because: opened && !isPane(opened) ? opened.because : undefined };
}

export const isPane = (opened: Opened): opened is Pane => 'screen' in opened;
