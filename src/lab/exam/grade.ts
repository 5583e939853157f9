/**
 * Grades one task of an exam. An environment that is broken is said so and never costs the candidate a point; what could
 * not be judged at the first look is looked at once more, since a cluster that was just started again needs a moment.
 */
import type { ClusterBackend } from '../../cluster/cluster.ts';
import { checkLab } from '../check.ts';
import type { Checker } from '../checker.ts';
import type { Lab } from '../lab.ts';
import type { TaskResult } from './event.ts';
import { recordOf } from './exam-shell.ts';
import type { ExamTask } from './plan.ts';
import { isConclusive } from './score.ts';
import type { TaskState } from './state.ts';
import { readTyped, type Typed } from './typed.ts';

/** Nodes follow a change of the API within about a second: what was done at the last moment counts too. */
const FOLLOW_MS = 2000;

export interface Grading {
  readonly task: ExamTask;
  /** Absent when its copy was lost. */
  readonly lab: Lab | undefined;
  readonly environment: TaskState['environment'];
  readonly backend: ClusterBackend;
  readonly checkers: readonly Checker[];
  /** The exam's. */
  readonly folder: string;
}

/** Never throws. */
export async function gradeTask(grading: Grading): Promise<{ readonly result: TaskResult; readonly typed: readonly Typed[] }> {
  const typed = await readTyped(recordOf(grading.folder, grading.task.host));
  try {
    return { result: await judged(grading), typed };
  } catch (error) {
    return { result: { invalid: error instanceof Error ? error.message : String(error) }, typed };
  }
}

async function judged({ task, lab, environment, backend, checkers }: Grading): Promise<TaskResult> {
  if (!lab) return { invalid: 'its lab is no longer there' };
  if (environment === 'coming') return { invalid: 'its environment had not come up' };
  if (environment !== 'ready') return { invalid: `its environment could not be made: ${environment.failed}` };
  const look = async () => {
    const cluster = await backend.find(task.cluster);
    if (!cluster) return undefined;
    await new Promise((resolve) => setTimeout(resolve, FOLLOW_MS));
    return checkLab(lab, cluster, checkers, () => performance.now());
  };
  const first = await look();
  if (!first) return { invalid: `its cluster ${task.cluster} no longer exists` };
  return { report: isConclusive(first) ? first : ((await look()) ?? first) };
}
