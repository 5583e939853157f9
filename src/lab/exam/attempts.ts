/** What a graded exam says about its labs, for the record that practice follows. */
import type { ExamTaskResult } from '../progress.ts';
import { taskScore } from './score.ts';
import type { ExamState } from './state.ts';

/** The tasks that were opened and could be judged whole: what nobody looked at says nothing about the candidate's skill. */
export function attemptsIn({ tasks, startedAt, finishedAt = startedAt }: ExamState): readonly ExamTaskResult[] {
  return tasks.flatMap(({ task, visits, spentMs, result, place }): readonly ExamTaskResult[] => {
    const { status, points, of, unknown } = taskScore(result);
    if (visits === 0 || status === 'invalid' || unknown > 0) return [];
    return [{ lab: task.lab, backend: 'simulator', ...place, cluster: task.cluster, startedAt, endedAt: finishedAt, tookMs: spentMs, points, of, ...(task.seed > 0 ? { seed: task.seed } : {}) }];
  });
}
