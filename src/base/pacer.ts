/**
 * Paces an event clock by the wall: in front of a learner, a second is a second.
 * Knows no Node.js; the host passes its own clock and timer.
 */
import type { Disposer, EventClock } from './clock.ts';

export interface WallPorts {
  /** Monotonic milliseconds. */
  now(): number;
  setTimer(delayMs: number, run: () => void): Disposer;
}

/**
 * Events due within this many milliseconds run at once: a packet that needs 0.3 ms over five devices
 * must not wait for five timers of a host whose shortest timer is a millisecond.
 */
const LOOKAHEAD_MS = 4;

/** One turn runs at most this many events, then lets the host answer its requests. */
const EVENTS_PER_TURN = 20_000;

/** Starts pacing from the clock's present; returns how to stop. */
export function pace(clock: EventClock, wall: WallPorts): Disposer {
  const offset = clock.now() - wall.now();
  let cancelTimer: Disposer | undefined;
  let timerDue = Number.POSITIVE_INFINITY;
  let running = false;

  const arm = () => {
    if (running) return;
    const due = clock.nextDue();
    if (due === undefined || due >= timerDue) return;
    cancelTimer?.();
    timerDue = due;
    cancelTimer = wall.setTimer(Math.max(0, due - (wall.now() + offset) - LOOKAHEAD_MS / 2), turn);
  };
  const turn = () => {
    timerDue = Number.POSITIVE_INFINITY;
    cancelTimer = undefined;
    running = true;
    try {
      clock.advanceTo(Math.max(clock.now(), wall.now() + offset + LOOKAHEAD_MS), EVENTS_PER_TURN);
    } finally {
      running = false;
      arm();
    }
  };
  clock.onEarlier(arm);
  arm();
  return () => {
    cancelTimer?.();
    clock.onEarlier(undefined);
  };
}
