/**
 * Terminals by name, of which one is in front: opened when first looked at, kept while others are in front, opened anew
 * when their shell has ended, closed when the screen goes.
 */
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { problemOf } from '../problem.ts';
import type { ShellCommand } from '../services.ts';
import type { Pane } from '../terminal/pane.ts';
import { useUi } from './use-ui.ts';

type Opened = Pane | { readonly because: string } | 'opening';

export interface Panes {
  readonly pane: Pane | undefined;
  /** Why there is none. */
  readonly because: string | undefined;
  readonly reopen: () => void;
}

/**
 * @param name the terminal in front; undefined for none
 * @param command how to start it
 */
export function usePanes(name: string | undefined, command: () => Promise<ShellCommand>, size: { columns: number; rows: number }): Panes {
  const { stage, pane: isWanted } = useUi();
  const [, redraw] = useState(0);
  const panes = useRef(new Map<string, Opened>());
  const latest = useRef({ command, size });
  latest.current = { command, size };
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    if (name === undefined || panes.current.has(name)) return;
    const { current } = panes;
    current.set(name, 'opening');
    const open = async () => {
      if (!isWanted) return { because: 'This was started without a terminal pane.' };
      return stage.openPane(await latest.current.command(), latest.current.size);
    };
    open().then(
      (opened) => current.set(name, opened),
      (error: unknown) => {
        const { what, action } = problemOf(error);
        current.set(name, { because: `${what} ${action}` });
      },
    ).finally(() => redraw((count) => count + 1));
  }, [name, turn, stage, isWanted]);

  useEffect(() => {
    const { current } = panes;
    return () => {
      for (const opened of current.values()) if (typeof opened === 'object' && 'screen' in opened) opened.close();
      current.clear();
    };
  }, []);

  const opened = name === undefined ? undefined : panes.current.get(name);
  const pane = typeof opened === 'object' && 'screen' in opened ? opened : undefined;
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
    because: typeof opened === 'object' && 'because' in opened ? opened.because : undefined,
    reopen: () => {
      if (name === undefined) return;
      pane?.close();
      panes.current.delete(name);
      setTurn((count) => count + 1);
    },
  };
}
