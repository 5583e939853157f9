/** Keys of the panel, by the key table. A component names its contexts and says what each action does. */
import { useEffect, useRef } from 'react';
import { actionOf, type Action, type KeyContext } from '../keys.ts';
import { useUi } from './use-ui.ts';

/** @param active false while something in front of the component has the keys */
export function useKeys(contexts: readonly KeyContext[], handlers: Partial<Record<Action, () => void>>, active = true): void {
  const { stage } = useUi();
  // The newest handlers, without subscribing anew at each drawing.
  const latest = useRef({ contexts, handlers });
  latest.current = { contexts, handlers };
  useEffect(() => {
    if (!active) return undefined;
    return stage.onKey((key) => {
      const action = actionOf(key, latest.current.contexts);
      if (action) latest.current.handlers[action]?.();
    });
  }, [stage, active]);
}
