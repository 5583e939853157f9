/** Exams for the screens without clusters or disks: the real state, computed from a list in memory; grading is given. */
import type { ExamEvent, ExamHappening, TaskResult } from '../../src/lab/exam/event.ts';
import { EXAM_DEFAULTS, type ExamPlan, type ExamTask } from '../../src/lab/exam/plan.ts';
import { pastExam } from '../../src/lab/exam/history.ts';
import { examReport } from '../../src/lab/exam/report.ts';
import { examState } from '../../src/lab/exam/state.ts';
import type { ExamServices, RunningExam, ShellCommand } from '../../src/tui/services.ts';
import { CROSS_NODE, SERVICE_PATCH } from './fake-app.ts';

const LABS = [SERVICE_PATCH, CROSS_NODE];

export const FAKE_PLAN: ExamPlan = {
  id: 'fake',
  settings: { ...EXAM_DEFAULTS, tasks: 2, seed: 4, pauses: true },
  tasks: LABS.map((lab, index): ExamTask => ({ id: String(index + 1), lab: lab.id, title: lab.title, domain: lab.domain, competency: lab.competency, difficulty: lab.difficulty, minutes: lab.minutes, weight: index === 0 ? 40 : 60, seed: 0, host: `cka00001${index}`, cluster: 'exam-fake-1' })),
  clusters: [{ name: 'exam-fake-1', workers: 2, cni: 'calico', proxyMode: 'iptables' }],
  remarks: ['It covers domains with 20 % of the real exam\'s weight.'],
};

/** @param now Unix milliseconds; @param results what grading will find, by task */
export function fakeExams(now: () => number, results: Readonly<Record<string, TaskResult>> = {}): ExamServices & { readonly happened: readonly string[] } {
  const events: ExamEvent[] = [];
  const listeners = new Set<() => void>();
  const clocks = () => ({ at: now(), up: now(), boot: 'one' });
  const happen = async (what: ExamHappening) => {
    events.push({ ...what, clocks: clocks() });
    for (const listener of [...listeners]) listener();
  };
  const state = () => examState(events, clocks());
  const shell: ShellCommand = { file: '/bin/sh', args: [], env: {}, cwd: '/' };
  const labOf = (task: ExamTask) => LABS[Number(task.id) - 1]!;
  const exam = {
    plan: FAKE_PLAN,
    state,
    onChange: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    lab: labOf,
    open: (task: string) => happen({ type: 'opened', task }),
    flag: (task: string, flagged: boolean) => happen({ type: 'flagged', task, flagged }),
    note: (task: string, text: string) => happen({ type: 'noted', task, text }),
    leave: () => happen({ type: 'left' }),
    comeBack: () => happen({ type: 'returned' }),
    alive: () => happen({ type: 'alive' }),
    pause: () => happen({ type: 'paused' }),
    goOn: () => happen({ type: 'continued' }),
    prepared: async () => undefined as never,
    prepareAll: async () => {
      for (const { id } of FAKE_PLAN.tasks) await happen({ type: 'prepared', task: id });
    },
    shell: async () => shell as never,
    baseShell: async () => shell as never,
    review: async () => shell as never,
    endReview: async () => undefined,
    finish: async (by: 'choice' | 'time', onProgress) => {
      onProgress?.('grading 2 tasks');
      await happen({ type: 'finished', by });
      for (const { id } of FAKE_PLAN.tasks) await happen({ type: 'graded', task: id, result: results[id] ?? { invalid: 'nobody graded it' }, typed: [] });
      return state();
    },
  } satisfies RunningExam;
  return {
    get happened() { return events.map(({ type }) => type); },
    past: () => (events.length === 0 ? [] : [pastExam(state())]),
    refresh: async () => undefined,
    offers: () => [{ id: 'exam', title: 'Mock exam, as the real one', detail: '2 tasks, 120 minutes' }],
    start: async () => {
      await happen({ type: 'started', plan: FAKE_PLAN });
      return exam;
    },
    open: async () => exam,
    report: async () => ({ report: examReport({ state: state(), labs: new Map(FAKE_PLAN.tasks.map((task) => [task.id, labOf(task)])), all: LABS }), files: ['/home/learner/report.html'] }),
    pasteLine: (task) => `npx cka exam shell ${task?.id ?? '--base'}`,
  };
}
