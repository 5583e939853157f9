/** What a cluster's building looks like: on a terminal, where the running step is drawn over and over, and in a file. */
import { expect, test } from 'vitest';
import { BuildProgress } from '../../src/cli/cluster/build-progress.ts';
import { steps } from '../../src/cluster/steps/index.ts';
import type { StepEvent } from '../../src/cluster/steps/step.ts';

const EVENTS: readonly StepEvent[] = [
  { type: 'begin', step: steps[0]!, index: 1, count: 3 },
  { type: 'end', step: steps[0]!, index: 1, count: 3, tookMs: 340, failed: false },
  { type: 'begin', step: steps[1]!, index: 2, count: 3 },
  ...['one', 'two', 'three', 'four \u001b[31mred and much too long for forty columns'].map((line): StepEvent => ({ type: 'line', step: steps[1]!, index: 2, count: 3, line })),
  { type: 'end', step: steps[1]!, index: 2, count: 3, tookMs: 61_250, failed: true },
];

function drawn(isTerminal: boolean, events: readonly StepEvent[]): string {
  let text = '';
  const progress = new BuildProgress((more) => void (text += more), { isTerminal, columns: 40 });
  for (const event of events) progress.show(event);
  return text.replaceAll('\u001b[J', '').split('\u001b[').map((part, at) => (at === 0 ? part : part.replace(/^(\d+)A/, '<up $1, clear>'))).join('');
}

test('on a terminal: a bar, the step, the last three lines of its log, and one line for each step that has ended', () => {
  expect(drawn(true, EVENTS)).toBe(`░░░ 1/3 Looking at this machine
<up 1, clear>✓ Looking at this machine (0.3 s)
█░░ 2/3 Getting the node image
<up 1, clear>█░░ 2/3 Getting the node image
  one
<up 2, clear>█░░ 2/3 Getting the node image
  one
  two
<up 3, clear>█░░ 2/3 Getting the node image
  one
  two
  three
<up 4, clear>█░░ 2/3 Getting the node image
  two
  three
  four red and much too long for forty 
<up 4, clear>✗ Getting the node image (61.3 s)
`);
});

test('elsewhere: every line once, nothing drawn over', () => {
  expect(drawn(false, EVENTS.slice(0, 4))).toBe('[1/3] Looking at this machine\n✓ Looking at this machine (0.3 s)\n[2/3] Getting the node image\n  one\n');
});
