/**
 * Mock exams taken in the real program on a pseudo-terminal: one solved in full from a bare host, one in part with known
 * mistakes and the exact score that they leave, one killed in the middle (screen and simulators) and gone on with.
 * Different seeds, terminal sizes and times of day.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import type { ExamReport } from '../../src/lab/exam/report.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { fillIn } from '../../src/lab/template.ts';
import { type Eyes, noPty } from '../support/eyes.ts';
import { Learner } from '../support/learner.ts';

const skip = await noPty();
const SLOW = { timeout: 180_000 };
const PREFIX = '\x1d';

interface Status {
  readonly exam: string;
  readonly status: string;
  readonly remainingMs: number;
  readonly startedAt: string;
  readonly tasks: readonly { readonly id: string; readonly lab: string; readonly host: string; readonly cluster: string; readonly weight: number; readonly flagged: boolean; readonly note: string; readonly spentMs: number; readonly environment: string }[];
}

const learner = new Learner();
const open: Eyes[] = [];
const screen = async (words: string, options = {}): Promise<Eyes> => {
  const eyes = await learner.screen(words, options);
  open.push(eyes);
  return eyes;
};
const status = async () => (await learner.json('exam status')) as unknown as Status;
const report = async () => (await learner.json('exam report')) as unknown as ExamReport;
const folderOf = (exam: string) => join(learner.folder, 'data', 'exams', exam);

/** A script of a task's lab, with everything filled in that was drawn, where a shell can run it. */
function scriptFor(exam: string, task: string, choose: (lab: Lab) => string): string {
  const lab = (JSON.parse(readFileSync(join(folderOf(exam), 'labs.json'), 'utf8')) as Record<string, Lab>)[task]!;
  const file = join(learner.home, `task-${exam}-${task}.sh`);
  writeFileSync(file, fillIn(readFileSync(choose(lab), 'utf8'), lab.drawn?.values ?? {}));
  return file;
}

const solution = (lab: Lab) => lab.proof.solution;
const mistake = (name: string) => (lab: Lab) => lab.proof.mistakes.find(({ script }) => script.endsWith(`/${name}.sh`))!.script;

/** The panel has the keyboard. */
async function panel(eyes: Eyes): Promise<void> {
  eyes.type(PREFIX);
  await eyes.see('Tab terminal');
}

async function ends(eyes: Eyes): Promise<string> {
  eyes.type('F');
  await eyes.see('End and grade now');
  eyes.type('y');
  return eyes.see('Where the time went', 60_000);
}

async function quits(eyes: Eyes): Promise<void> {
  eyes.type('\x03');
  await eyes.see('terminal restored');
}

afterEach(() => open.splice(0).forEach((eyes) => eyes.close()));
afterAll(() => learner.leave(), 60_000);

