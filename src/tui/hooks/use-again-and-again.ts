/** Does something again and again, each time a while after it has ended. */
import { useEffect } from 'react';

/** @param run a function that stays the same from drawing to drawing */
export function useAgainAndAgain(run: () => Promise<void>, everyMs: number, isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return undefined;
    let timer: NodeJS.Timeout;
    let gone = false;
    const later = () => {
      timer = setTimeout(() => void run().then(() => !gone && later()), everyMs);
    };
    later();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [run, everyMs, isOn]);
}
