/** One thing at a time: what is begun while another goes on does not happen. A failure is kept to be shown, never thrown. */
import { useCallback, useRef, useState } from 'react';
import { problemOf } from '../problem.ts';
import { useUi } from './use-ui.ts';

export interface Alone<What extends string> {
  /** What goes on, where somebody asked for it. */
  readonly busy: What | undefined;
  /** Why the last thing failed. */
  readonly problem: string | undefined;
  readonly alone: (what: What, run: () => Promise<void>, isAsked?: boolean) => Promise<void>;
}

export function useAlone<What extends string>(): Alone<What> {
  const { stage } = useUi();
  const [busy, setBusy] = useState<What>();
  const [problem, setProblem] = useState<string>();
  const gate = useRef<What>(undefined);
  const alone = useCallback(
    async (what: What, run: () => Promise<void>, isAsked = true) => {
      if (gate.current) return;
      gate.current = what;
      // What happens by itself is not announced: a screen that changes every few seconds distracts.
      if (isAsked) setBusy(what);
      try {
        await run();
        setProblem(undefined);
      } catch (error) {
        const { what: happened, action } = problemOf(error);
        setProblem(`${happened} ${action}`);
        if (isAsked) stage.notify(happened);
      } finally {
        gate.current = undefined;
        setBusy(undefined);
      }
    },
    [stage],
  );
  return { busy, problem, alone };
}
