/**
 * What the screens need from the rest of the program. The screens draw what these answer and compute nothing:
 * the same answers give the same screen. Implemented by the command line (the composition root), and by a fake in tests.
 */
import type { ClusterInfo } from '../cluster/cluster.ts';
import type { Trace } from '../cluster/trace.ts';
import type { TraceEnds } from '../cluster/trace-request.ts';
import type { Exam } from '../lab/exam/exam.ts';
import type { PastExam } from '../lab/exam/history.ts';
import type { ExamTask } from '../lab/exam/plan.ts';
import type { ExamReport } from '../lab/exam/report.ts';
import type { CheckReport, Lab } from '../lab/lab.ts';

/** Everything the terminal UI may ask. */
export interface AppServices {
  readonly version: string;
  /** Must answer at once, from memory: the first frame waits for it. */
  labs(): readonly LabListing[];
  /** Cluster up, lab started (or found again). Rejects with a `UserError` when it cannot. */
  openLab(id: string, onProgress?: (step: string) => void): Promise<RunningLab>;
  clusters(): Promise<readonly ClusterInfo[]>;
  doctor(): Promise<readonly DoctorRow[]>;
  /** The learner's own shell, set up for this lab only. */
  shell(lab: RunningLab): ShellCommand;
  /** One line that gives any other terminal the same shell; `npx cka lab shell <id>` when not given. */
  pasteLine?(lab: RunningLab): string;
  /** Follow packets on the lab's cluster. */
  trace?(lab: RunningLab): TraceServices;
  /** What to practise now, and why, from memory; undefined when there is nothing. */
  next?(): { readonly lab: string; readonly title: string; readonly because: string } | undefined;
  /** Days in a row on which something was practised. */
  streakDays?(): number;
  /** True when nothing was ever started here: the home screen then says how to begin. */
  readonly firstRun?: boolean;
  /** Mock exams; without it the screens have none. */
  readonly exams?: ExamServices;
}

/** Packets, as far as screens know them. Both reject with a `UserError` on a cluster that cannot be looked into. */
export interface TraceServices {
  ends(): Promise<TraceEnds>;
  follow(from: string, to: string): Promise<Trace>;
}

/** Exams, as far as screens know them. */
export interface ExamServices {
  /** From memory, oldest first. */
  past(): readonly PastExam[];
  /** Read what others did meanwhile. */
  refresh(): Promise<void>;
  /** What can be begun. */
  offers(): readonly ExamOffer[];
  start(offer: string): Promise<RunningExam>;
  /** Go on, or look at one that has ended. */
  open(id: string): Promise<RunningExam>;
  report(id: string): Promise<WrittenReport>;
  /** One line that gives any other terminal the shell of a task; of the bare host when no task is given. */
  pasteLine(task?: ExamTask): string;
}

export interface ExamOffer {
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  /** One lab against the clock, and no exam. */
  readonly isDrill?: boolean;
}

/** A report, and where it can be read without this program. */
export interface WrittenReport {
  readonly report: ExamReport;
  readonly files: readonly string[];
}

/** The part of an exam that screens use (see `lab/exam/exam.ts`). */
export type RunningExam = Pick<
  Exam,
  'plan' | 'state' | 'onChange' | 'lab' | 'open' | 'flag' | 'note' | 'leave' | 'comeBack' | 'alive' | 'pause' | 'goOn' | 'prepared' | 'prepareAll' | 'finish' | 'shell' | 'baseShell' | 'review' | 'endReview'
>;

/** One row of the home screen. */
export interface LabListing {
  readonly lab: Lab;
  readonly state: 'new' | 'running' | 'tried' | 'solved';
  readonly attempts: number;
  readonly best?: { readonly points: number; readonly of: number; readonly tookMs: number } | undefined;
}

/** The part of a lab session that screens use (see `lab/session.ts`). */
export interface RunningLab {
  readonly lab: Lab;
  readonly cluster: { readonly info: ClusterInfo };
  readonly startedAtMs: number;
  readonly hintsTaken: number;
  /** @param isAsked false when nobody asked: what is found is shown, and kept only when it is the best so far */
  check(isAsked?: boolean): Promise<CheckReport>;
  /** Back to the lab's start. */
  reset(): Promise<void>;
  /** End the lab: remove what it made. */
  stop(): Promise<void>;
  /** What can be said of the cluster as it is now; not counted. */
  observations?(): Promise<readonly string[]>;
  /** The next hint, counted; undefined when there is none left. */
  takeHint(): string | undefined;
  /** The solution, noted as read; without it the lab's own text is shown and nothing noted. */
  readSolution?(): string;
}

/** One thing the doctor looked at. */
export interface DoctorRow {
  readonly id: string;
  readonly title: string;
  readonly status: 'ok' | 'warning' | 'failure';
  readonly detail: string;
  readonly action?: string | undefined;
  /** Matters to real clusters only: labs run without it. */
  readonly for?: 'kind' | undefined;
}

/** A program to run in the terminal pane. */
export interface ShellCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** What the command line may choose. */
export interface TuiOptions {
  /** Linear text without redraw, for screen readers. */
  readonly plain?: boolean;
  /** False: no terminal inside the screen; the learner uses a second one of their own. */
  readonly pane?: boolean;
  /** The key that leaves the terminal pane, as `ctrl-]`. */
  readonly prefix?: string;
  /** How often the criteria are looked at in practice; every four seconds when not given. */
  readonly checkEveryMs?: number;
  /** Open this lab at once. */
  readonly lab?: string;
  /** Open this exam at once. */
  readonly exam?: string;
}
