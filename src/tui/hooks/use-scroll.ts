/** How far a page is scrolled, never past its end; and the keys that do it. */
import { useState } from 'react';
import type { Action } from '../keys.ts';

export interface Scroll {
  readonly offset: number;
  readonly handlers: Partial<Record<Action, () => void>>;
  toTop(): void;
  /** Far enough that this line is seen. */
  show(index: number): void;
}

/** @param total lines of the page; @param height lines that are seen; @param first a line that is seen at first, in the middle where it can be */
export function useScroll(total: number, height: number, first = 0): Scroll {
  const [wanted, setOffset] = useState(() => Math.max(0, first - Math.floor(height / 2)));
  const last = Math.max(0, total - height);
  const offset = Math.min(wanted, last);
  const to = (next: number) => setOffset(Math.max(0, Math.min(last, next)));
  return {
    offset,
    toTop: () => setOffset(0),
    show: (index) => {
      if (index < offset) to(index);
      else if (index >= offset + height) to(index - height + 1);
    },
    handlers: {
      up: () => to(offset - 1),
      down: () => to(offset + 1),
      pageUp: () => to(offset - Math.max(1, height - 1)),
      pageDown: () => to(offset + Math.max(1, height - 1)),
      top: () => to(0),
      bottom: () => to(last),
    },
  };
}
