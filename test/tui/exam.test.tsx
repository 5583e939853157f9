/** The screens of an exam as whole frames, at the smallest common size and at a large one; and the same exam as a conversation. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { TaskResult } from '../../src/lab/exam/event.ts';
import { converse } from '../support/converse.ts';
import { fakeApp } from '../support/fake-app.ts';
import { fakeExams } from '../support/fake-exams.ts';
import { show, type Show, type ShowOptions } from '../support/frames.tsx';

const MINUTE = 60_000;
let shown: Show | undefined;
let now = 0;

afterEach(() => {
  shown?.close();
  shown = undefined;
});

const RESULTS: Readonly<Record<string, TaskResult>> = {
  1: { report: { lab: 'x', points: 4, of: 10, tookMs: 1, criteria: [
    { id: 'a', title: 'The Service answers', points: 4, of: 4, finding: { status: 'pass', saw: 'a page' } },
    { id: 'b', title: 'It has endpoints', points: 0, of: 6, finding: { status: 'fail', expected: 'two', saw: 'none', nudge: 'Look at the selector.' } },
  ] } },
  2: { invalid: 'its cluster no longer exists' },
};

function open(options: ShowOptions) {
  now = new Date(2026, 10, 21, 9, 0).getTime();
  const exams = fakeExams(() => now, RESULTS);
  const ui = show(fakeApp(mkdtempSync(join(tmpdir(), 'cka-exam-')), { exams }), { colors: false, now: () => now, ...options });
  shown = ui;
  return { ui, exams };
}

/** From home into the exam, until its first task is open. */
async function begin(ui: Show, exams: ReturnType<typeof fakeExams>): Promise<void> {
  await ui.press('e', 'enter');
  await ui.see('task 1 of 2');
  await vi.waitFor(() => expect(exams.happened).toContain('opened'), 45_000);
}

const NARROW = { columns: 80, rows: 24, pane: false };
const WIDE = { columns: 150, rows: 30, pane: false };

