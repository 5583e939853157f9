/** Simulated time: what runs when, and what stops it. */
import { describe, expect, test } from 'vitest';
import { EventClock } from '../../src/base/clock.ts';
import { pace } from '../../src/base/pacer.ts';
import { seededRng } from '../../src/base/rng.ts';

describe('an event clock', () => {
  test('runs events in the order of their time, and of one instant in the order they were scheduled', () => {
    const clock = new EventClock(0);
    const ran: string[] = [];
    for (const [delay, name] of [[5, 'd'], [1, 'a'], [3, 'b'], [3, 'c'], [-2, 'now']] as const) clock.schedule(delay, () => ran.push(`${name}@${clock.now()}`));
    expect(clock.advanceTo(4)).toBe(4);
    expect(ran).toEqual(['now@0', 'a@1', 'b@3', 'c@3']);
    expect([clock.now(), clock.nextDue()]).toEqual([4, 5]);
  });

  test('keeps that order for a thousand events of chance, some of them cancelled', () => {
    const rng = seededRng(3);
    const clock = new EventClock(0);
    const ran: number[] = [];
    const kept: number[] = [];
    for (let i = 0; i < 1000; i++) {
      const at = rng.below(200);
      const cancel = clock.schedule(at, () => ran.push(at));
      if (rng.below(3) === 0) cancel();
      else kept.push(at);
    }
    clock.advanceTo(200);
    expect(ran).toEqual(kept.toSorted((a, b) => a - b));
    expect(clock.nextDue()).toBeUndefined();
  });

  test('runs what an event schedules, if it is due', () => {
    const clock = new EventClock(0);
    const ran: string[] = [];
    clock.schedule(1, () => {
      ran.push('first');
      clock.schedule(1, () => ran.push('second'));
      clock.schedule(9, () => ran.push('late'));
    });
    clock.advanceTo(2);
    expect(ran).toEqual(['first', 'second']);
  });

  test('stops at its budget, at the time of the last event that ran', () => {
    const clock = new EventClock(0);
    const storm = (): void => void clock.schedule(0.001, storm);
    storm();
    expect(clock.advanceTo(1000, 50)).toBe(50);
    expect(clock.now()).toBeCloseTo(0.05);
  });

  test('says Unix time from its epoch', () => {
    const clock = new EventClock(1_000);
    clock.advanceTo(250.5);
    expect(clock.unixMs()).toBe(1250.5);
  });

  test('ends a sleep when its signal says so, and not before', async () => {
    const clock = new EventClock(0);
    const controller = new AbortController();
    const asleep = clock.sleep(10, controller.signal).catch((error: unknown) => error);
    controller.abort(new Error('enough'));
    expect(await asleep).toEqual(new Error('enough'));
    expect(clock.nextDue()).toBeUndefined();
    const done = clock.sleep(10).then(() => clock.now());
    clock.advanceTo(10);
    expect(await done).toBe(10);
  });
});

describe('the pacer', () => {
  /** A wall whose timers ring when the test says so. */
  function wallAt(start: number) {
    let now = start;
    let timer: { readonly at: number; readonly run: () => void } | undefined;
    return {
      ports: { now: () => now, setTimer: (delayMs: number, run: () => void) => ((timer = { at: now + delayMs, run }), () => void (timer = undefined)) },
      due: () => timer?.at,
      ring: () => {
        const { at, run } = timer!;
        timer = undefined;
        now = Math.max(now, at);
        run();
      },
    };
  }

  test('sets one timer, a little early, for the earliest event', () => {
    const clock = new EventClock(0);
    const wall = wallAt(1000);
    pace(clock, wall.ports);
    expect(wall.due()).toBeUndefined();
    clock.schedule(100, () => undefined);
    expect(wall.due()).toBe(1098);
    clock.schedule(50, () => undefined);
    expect(wall.due()).toBe(1048);
    wall.ring();
    expect([clock.now(), wall.due()]).toEqual([52, 1098]);
  });

  test('runs what is due within a moment in one turn: a packet over five devices needs no five timers', () => {
    const clock = new EventClock(0);
    const wall = wallAt(0);
    pace(clock, wall.ports);
    let hops = 0;
    const hop = (): void => void (++hops < 5 && clock.schedule(0.3, hop));
    clock.schedule(10, hop);
    wall.ring();
    expect(hops).toBe(5);
  });

  test('lets the host breathe in a storm, and goes on', () => {
    const clock = new EventClock(0);
    const wall = wallAt(0);
    const stop = pace(clock, wall.ports);
    let ran = 0;
    const storm = (): void => void (ran++, clock.schedule(0, storm));
    clock.schedule(1, storm);
    wall.ring();
    expect(ran).toBe(20_000);
    wall.ring();
    expect(ran).toBe(40_000);
    stop();
    expect(wall.due()).toBeUndefined();
  });
});
