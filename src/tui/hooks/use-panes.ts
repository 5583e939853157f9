/**
 * Terminals by name, of which one is in front: opened when first looked at, kept while others are in front, opened anew
 * when their shell has ended, closed when the screen goes.
 */
import { useEffect, useRef, useState } from 'react';
import { problemOf } from '../problem.ts';
import type { ShellCommand } from '../services.ts';
import { isPane, UNWANTED, useFrontPane, type Opened, type TerminalState } from './use-front-pane.ts';
import { useUi } from './use-ui.ts';

/**
 * @param name the terminal in front; undefined for none
 * @param command how to start it
 */
export function usePanes(name: string | undefined, command: () => Promise<ShellCommand>, size: { columns: number; rows: number }): TerminalState {
  const { stage, pane: isWanted } = useUi();
  const [, redraw] = useState(0);
  const panes = useRef(new Map<string, Opened | 'opening'>());
  const latest = useRef({ command, size });
  latest.current = { command, size };
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    if (name === undefined || panes.current.has(name)) return;
    const { current } = panes;
    current.set(name, 'opening');
    const open = async (): Promise<Opened> => (isWanted ? stage.openPane(await latest.current.command(), latest.current.size) : UNWANTED);
    void open().catch((error: unknown): Opened => {
      const { what, action } = problemOf(error);
      return { because: `${what} ${action}` };
    }).then((opened) => {
      // The screen may have gone meanwhile, and nobody would close it later.
      if (current.get(name) !== 'opening') return close(opened);
      current.set(name, opened);
      redraw((count) => count + 1);
    });
  }, [name, turn, stage, isWanted]);

  useEffect(() => {
    const { current } = panes;
    return () => {
      for (const opened of current.values()) close(opened);
      current.clear();
    };
  }, []);

  const opened = name === undefined ? undefined : panes.current.get(name);
  const front = useFrontPane(opened === 'opening' ? undefined : opened);
  return {
    ...front,
    reopen: () => {
      if (name === undefined) return;
      front.pane?.close();
      panes.current.delete(name);
      setTurn((count) => count + 1);
    },
  };
}

function close(opened: Opened | 'opening'): void {
  if (opened !== 'opening' && isPane(opened)) opened.close();
}
