/** The task of an exam that is open, and the terminal on its host. Turning to another task turns to its terminal. */
import { useEffect } from 'react';
import type { ExamState, TaskState } from '../../lab/exam/state.ts';
import type { RunningExam } from '../services.ts';
import { taskOf } from '../views/exam.ts';
import type { TerminalState } from './use-front-pane.ts';
import { usePanes } from './use-panes.ts';
import type { Place } from './use-place.ts';

export interface OpenTask extends TaskState {
  /** Its number. */
  readonly at: string;
  readonly terminal: TerminalState;
}

export function useOpenTask(exam: RunningExam, state: ExamState, place: Place): OpenTask {
  const at = state.open ?? exam.plan.tasks[0]!.id;
  const open = taskOf(state, at);
  const { task, environment } = open;
  const { bareHost } = exam.plan.settings;

  // The first task is open from the start, and again after an interruption: its minutes count.
  useEffect(() => {
    void exam.open(at);
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [exam]);

  // A host that could not be made is tried again when its task is opened.
  useEffect(() => {
    exam.prepared(task).catch(() => undefined);
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [exam, at]);

  const name = bareHost ? 'base' : environment === 'ready' ? at : undefined;
  const terminal = usePanes(name, () => (bareHost ? exam.baseShell() : exam.shell(task)), { columns: place.terminal.width, rows: place.terminal.height });
  return { ...open, at, terminal };
}
