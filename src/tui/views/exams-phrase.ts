/** Exams in one phrase, for the home screen. Apart from the rest, since the first frame waits for it. */
import type { PastExam } from '../../lab/exam/history.ts';
import { span, type Line } from '../text/lines.ts';
import { clock } from './format.ts';

/** How one that is not graded stands. */
export function stateOf({ status, remainingMs }: PastExam): string {
  if (status === 'paused') return `PAUSED with ${clock(remainingMs)} left`;
  return status === 'running' ? `${clock(remainingMs)} left` : 'time is over, to be graded';
}

/** For the home screen. */
export function examsPhrase(past: readonly PastExam[]): Line {
  const open = past.find(({ status }) => status !== 'graded');
  if (open) return [span(`${open.title} ${open.id}: ${stateOf(open)}. `, 'accent'), span('Press e to go on.', 'dim')];
  const last = past.findLast(({ percent }) => percent !== undefined);
  if (last) return [span(`Last: ${last.percent} %, ${last.passed ? 'passed' : 'not passed'}. `), span('Press e for exams.', 'dim')];
  return [span('None taken yet. Press e for a mock exam.', 'dim')];
}
