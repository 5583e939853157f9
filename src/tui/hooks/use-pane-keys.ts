/**
 * A terminal beside a panel: its keys, who has the keyboard, and what the footer offers. The same on every screen that has
 * both. Knows nothing of what the panel shows.
 */
import { useLayoutEffect, useRef } from 'react';
import type { Action, KeyContext } from '../keys.ts';
import type { TerminalState } from './use-front-pane.ts';
import type { Place } from './use-place.ts';
import { useStage, useUi } from './use-ui.ts';

export interface PaneKeysInput {
  readonly terminal: TerminalState;
  readonly place: Place;
  /** Which of several terminals is in front. */
  readonly name?: string;
  /** Nothing is to be seen or typed there now. */
  readonly isHidden?: boolean;
  /** The screen's own keys. */
  readonly context: KeyContext;
  /** Keys that go before the pane's. */
  readonly first?: readonly KeyContext[];
}

export interface PaneKeys {
  readonly handlers: Partial<Record<Action, () => void>>;
  /** Where a key is looked up, for `useKeys`. */
  readonly contexts: readonly KeyContext[];
  /** What the footer offers. */
  readonly offered: readonly KeyContext[];
}

export function usePaneKeys({ terminal: { pane, reopen }, place, name, isHidden = false, context, first = [] }: PaneKeysInput): PaneKeys {
  const { stage } = useUi();
  const { focus } = useStage();
  const isLive = pane !== undefined && pane.exitCode === undefined;
  const isReopened = useRef(false);

  // Beside the terminal the panel can be read while typing; on a narrow screen the panel comes first, but for whoever asked
  // for a new shell. Before the terminal is painted: what is typed at the first sight of its prompt is for it.
  useLayoutEffect(() => {
    if (isHidden) stage.setFocus('panel');
    else if (isLive && (place.isSplit || isReopened.current)) stage.setFocus('terminal');
    if (isLive) isReopened.current = false;
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [stage, isLive, name, isHidden]);

  const into = () => {
    if (isLive) stage.setFocus('terminal');
    else if (pane) {
      isReopened.current = true;
      reopen();
    }
  };
  return {
    handlers: {
      zoom: () => isLive && place.zoom(),
      widen: place.widen,
      focusTerminal: into,
      prefix: into,
      copyMode: () => stage.setFocus('copy'),
      paste: () => (stage.pasteCopied() ? into() : stage.notify('Nothing was copied yet.')),
      literal: () => {
        stage.sendPrefix();
        into();
      },
    },
    contexts: [...first, 'into', 'pane', context, 'terminal', 'reading'],
    offered: focus === 'copy' ? ['copy'] : [...first, ...(pane ? ([focus === 'terminal' ? 'terminal' : 'into', 'pane'] as const) : []), context, 'everywhere'],
  };
}
