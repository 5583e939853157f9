/** Letters typed into a line of text: each key as a change of it. Keys with a meaning of their own are left to `useKeys`. */
import { useLayoutEffect, useRef } from 'react';
import { useUi } from './use-ui.ts';

/** @param onChange gets the change, to be applied to the text so far */
export function useTyping(onChange: (change: (text: string) => string) => void, active: boolean): void {
  const { stage } = useUi();
  const latest = useRef(onChange);
  latest.current = onChange;
  useLayoutEffect(() => {
    if (!active) return undefined;
    return stage.onKey((key) => {
      if (key === 'backspace') latest.current((text) => text.slice(0, -1));
      else if (key === 'space') latest.current((text) => `${text} `);
      // `?` is help, on every screen.
      else if (Array.from(key).length === 1 && key !== '?') latest.current((text) => text + key);
    });
  }, [stage, active]);
}
