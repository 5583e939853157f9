/** Time for worlds: a busy machine makes it late, and never makes it leap. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { wallOf } from '../../src/cluster/wall.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const failed: unknown[] = [];
const wallAt = (speed: number) => wallOf(speed, (error) => failed.push(error));

test.each([
  [1, 1000],
  [10, 10_000],
])('at speed %d a second of sleep is %d milliseconds', (speed, expected) => {
  const wall = wallAt(speed);
  const begin = wall.now();
  const seen: number[] = [];
  wall.setTimer(expected, () => seen.push(wall.now() - begin));
  vi.advanceTimersByTime(1000);
  expect(seen.map(Math.round)).toEqual([expected]);
});

test('what was not slept is not counted beyond a moment, when time is fast', () => {
  const wall = wallAt(10);
  const begin = wall.now();
  vi.advanceTimersByTime(5000);
  expect(Math.round(wall.now() - begin)).toBe(80);
  vi.advanceTimersByTime(3);
  expect(Math.round(wall.now() - begin)).toBe(110);
});

test('an event that throws is told, and time goes on', () => {
  const wall = wallAt(10);
  wall.setTimer(10, () => {
    throw new Error('no');
  });
  vi.advanceTimersByTime(1);
  expect(failed).toEqual([new Error('no')]);
});
