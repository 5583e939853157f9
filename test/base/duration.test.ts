/** Lengths of time as kubectl says them, and as Go reads them. Expected values: kubectl, and Go's own tests of ParseDuration. */
import { expect, test } from 'vitest';
import { humanDuration, parseDuration } from '../../src/base/duration.ts';

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];
test.each([
  [0, '0s'],
  [119 * SECOND, '119s'],
  [120 * SECOND, '2m'],
  [3 * MINUTE + 5 * SECOND, '3m5s'],
  [45 * MINUTE, '45m'],
  [3 * HOUR + 20 * MINUTE, '3h20m'],
  [20 * HOUR, '20h'],
  [3 * DAY + 4 * HOUR, '3d4h'],
  [12 * DAY, '12d'],
  [800 * DAY, '2y70d'],
  [-5 * SECOND, '<invalid>'],
])('%d ms is %s', (ms, words) => expect(humanDuration(ms)).toBe(words));

test.each([['1h30m', 5_400_000], ['1m0s', 60_000], ['1.5s', 1500], ['.5s', 500], ['1.s', 1000], ['-3ms', -3], ['+0', 0], ['7\u00b5s', 0.007], ['10', undefined], ['5x', undefined], ['.s', undefined], ['', undefined]])('%s lasts %s ms', (text, ms) => expect(parseDuration(text)).toBe(ms));
