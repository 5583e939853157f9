/** A question in front of a screen: yes does it, and either answer takes the question away. */
import { useKeys } from './use-keys.ts';

/** @param yes what a yes does; undefined while nothing is asked */
export function useConfirm(yes: (() => void) | undefined, close: () => void): void {
  useKeys(
    ['confirm'],
    {
      yes: () => {
        close();
        yes?.();
      },
      no: close,
    },
    yes !== undefined,
  );
}
