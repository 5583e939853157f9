/**
 * Somebody who takes mock exams in the real program on a pseudo-terminal: turns to tasks, types in the terminal of their
 * hosts, ends the exam and reads the report. Knows the labs only by the exam's own copies of them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { ExamReport } from '../../src/lab/exam/report.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { fillIn } from '../../src/lab/template.ts';
import type { Eyes } from './eyes.ts';
import type { Learner } from './learner.ts';

/** What `cka exam status --json` says, as far as tests look at it. */
export interface ExamStanding {
  readonly exam: string;
  readonly status: string;
  readonly remainingMs: number;
  readonly startedAt: string;
  readonly tasks: readonly StandingTask[];
}

export interface StandingTask {
  readonly id: string;
  readonly lab: string;
  readonly host: string;
  readonly cluster: string;
  readonly weight: number;
  readonly flagged: boolean;
  readonly note: string;
  readonly spentMs: number;
  readonly environment: string;
}

/** `solution`, the name of one of the lab's mistakes, or nothing at all. */
export type Deed = string | undefined;

const PREFIX = '\x1d';
/** A machine may be five times slower than the one at the desk. */
const PATIENCE_MS = 90_000;

export class ExamTaker {
  constructor(readonly learner: Learner) {}

  standing = async (): Promise<ExamStanding> => (await this.learner.json('exam status')) as unknown as ExamStanding;
  report = async (exam: string): Promise<ExamReport> => (await this.learner.json(`exam report ${exam}`)) as unknown as ExamReport;
  folderOf = (exam: string): string => join(this.learner.folder, 'data', 'exams', exam);

  /** The exam's own copy of a task's lab. */
  lab(exam: string, task: string): Lab {
    return (JSON.parse(readFileSync(join(this.folderOf(exam), 'labs.json'), 'utf8')) as Record<string, Lab>)[task]!;
  }

  /** A script of a task's lab, with everything filled in that was drawn, where a shell can run it. */
  script(exam: string, task: string, deed: string): string {
    const lab = this.lab(exam, task);
    const path = deed === 'solution' ? lab.proof.solution : lab.proof.mistakes.find(({ script }) => script.endsWith(`/${deed}.sh`))!.script;
    const file = join(this.learner.home, `task-${exam}-${task}.sh`);
    writeFileSync(file, fillIn(readFileSync(path, 'utf8'), lab.drawn?.values ?? {}));
    return file;
  }

  /** Does it in the terminal of the task's host, which is open. */
  async does(eyes: Eyes, exam: string, { id, host }: StandingTask, deed: Deed): Promise<void> {
    await eyes.see(`[${host}]`, PATIENCE_MS);
    if (deed === undefined) return;
    eyes.type(`bash ${this.script(exam, id, deed)} >/dev/null && echo task ${id} is do''ne\r`);
    await eyes.see(`task ${id} is done`, PATIENCE_MS);
  }

  /** The same from the bare host: there with `ssh`, and back. */
  async doesByWayOfSsh(eyes: Eyes, exam: string, task: StandingTask, deed: Deed): Promise<void> {
    // A host that is not there yet refuses, as a machine that starts.
    eyes.type(`until ssh ${task.host} true 2>/dev/null; do sleep 0.1; done; ssh ${task.host}\r`);
    await this.does(eyes, exam, task, deed);
    eyes.type('exit\r');
    await eyes.see(/\[base\][^[]*$/);
  }

  /** Every pod has what it needs: not every solution waits for that, and a busy machine needs its time. */
  async settled(tasks: readonly StandingTask[]): Promise<void> {
    for (const cluster of new Set(tasks.map((task) => task.cluster))) {
      const kubeconfig = join(this.learner.folder, 'data', 'clusters', cluster, 'kubeconfig');
      await vi.waitFor(async () => {
        const { out } = await this.learner.cka(`kubectl --kubeconfig ${kubeconfig} get pods --all-namespaces --no-headers`);
        expect(out.split('\n').filter((line) => line !== '' && !/ (\d+)\/\1 +Running | Completed /.test(line))).toEqual([]);
      }, { timeout: PATIENCE_MS, interval: 200 });
    }
  }

  /** The panel has the keyboard. */
  async panel(eyes: Eyes): Promise<void> {
    eyes.type(PREFIX);
    await eyes.see('Tab terminal');
  }

  /** Into the terminal, where the screen does not go by itself: it is too small for both. */
  async into(eyes: Eyes): Promise<void> {
    await eyes.see('Tab terminal', PATIENCE_MS);
    eyes.type('\t');
  }

  /** On to another task. */
  async next(eyes: Eyes, number: number, of: number): Promise<void> {
    await this.panel(eyes);
    eyes.type('n');
    await eyes.see(`task ${number} of ${of}`);
  }

  async ends(eyes: Eyes): Promise<string> {
    await this.panel(eyes);
    eyes.type('F');
    await eyes.see('End and grade now');
    eyes.type('y');
    return eyes.see('Where the time went', PATIENCE_MS);
  }

  async quits(eyes: Eyes): Promise<void> {
    eyes.type('\x03');
    await eyes.see('terminal restored');
  }
}
