/** Keys of the panel, by the key table. A component names its contexts and says what each action does. */
import { useLayoutEffect, useRef } from 'react';
import { actionOf, type Action, type KeyContext } from '../keys.ts';
import { useHelp } from './use-help.ts';
import { isTooSmall } from '../layout.ts';
import { useStage, useUi } from './use-ui.ts';

/** @param active false while a question in front of the component has the keys. Help, or a terminal too small to see what a key does, takes them too, but for `always`. */
export function useKeys(contexts: readonly KeyContext[], handlers: Partial<Record<Action, () => void>>, active: boolean | 'always' = true): void {
  const { stage } = useUi();
  const isHelpOpen = useHelp().isOpen;
  const isUnseen = isTooSmall(useStage()) || isHelpOpen;
  // The newest handlers, without subscribing anew at each drawing. Subscribed at once: a key may already be waiting.
  const latest = useRef({ contexts, handlers });
  latest.current = { contexts, handlers };
  useLayoutEffect(() => {
    if (!active || (isUnseen && active !== 'always')) return undefined;
    return stage.onKey((key) => {
      const action = actionOf(key, latest.current.contexts);
      if (action) latest.current.handlers[action]?.();
    });
  }, [stage, active, isUnseen]);
}
