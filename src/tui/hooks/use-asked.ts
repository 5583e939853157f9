/** A question to the program, asked when the screen opens and again on demand: no answer yet, the answer, or the error. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { problemOf, type Problem } from '../problem.ts';

export type Asked<T> = { readonly is: 'waiting' } | { readonly is: 'answered'; readonly answer: T } | { readonly is: 'failed'; readonly problem: Problem };

/** Late answers of an earlier question, or for a screen that is gone, are dropped. */
export function useAsked<T>(ask: () => Promise<T>): readonly [Asked<T>, () => void] {
  const [asked, setAsked] = useState<Asked<T>>({ is: 'waiting' });
  const latest = useRef(ask);
  latest.current = ask;
  const turn = useRef(0);
  const again = useCallback(() => {
    const mine = ++turn.current;
    const settle = (next: Asked<T>) => {
      if (turn.current === mine) setAsked(next);
    };
    setAsked({ is: 'waiting' });
    latest.current().then(
      (answer) => settle({ is: 'answered', answer }),
      (error: unknown) => settle({ is: 'failed', problem: problemOf(error) }),
    );
  }, []);
  useEffect(() => {
    again();
    return () => {
      turn.current++;
    };
  }, [again]);
  return [asked, again];
}
