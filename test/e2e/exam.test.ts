/**
 * Mock exams taken in the real program on a pseudo-terminal: one solved in full from a bare host, one in part with known
 * mistakes and the exact score that they leave, one killed in the middle (screen and simulators) and gone on with.
 * Different seeds, terminal sizes and times of day. `EXAMS=all` takes them with 16 tasks each; otherwise they are short
 * ones, drawn in the same way.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import type { Attempt } from '../../src/lab/progress.ts';
import type { ExamReport } from '../../src/lab/exam/report.ts';
import { type ExamStanding, ExamTaker } from '../support/exam-taker.ts';
import { type Eyes, type EyesOptions, noPty } from '../support/eyes.ts';
import { Learner } from '../support/learner.ts';
import { atTimeOfDay } from '../support/time-of-day.ts';

const skip = await noPty();
const isWhole = process.env['EXAMS'] === 'all';
if (!skip && !isWhole) console.warn('short exams: EXAMS=all takes them with 16 tasks each');

const SLOW = { timeout: isWhole ? 600_000 : 240_000 };

const learner = new Learner();
const taker = new ExamTaker(learner);
const { standing, report } = taker;
const open: Eyes[] = [];
const screen = async (words: string, options: EyesOptions = {}): Promise<Eyes> => {
  const eyes = await learner.screen(words, options);
  open.push(eyes);
  return eyes;
};

/** What somebody does to each task of an exam, and the points that leaves. */
interface Row {
  readonly lab: string;
  /** Nothing at all when absent. */
  readonly deed?: string;
  readonly points: number;
  readonly of: number;
}

const short = (rows: readonly Row[], count: number): readonly Row[] => (isWhole ? rows : rows.slice(0, count));
const exam = (rows: readonly Row[]): string => `--labs ${rows.map(({ lab }) => lab).join(',')} --tasks ${rows.length}`;
const rowOf = (rows: readonly Row[], lab: string): Row => rows.find((row) => lab.endsWith(`/${row.lab}`))!;

const SIXTEEN: readonly Row[] = [
  { lab: 'cross-node-pods', deed: 'wrong-target-port', points: 6, of: 10 },
  { lab: 'service-patch', deed: 'bare-name', points: 7, of: 10 },
  { lab: 'pin-to-a-node', points: 0, of: 6 },
  { lab: 'ends-again-and-again', deed: 'solution', points: 7, of: 7 },
  { lab: 'by-file-alone', deed: 'solution', points: 6, of: 6 },
  { lab: 'three-chains', points: 0, of: 8 },
  { lab: 'three-silences', deed: 'solution', points: 8, of: 8 },
  { lab: 'a-node-has-gone', deed: 'solution', points: 7, of: 7 },
  { lab: 'waiting-for-room', deed: 'solution', points: 6, of: 6 },
  { lab: 'whose-addresses', deed: 'swapped', points: 1, of: 5 },
  { lab: 'node-port', deed: 'random-port', points: 2, of: 7 },
  { lab: 'only-the-kitchen', deed: 'every-port', points: 6, of: 8 },
  { lab: 'a-table-instead-of-a-list', deed: 'one-node', points: 3, of: 8 },
  { lab: 'who-complains', deed: 'solution', points: 6, of: 6 },
  { lab: 'settings-from-outside', deed: 'literal', points: 4, of: 6 },
  { lab: 'rolled-out-too-far', points: 0, of: 7 },
];

afterEach(() => open.splice(0).forEach((eyes) => eyes.close()));
afterAll(() => learner.leave(), 60_000);

