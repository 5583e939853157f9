/** The present, drawn again every second. */
import { useEffect, useState } from 'react';
import { useUi } from './use-ui.ts';

/** Unix milliseconds. @param running false stops the redrawing */
export function useNow(running = true): number {
  const { now } = useUi();
  const [, tick] = useState(0);
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => tick((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return now();
}
