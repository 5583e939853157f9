/**
 * The state of an exam, computed from its events and the present: time left, the task that is open, flags, notes,
 * minutes per task. Pure: the same list and the same reading give the same state.
 */
import { assert } from '../../base/assert.ts';
import type { ExamEvent, Place, TaskResult } from './event.ts';
import type { ExamPlan, ExamTask } from './plan.ts';
import { passed, type Reading } from './time.ts';
import type { Typed } from './typed.ts';

/** `over`: the time has run out and nobody has ended the exam yet. */
export type ExamStatus = 'running' | 'paused' | 'over' | 'finished' | 'graded';

/** A stretch of exam time, in milliseconds from its start. */
export interface Stretch {
  readonly task: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface TaskState {
  readonly task: ExamTask;
  readonly flagged: boolean;
  readonly note: string;
  readonly visits: number;
  readonly spentMs: number;
  readonly environment: 'coming' | 'ready' | { readonly failed: string };
  readonly place?: Place;
  readonly result?: TaskResult;
  readonly typed: readonly Typed[];
}

export interface ExamState {
  readonly plan: ExamPlan;
  readonly status: ExamStatus;
  readonly startedAt: number;
  readonly finishedAt?: number;
  readonly finishedBy?: 'choice' | 'time';
  /** Exam time used: pauses do not count. */
  readonly usedMs: number;
  readonly remainingMs: number;
  readonly pausedMs: number;
  readonly open?: string;
  readonly tasks: readonly TaskState[];
  readonly timeline: readonly Stretch[];
}

/** @param now the present; what is past the end of the exam does not count */
export function examState(events: readonly ExamEvent[], now: Reading): ExamState {
  const [first] = events;
  assert(first?.type === 'started', 'an exam begins with its start');
  const { plan } = first;
  const limitMs = plan.settings.minutes * 60_000;
  const walk = new Walk(plan, limitMs);
  let previous = first.clocks;
  for (const event of events) {
    walk.pass(passed(previous, event.clocks));
    walk.happen(event);
    previous = event.clocks;
  }
  if (!walk.finished) walk.pass(passed(previous, now));
  const remainingMs = Math.max(0, limitMs - walk.usedMs);
  const { finished } = walk;
  const tasks = walk.tasks();
  const isGraded = tasks.every(({ result }) => result !== undefined);
  return {
    plan,
    status: finished ? (isGraded ? 'graded' : 'finished') : remainingMs === 0 ? 'over' : walk.isPaused ? 'paused' : 'running',
    startedAt: first.clocks.at,
    ...(finished ? { finishedAt: finished.clocks.at, finishedBy: finished.by } : {}),
    usedMs: Math.min(walk.usedMs, limitMs),
    remainingMs,
    pausedMs: walk.pausedMs,
    ...(walk.open === undefined ? {} : { open: walk.open }),
    tasks,
    timeline: walk.stretches(),
  };
}

/** Goes along the events once, counting. */
class Walk {
  usedMs = 0;
  pausedMs = 0;
  isPaused = false;
  open: string | undefined;
  finished: (ExamEvent & { readonly type: 'finished' }) | undefined;
  /** The screen is known to have been there until then. */
  #aliveMs = 0;
  #beganMs = 0;
  #away = false;
  readonly #stretches: Stretch[] = [];
  readonly #tasks: Map<string, TaskState>;

  constructor(
    plan: ExamPlan,
    private readonly limitMs: number,
  ) {
    this.#tasks = new Map(plan.tasks.map((task) => [task.id, { task, flagged: false, note: '', visits: 0, spentMs: 0, environment: 'coming', typed: [] }]));
  }

  pass(ms: number): void {
    if (this.finished) return;
    if (this.isPaused) this.pausedMs += ms;
    else this.usedMs += ms;
  }

  happen(event: ExamEvent): void {
    switch (event.type) {
      case 'prepared':
        return this.#change(event.task, () => ({ environment: 'ready', ...(event.place === undefined ? {} : { place: event.place }) }));
      case 'unprepared':
        return this.#change(event.task, () => ({ environment: { failed: event.because } }));
      case 'opened':
        // The same task again is no new visit, unless the candidate was away.
        if (this.open === event.task && !this.#away) return this.#stillHere();
        this.#close();
        this.open = event.task;
        this.#away = false;
        this.#beganMs = this.usedMs;
        return this.#change(event.task, ({ visits }) => ({ visits: visits + 1 }));
      case 'flagged':
        return this.#change(event.task, () => ({ flagged: event.flagged }));
      case 'noted':
        return this.#change(event.task, () => ({ note: event.text }));
      case 'paused':
        this.#stillHere();
        this.isPaused = true;
        return undefined;
      case 'continued':
        this.isPaused = false;
        return undefined;
      case 'left':
        this.#close();
        this.#away = true;
        return undefined;
      case 'returned':
        // A screen that crashed never said that it left: the last sign of it is where the stretch ends.
        if (!this.#away) this.#close(this.#aliveMs);
        this.#away = true;
        return undefined;
      case 'alive':
        return this.#stillHere();
      case 'finished':
        this.#close();
        this.finished ??= event;
        return undefined;
      case 'graded':
        return this.#change(event.task, () => ({ result: event.result, typed: event.typed }));
      case 'started':
        return undefined;
    }
  }

  tasks(): readonly TaskState[] {
    const stretches = this.stretches();
    return [...this.#tasks.values()].map((state) => ({
      ...state,
      spentMs: stretches.filter(({ task }) => task === state.task.id).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0),
    }));
  }

  /** With the one that is going on. */
  stretches(): readonly Stretch[] {
    const current = this.open !== undefined && !this.#away && !this.finished ? [{ task: this.open, fromMs: this.#beganMs, toMs: this.usedMs }] : [];
    return [...this.#stretches, ...current]
      .map((stretch) => ({ ...stretch, fromMs: Math.min(stretch.fromMs, this.limitMs), toMs: Math.min(stretch.toMs, this.limitMs) }))
      .filter(({ fromMs, toMs }) => toMs > fromMs);
  }

  #stillHere(): void {
    this.#aliveMs = this.usedMs;
  }

  #close(toMs = this.usedMs): void {
    if (this.open !== undefined && !this.#away) this.#stretches.push({ task: this.open, fromMs: this.#beganMs, toMs: Math.max(this.#beganMs, toMs) });
    this.#beganMs = this.usedMs;
    this.#stillHere();
  }

  /** Events of tasks that the plan does not have are of no exam of ours. */
  #change(id: string, change: (state: TaskState) => Partial<TaskState>): void {
    this.#stillHere();
    const state = this.#tasks.get(id);
    if (state) this.#tasks.set(id, { ...state, ...change(state) });
  }
}

/** Minutes before the end at which the candidate is told. */
export const WARNINGS = [30, 10, 5] as const;

/** The warning that fell between two moments; undefined when none did. */
export function warningBetween(beforeMs: number, afterMs: number): number | undefined {
  return WARNINGS.findLast((minutes) => beforeMs > minutes * 60_000 && afterMs <= minutes * 60_000);
}