describe.skipIf(skip)('an exam', () => {
  test('solved in full, from a bare host: 100 %', SLOW, async () => {
    const eyes = await screen('exam start --seed 7 --labs cross-node-pods,service-patch,renamed-port --bare-host', { env: { TZ: 'Pacific/Auckland' } });
    await eyes.see('[base]');
    const { tasks, exam } = await status();
    expect(tasks).toHaveLength(3);
    eyes.type('kubectl get nodes\r');
    await eyes.see('kubectl: command not found');
    for (const { id, host } of tasks) {
      // A host that is not there yet refuses, as a machine that starts.
      eyes.type(`until ssh ${host} true 2>/dev/null; do sleep 0.1; done; ssh ${host}\r`);
      await eyes.see(`[${host}]`, 60_000);
      eyes.type(`bash ${scriptFor(exam, id, solution)} >/dev/null && echo task ${id} is do''ne\r`);
      await eyes.see(`task ${id} is done`, 60_000);
      eyes.type('exit\r');
      await eyes.see(/\[base\][^[]*$/);
      await panel(eyes);
      if (id !== '3') {
        eyes.type('n');
        await eyes.see(`task ${Number(id) + 1} of 3`);
        eyes.type('\t');
      }
    }
    expect(await ends(eyes)).toContain('100 %: passed (66 % needed)');
    await quits(eyes);
    const { percent, tasks: graded, advice } = await report();
    expect([percent, graded.map((task) => task.status)]).toEqual([100, ['full', 'full', 'full']]);
    expect(graded.every(({ spentMs, typed }) => spentMs > 0 && typed.length > 0)).toBe(true);
    expect(advice[0]).toBe('kubectl was typed once on the base host, which has none. Begin every task with its ssh.');
    // Nothing runs on, and every final state is kept.
    expect(JSON.parse((await learner.cka('cluster list --json')).out)).toEqual([]);
    expect(learner.ownKubeconfigIsUntouched).toBe(true);
  });

  test('its final state can be looked at again', SLOW, async () => {
    const { kubeconfig } = (await learner.json('exam review 1')) as { readonly kubeconfig: string };
    const { out } = await learner.run(['kubectl', '--kubeconfig', kubeconfig, 'get', 'namespaces', '-o', 'name']);
    expect(out).toContain('namespace/');
    const id = (await status()).tasks[0]!;
    expect(out).toContain(`namespace/${(JSON.parse(readFileSync(join(folderOf((await status()).exam), 'labs.json'), 'utf8')) as Record<string, Lab>)[id.id]!.namespaces[0]}`);
    expect(await learner.json('exam review 1 --down')).toMatchObject({ removed: true });
    expect(JSON.parse((await learner.cka('cluster list --json')).out)).toEqual([]);
  });

  test('solved in part, with known mistakes: exactly the score that they leave', SLOW, async () => {
    const eyes = await screen('exam start --seed 11 --labs cross-node-pods,service-patch', { columns: 110, rows: 30, env: { TZ: 'America/Los_Angeles' } });
    await eyes.see(/\[cka\d+\]/, 60_000);
    const { tasks, exam } = await status();
    const mistakes: Readonly<Record<string, string>> = { 'networking/cross-node-pods': 'wrong-target-port', 'networking/service-patch': 'bare-name' };
    for (const { id, lab, host } of tasks) {
      await eyes.see(`[${host}]`, 60_000);
      eyes.type(`bash ${scriptFor(exam, id, mistake(mistakes[lab]!))} >/dev/null && echo task ${id} is do''ne\r`);
      await eyes.see(`task ${id} is done`, 60_000);
      if (id === '1') {
        await panel(eyes);
        eyes.type('n');
        await eyes.see('task 2 of 2');
      }
    }
    await panel(eyes);
    // Service without the right port: 6 of 10. A name that only works at home: 7 of 10.
    const expected = Math.round(tasks.reduce((sum, { lab, weight }) => sum + weight * (lab === 'networking/cross-node-pods' ? 0.6 : 0.7), 0) * 10) / 10;
    expect(await ends(eyes)).toContain(`${expected} %: not passed (66 % needed)`);
    await quits(eyes);
    const { percent, tasks: graded, weak } = await report();
    expect([percent, expected]).toEqual([65, 65]);
    expect(graded.flatMap(({ criteria }) => criteria.filter(({ status: found }) => found !== 'pass').map(({ id }) => id)).toSorted()).toEqual(['other-namespace', 'service-answers', 'service-endpoints']);
    expect(weak.length).toBeGreaterThan(0);
  });

  test('killed in the middle, screen and simulators, and gone on with', SLOW, async () => {
    const words = 'exam start --seed 3 --labs service-patch,cross-node-pods --minutes 30';
    const first = await screen(words, { columns: 80, rows: 24 });
    await first.see('task 1 of 2');
    await first.see('Tab terminal', 60_000);
    first.type('fn');
    await first.see('task 2 of 2');
    first.type('eremember me\r');
    await first.see('[note]');
    await first.see('remember me');
    const before = await status();
    const solved = before.tasks.find(({ lab }) => lab === 'networking/service-patch')!;
    // Work that was done before the crash, in a terminal of one's own.
    expect(await learner.run(['bash', '-c', `${await shellFor(solved.id)}\nbash ${scriptFor(before.exam, solved.id, solution)}`])).toMatchObject({ code: 0 });
    process.kill(learner.pid, 'SIGKILL');
    await first.see('exit code 137');
    // A simulator writes what was done within a fifth of a second: a power cut may cost what came after.
    await vi.waitFor(() => expect(readFileSync(join(learner.folder, 'data', 'clusters', solved.cluster, 'store.json'), 'utf8')).toContain('catalog-url'), { timeout: 5_000 });
    process.kill(learner.simulatorPid(solved.cluster), 'SIGKILL');
    const other = await learner.cka('exam start --labs cross-node-pods --json');
    expect([other.code, other.err]).toEqual([2, `Error: Exam ${before.exam} is not finished yet.\nTry: Go on with it: cka exam resume. End it: cka exam finish\n`]);

    const second = await screen('exam resume', { columns: 150, rows: 42, env: { TZ: 'Asia/Kolkata' } });
    await second.see('task 2 of 2');
    await second.see('1 flagged');
    await second.see('remember me');
    const after = await status();
    expect(after.startedAt).toBe(before.startedAt);
    expect(after.remainingMs).toBeLessThan(before.remainingMs);
    expect(after.tasks.map(({ flagged, note }) => [flagged, note])).toEqual([[true, ''], [false, 'remember me']]);
    await second.see(/\[cka\d+\]/, 60_000);
    await panel(second);
    await ends(second);
    await quits(second);
    const graded = Object.fromEntries((await report()).tasks.map(({ lab, status: found }) => [lab, found]));
    expect(graded).toEqual({ 'networking/cross-node-pods': 'none', 'networking/service-patch': 'full' });
  });

  test('an environment that is gone is not counted, and never a zero', SLOW, async () => {
    const started = (await learner.json('exam start --seed 5 --labs service-patch,no-scheduler --per-cluster 1 --pauses')) as unknown as Status;
    const [one, two] = started.tasks;
    expect(await learner.run(['bash', '-c', `${await shellFor(one!.id)}\nbash ${scriptFor(started.exam, one!.id, solution)}`])).toMatchObject({ code: 0 });
    expect((await learner.cka('exam pause')).out).toBe('The clock stands still. `cka exam continue` goes on.\n');
    expect((await status()).status).toBe('paused');
    await learner.cka('exam continue');
    await learner.cka(`cluster down --name ${two!.cluster}`);
    rmSync(join(learner.folder, 'run', 'exams'), { recursive: true, force: true });
    const { code, out } = await learner.cka('exam finish --json');
    const { percent, tasks } = JSON.parse(out) as ExamReport;
    expect([code, percent, tasks.map(({ status: found }) => found)]).toEqual([0, 100, ['full', 'invalid']]);
    expect((await learner.cka('exam list')).out).toMatch(/65 % not passed[\s\S]*100 % passed/);
  });
});

async function shellFor(task: string): Promise<string> {
  const { code, out, err } = await learner.cka(`exam env ${task}`);
  if (code !== 0) throw new Error(err);
  return out;
}
