/**
 * Grades one task of an exam. An environment that is broken is said so and never costs the candidate a point. What is
 * right at the first look is right; what is not is looked at once more when somebody worked on it until the end, since
 * nodes need a moment to follow, and when it could not be judged, since a cluster that was started again needs one too.
 */
import { stat } from 'node:fs/promises';
import type { ClusterBackend } from '../../cluster/cluster.ts';
import { checkLab, outcomeOf } from '../check.ts';
import type { Checker } from '../checker.ts';
import type { CheckReport, Lab } from '../lab.ts';
import type { TaskResult } from './event.ts';
import { recordOf } from './exam-shell.ts';
import { isConclusive } from './score.ts';
import type { TaskState } from './state.ts';
import { readTyped, type Typed } from './typed.ts';

/** Nodes follow a change of the API within about a second: what was done at the last moment counts too. */
const FOLLOW_MS = 2000;

export interface Grading {
  readonly state: TaskState;
  /** Was it the task that the candidate had open at the end? */
  readonly isOpen: boolean;
  /** Absent when its copy was lost. */
  readonly lab: Lab | undefined;
  readonly backend: ClusterBackend;
  readonly checkers: readonly Checker[];
  /** The exam's. */
  readonly folder: string;
  /** The command line that starts this program. */
  readonly self: readonly string[];
}

/** Never throws. */
export async function gradeTask(grading: Grading): Promise<{ readonly result: TaskResult; readonly typed: readonly Typed[] }> {
  const record = recordOf(grading.folder, grading.state.task.host);
  const [typed, isFresh] = await Promise.all([readTyped(record), wasWorkedOnLately(grading, record)]);
  try {
    return { result: await judged(grading, isFresh), typed };
  } catch (error) {
    return { result: { invalid: error instanceof Error ? error.message : String(error) }, typed };
  }
}

/** May there be a change that the nodes have not followed yet? Where it cannot be told, there may. */
async function wasWorkedOnLately({ state, isOpen }: Grading, record: string): Promise<boolean> {
  if (isOpen) return true;
  const typedAt = await stat(record).then(({ mtimeMs }) => mtimeMs, () => undefined);
  // Somebody was there and nothing noted what they typed: a shell that cannot, or a terminal of their own.
  if (typedAt === undefined) return state.visits > 0;
  return Date.now() - typedAt < FOLLOW_MS;
}

async function judged({ state: { task, environment }, lab, backend, checkers, self }: Grading, isFresh: boolean): Promise<TaskResult> {
  if (!lab) return { invalid: 'its lab is no longer there' };
  if (environment === 'coming') return { invalid: 'its environment had not come up' };
  if (environment !== 'ready') return { invalid: `its environment could not be made: ${environment.failed}` };
  const look = async (): Promise<CheckReport | undefined> => {
    const cluster = await backend.find(task.cluster);
    return cluster && checkLab(lab, cluster, checkers, () => performance.now(), { self });
  };
  const begun = performance.now();
  const first = await look();
  if (!first) return { invalid: `its cluster ${task.cluster} no longer exists` };
  if (outcomeOf(first) === 'full' || (isConclusive(first) && !isFresh)) return { report: first };
  const rest = isConclusive(first) ? FOLLOW_MS - (performance.now() - begun) : FOLLOW_MS;
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, rest)));
  const second = await look();
  return { report: second && (isConclusive(second) || !isConclusive(first)) ? second : first };
}
