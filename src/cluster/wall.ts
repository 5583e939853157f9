/**
 * The wall clock for a world whose time runs faster than ours, or as fast. A world never leaps: when the machine was too
 * busy to look at it, the time that was lost is left out, so that a program's ten seconds are ten seconds of work whatever
 * else runs. In front of a learner (speed 1) it is the plain clock.
 */
import type { WallPorts } from '../base/pacer.ts';

/** Longer than this between two looks, and the machine was busy elsewhere. */
const SLACK_MS = 8;

/** @param onError told what an event threw */
export function wallOf(speed: number, onError: (error: unknown) => void): WallPorts {
  let last = performance.now();
  let passed = last;
  let sleeping = 0;
  const now = () => {
    const real = performance.now();
    passed += speed === 1 ? real - last : Math.min(real - last, sleeping + SLACK_MS);
    last = real;
    return passed * speed;
  };
  return {
    now,
    setTimer(delayMs, run) {
      sleeping = delayMs / speed;
      const timer = setTimeout(() => {
        now();
        // What comes next has not slept.
        sleeping = 0;
        try {
          run();
        } catch (error) {
          onError(error);
        }
      }, delayMs / speed);
      return () => clearTimeout(timer);
    },
  };
}