describe('an exam on the screen', () => {
  test('begins from home', async () => {
    const { ui } = open(NARROW);
    await ui.press('e');
    expect(await ui.see('As in the real exam')).toMatchInlineSnapshot(`
      " cka  exams

        Begin
        ❯ Mock exam, as the real one                            2 tasks, 120 minutes

        As in the real exam: no hints, nothing is checked before the end, and the
        clock goes on when you leave.
















       Enter open  Esc back  ? help"
    `);
  });

  test('the task at 80x24, with its weight and its host', async () => {
    const { ui } = open(NARROW);
    await ui.press('e', 'enter');
    expect(await ui.see(/40 %\n\n/)).toMatchInlineSnapshot(`
      " cka  Mock exam  task 1 of 2                                       2:00:00 left
       [task] tasks  note

       1. A Service that finds no Pods
       ssh cka000010                                                             40 %

       The Service shop in namespace blue answers nobody. Find out why, and mend it.

       Documentation
       https://kubernetes.io/docs/concepts/services-networking/













       n next  l list  f flag  e note  F finish  Esc home  ? help"
    `);
  });

  test('the list beside the place of the terminal, with flags, notes and minutes', async () => {
    const { ui, exams } = open(WIDE);
    await begin(ui, exams);
    now += 12 * MINUTE;
    await ui.press('f', 'e', 'd', 'n', 's', 'enter', 'n');
    now += 3 * MINUTE;
    await ui.press('l');
    expect(await ui.see('[tasks]')).toMatchInlineSnapshot(`
      " cka  Mock exam  task 2 of 2                                                                                                  1 flagged  1:45:00 left
        task [tasks] note                                      │
                                                               │ Use your own second terminal
         │  1 A Service that finds no Po… flag n  40 %   12:00 │ This was started without a terminal pane.
       ❯ ▶  2 Pods on two nodes talk to …         60 %    3:00 │
                                                               │ Open another terminal window in the folder of this program and paste this line:
       2 tasks, 0 not opened yet. 66 % are needed. Nothing is  │
       checked before the end.                                 │   npx cka exam shell 2
       It covers domains with 20 % of the real exam's weight.  │
                                                               │ It gives you a shell on the host of this task. The clock, flags and notes stay here.
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
                                                               │
       Enter open  n next  l list  f flag  e note  F finish  Esc home  ? help                                                            Task 1 is flagged."
    `);
  });

  test('paused: the clock stands, the task is hidden', async () => {
    const { ui, exams } = open(NARROW);
    await begin(ui, exams);
    now += MINUTE;
    await ui.press('P');
    await ui.see('PAUSED');
    now += 50 * MINUTE;
    await ui.press('n', 'l');
    const frame = await ui.see('1:59:00 left');
    expect([frame.includes('Service `shop`'), frame.includes('Tasks and terminals are hidden')]).toEqual([false, true]);
    await ui.press('P');
    await ui.see('[task]');
    expect(ui.frame().includes('PAUSED')).toBe(false);
  });

  test('asks before the end, then grades and shows the report', async () => {
    const { ui, exams } = open(NARROW);
    await begin(ui, exams);
    now += 30 * MINUTE;
    await ui.press('F');
    expect((await ui.see('End and grade')).split('\n').at(-1)).toMatchInlineSnapshot(`" End and grade now, with 1:30:00 left and 1 task not opened?   y yes  n no"`);
    await ui.press('n');
    await ui.see('[task]');
    await ui.press('F', 'y');
    expect(await ui.see('Domains')).toMatchInlineSnapshot(`
      " cka  report

        Mock exam fake
        40 %: not passed (66 % needed)
        2026-11-21 09:00. Ended after 30 min of 120 minutes. Seed 4.
        It covers domains with 20 % of the real exam's weight.

        Domains
        Troubleshooting (30 %)                                             not asked
        Cluster Architecture, Installation and Conf…                       not asked
        Services and Networking (20 %)               ────────                   40 %
        Workloads and Scheduling (15 %)                                    not asked
        Storage (10 %)                                                     not asked

        Where the time went, 32 minutes across
         1 A Service that fin… ==========================================··   30 min
         2 Pods on two nodes … ············································      0 s

        Advice
        • Task 1 (A Service that finds no Pods) took more than twice its time and
          did not get full marks. Flag such a task and come back when the others are
          done.
          25 more lines below
       v review  Esc back  ? help"
    `);
    await ui.press('v');
    await ui.see('review  task 1 of 2');
    await ui.press('s');
    await ui.see('[solution]');
    await ui.press('escape');
    await ui.see('Domains');
  });

  test('ends by itself when the time is over', async () => {
    const { ui, exams } = open(NARROW);
    await begin(ui, exams);
    now += 121 * MINUTE;
    await ui.press('f');
    await ui.see('All 120 minutes used: time ran out.');
    expect(exams.happened.filter((type) => type === 'finished')).toHaveLength(1);
  });

  test('leaving does not stop the clock, and the home screen says so', async () => {
    const { ui, exams } = open(NARROW);
    await begin(ui, exams);
    await ui.press('escape');
    now += 10 * MINUTE;
    await ui.press('escape');
    await ui.see('Mock exam fake: 1:50:00 left.');
    expect(exams.happened.at(-1)).toBe('left');
    await ui.press('e', 'enter');
    await ui.see('1:50:00 left');
  });
});

test('an exam as a conversation', async () => {
  now = new Date(2026, 10, 21, 9, 0).getTime();
  const exams = fakeExams(() => now, RESULTS);
  const answers = ['exams', '1', '2', 'flag', 'note', 'again', 'list', 'pause', 'pause', 'nonsense', 'finish', 'yes', 'quit'];
  const said = await converse(fakeApp(mkdtempSync(join(tmpdir(), 'cka-exam-')), { exams }), answers);
  for (const sentence of ['1. Begin: Mock exam, as the real one, 2 tasks, 120 minutes.', 'npx cka exam shell 1', 'Task 2 is flagged.', '2. Pods on two nodes talk to each other. 60 percent. Flagged. Note: again.', 'PAUSED, 2:00:00 left.', 'nonsense is not one of them.', '40 %: not passed (66 % needed)', 'Could not be graded: its cluster no longer exists.']) expect(said).toContain(sentence);
});
