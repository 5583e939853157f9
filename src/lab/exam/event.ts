/**
 * An exam is the list of what happened in it. Everything else (what is flagged, how much time is left, the score) is
 * computed from that list, so an exam that was interrupted goes on exactly where its list ends.
 */
import type { BackendName } from '../../cluster/cluster.ts';
import type { CheckReport } from '../lab.ts';
import type { ExamPlan } from './plan.ts';
import type { Reading } from './time.ts';
import type { Typed } from './typed.ts';

export type ExamHappening =
  | { readonly type: 'started'; readonly plan: ExamPlan }
  /** The environment of a task is there: where, and why there; or why it is not. */
  | { readonly type: 'prepared'; readonly task: string; readonly place?: Place }
  | { readonly type: 'unprepared'; readonly task: string; readonly because: string }
  | { readonly type: 'opened'; readonly task: string }
  | { readonly type: 'flagged'; readonly task: string; readonly flagged: boolean }
  | { readonly type: 'noted'; readonly task: string; readonly text: string }
  | { readonly type: 'paused' | 'continued' }
  /** The screen was closed, was opened again, is still there: for the minutes of each task, never for the clock. */
  | { readonly type: 'left' | 'returned' | 'alive' }
  | { readonly type: 'finished'; readonly by: 'choice' | 'time' }
  | { readonly type: 'graded'; readonly task: string; readonly result: TaskResult; readonly typed: readonly Typed[] };

export type ExamEvent = ExamHappening & { readonly clocks: Reading };

/** What kind of cluster, and why that kind, in words. */
export interface Place {
  readonly backend: BackendName;
  readonly because?: string;
}

/** A task's grading: a report, or why nothing could be graded. */
export type TaskResult = { readonly report: CheckReport } | { readonly invalid: string };