describe.skipIf(skip)('an exam', () => {
  test('solved in full, from a bare host: 100 %', SLOW, async () => {
    const rows = short(SIXTEEN, 3);
    const eyes = await screen(`exam start --seed 7 ${exam(rows)} --bare-host`, { env: { TZ: 'Pacific/Auckland', ...atTimeOfDay('06:10:00') } });
    await eyes.see('[base]');
    const { tasks, exam: id } = await standing();
    expect(tasks).toHaveLength(rows.length);
    eyes.type('kubectl get nodes\r');
    await eyes.see('kubectl: command not found');
    for (const [index, task] of tasks.entries()) {
      await taker.doesByWayOfSsh(eyes, id, task, 'solution');
      if (index + 1 < tasks.length) await taker.next(eyes, index + 2, tasks.length);
    }
    await taker.settled(tasks);
    expect(await taker.ends(eyes)).toContain('100 %: passed (66 % needed)');
    // A look at the first task as it was left; its cluster goes with the screen.
    eyes.type('v');
    await eyes.see(`review  task 1 of ${tasks.length}`);
    eyes.type('r');
    await eyes.see(`[${tasks[0]!.host}]`, 60_000);
    await taker.panel(eyes);
    await taker.quits(eyes);
    const { percent, tasks: graded, advice } = await report(id);
    expect([percent, [...new Set(graded.map((task) => task.status))]]).toEqual([100, ['full']]);
    expect(graded.every(({ spentMs, typed }) => spentMs > 0 && typed.length > 0)).toBe(true);
    expect(advice[0]).toBe('kubectl was typed once on the base host, which has none. Begin every task with its ssh.');
    // Nothing runs on, and every final state is kept.
    expect(JSON.parse((await learner.cka('cluster list --json')).out)).toEqual([]);
    expect(learner.ownKubeconfigIsUntouched).toBe(true);
  });

  test('its final state can be looked at again', SLOW, async () => {
    const { exam: id, tasks } = await standing();
    const { kubeconfig } = (await learner.json('exam review 1')) as { readonly kubeconfig: string };
    // Ours: a machine may have no other.
    const { out } = await learner.cka(`kubectl --kubeconfig ${kubeconfig} get namespaces -o name`);
    expect(out).toContain(`namespace/${taker.lab(id, tasks[0]!.id).namespaces[0]}`);
    expect(await learner.json('exam review 1 --down')).toMatchObject({ removed: true });
    expect(JSON.parse((await learner.cka('cluster list --json')).out)).toEqual([]);
  });

  test('solved in part, with known mistakes: exactly the score that they leave', SLOW, async () => {
    const rows = short(SIXTEEN, 4);
    // Midnight passes while it is taken.
    const eyes = await screen(`exam start --seed 11 ${exam(rows)}`, { columns: 110, rows: 30, env: { TZ: 'America/Los_Angeles', ...atTimeOfDay('07:59:55') } });
    await eyes.see(/\[cka\d+\]/, 60_000);
    const { tasks, exam: id } = await standing();
    for (const [index, task] of tasks.entries()) {
      await taker.does(eyes, id, task, rowOf(rows, task.lab).deed);
      if (index + 1 < tasks.length) await taker.next(eyes, index + 2, tasks.length);
    }
    const percent = Math.round(tasks.reduce((sum, { lab, weight }) => sum + (weight * rowOf(rows, lab).points) / rowOf(rows, lab).of, 0) * 10) / 10;
    expect(await taker.ends(eyes)).toContain(`${percent} %: not passed (66 % needed)`);
    await taker.quits(eyes);
    const { percent: reported, tasks: graded, weak } = await report(id);
    expect(reported).toBe(percent);
    expect(graded.map(({ lab, points, of }) => ({ lab, points, of }))).toEqual(tasks.map(({ lab }) => ({ lab, points: rowOf(rows, lab).points, of: rowOf(rows, lab).of })));
    expect(weak.length).toBeGreaterThan(0);
    // Practice knows of it: what was opened is in the record of the labs.
    const { attempts } = JSON.parse(readFileSync(join(learner.folder, 'data', 'progress.json'), 'utf8')) as { readonly attempts: readonly Attempt[] };
    expect(attempts.filter((attempt) => attempt.exam === id).map(({ lab, points, of, backend }) => ({ lab, points, of, backend }))).toEqual(graded.map(({ lab, points, of }) => ({ lab, points, of, backend: 'simulator' })));
  });

  test('killed in the middle, screen and simulators, and gone on with', SLOW, async () => {
    const rows = short(SIXTEEN, 5);
    const first = await screen(`exam start --seed 3 ${exam(rows)} --minutes 30`, { columns: 80, rows: 24, env: atTimeOfDay('23:30:00') });
    await first.see('task 1 of');
    const before = await standing();
    const { tasks, exam: id } = before;
    const half = Math.ceil(tasks.length / 2);
    await first.see('Tab terminal', 60_000);
    first.type('f');
    await first.see('1 flagged');
    for (const [index, task] of tasks.slice(0, half).entries()) {
      await taker.into(first);
      await taker.does(first, id, task, 'solution');
      await taker.next(first, index + 2, tasks.length);
    }
    first.type('eremember me\r');
    await first.see('[note]');
    await first.see('remember me');
    // A simulator writes what was done within a fifth of a second: a power cut may cost what came after.
    const clusters = [...new Set(tasks.map(({ cluster }) => cluster))];
    await vi.waitFor(async () => expect(new Set((await standing()).tasks.map(({ environment }) => environment))).toEqual(new Set(['ready'])), { timeout: 120_000, interval: 200 });
    const beforeKill = await standing();
    process.kill(learner.pid, 'SIGKILL');
    await first.see('exit code 137');
    for (const cluster of clusters) process.kill(learner.simulatorPid(cluster), 'SIGKILL');
    const other = await learner.cka('exam start --labs cross-node-pods --json');
    expect([other.code, other.err.split('\n').slice(-3)]).toEqual([2, [`Error: Exam ${id} is not finished yet.`, 'Try: Go on with it: cka exam resume. End it: cka exam finish', '']]);

    const second = await screen('exam resume', { columns: 200, rows: 50, env: { TZ: 'Asia/Kolkata' } });
    await second.see(`task ${half + 1} of ${tasks.length}`);
    await second.see('1 flagged');
    await second.see('remember me');
    const after = await standing();
    expect(after.startedAt).toBe(before.startedAt);
    expect(after.remainingMs).toBeLessThan(beforeKill.remainingMs);
    expect(after.tasks.map(({ flagged, note }) => [flagged, note])).toEqual(tasks.map((_task, index) => [index === 0, index === half ? 'remember me' : '']));
    for (const [index, task] of tasks.entries()) {
      if (index >= half) await taker.does(second, id, task, 'solution');
      if (index >= half && index + 1 < tasks.length) await taker.next(second, index + 2, tasks.length);
    }
    await taker.settled(tasks);
    await taker.ends(second);
    await taker.quits(second);
    expect((await report(id)).tasks.map(({ lab, status: found }) => [lab, found])).toEqual(tasks.map(({ lab }) => [lab, 'full']));
  });

  test('an environment that is gone is not counted, and never a zero', SLOW, async () => {
    const started = (await learner.json('exam start --seed 5 --labs service-patch,no-scheduler --per-cluster 1 --pauses')) as unknown as ExamStanding;
    const [one, two] = started.tasks;
    const { code: came, out: environment } = await learner.cka(`exam env ${one!.id}`);
    expect(came).toBe(0);
    expect(await learner.run(['bash', '-c', `${environment}\nbash ${taker.script(started.exam, one!.id, 'solution')}`])).toMatchObject({ code: 0 });
    expect((await learner.cka('exam pause')).out).toBe('The clock stands still. `cka exam continue` goes on.\n');
    expect((await standing()).status).toBe('paused');
    await learner.cka('exam continue');
    await learner.cka(`cluster down --name ${two!.cluster}`);
    rmSync(join(learner.folder, 'run', 'exams'), { recursive: true, force: true });
    const { code, out } = await learner.cka('exam finish --json');
    const { percent, tasks } = JSON.parse(out) as ExamReport;
    expect([code, percent, tasks.map(({ status: found }) => found)]).toEqual([0, 100, ['full', 'invalid']]);
    expect((await learner.cka('exam list')).out).toMatch(/% not passed[\s\S]*100 % passed/);
  });
});
