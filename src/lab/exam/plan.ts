/**
 * What an exam is before anybody takes it: its tasks, where each runs, how long there is and what is needed to pass.
 * Drawn once, then never changed. Knows no cluster and no screen.
 */
import type { BackendName, ClusterSpec } from '../../cluster/cluster.ts';
import type { Lab } from '../lab.ts';
import type { Domain } from './domains.ts';

/** `exam`: many tasks, nothing told before the end. `drill`: one task against its target time. */
export type ExamMode = 'exam' | 'drill';

export interface ExamSettings {
  readonly mode: ExamMode;
  readonly title: string;
  readonly minutes: number;
  readonly tasks: number;
  readonly passPercent: number;
  readonly seed: number;
  /** May the clock be stopped? The real exam's never is. */
  readonly pauses: boolean;
  /** The terminal begins on a bare host without kubectl: every task needs its `ssh` first. */
  readonly bareHost: boolean;
  /** How many tasks may share a cluster, where they do not touch each other. */
  readonly perCluster: number;
  /** The most clusters that the exam may need; as many as its tasks ask for when absent. */
  readonly clusters?: number;
  /** Where its clusters are made, when that is not the simulator; whoever goes on with the exam makes the rest there too. */
  readonly backend?: BackendName;
  /** The learner's own cluster, by its context. */
  readonly context?: string;
}

/** As the real exam is today (see the curriculum v1.35): two hours, 16 tasks, 66 percent, no pause. */
export const EXAM_DEFAULTS: ExamSettings = { mode: 'exam', title: 'Mock exam', minutes: 120, tasks: 16, passPercent: 66, seed: 0, pauses: false, bareHost: false, perCluster: 4 };

export interface ExamTask {
  /** `1` … `16`, as the candidate counts. */
  readonly id: string;
  readonly lab: string;
  readonly title: string;
  readonly domain: Domain;
  readonly competency: string;
  readonly difficulty: Lab['difficulty'];
  /** How long a prepared candidate needs. */
  readonly minutes: number;
  /** Percent of the exam; all tasks together have 100. */
  readonly weight: number;
  /** What the lab's parameters are drawn from. */
  readonly seed: number;
  /** The name to `ssh` to. */
  readonly host: string;
  /** The cluster behind that host. */
  readonly cluster: string;
}

export interface ExamPlan {
  readonly id: string;
  readonly settings: ExamSettings;
  readonly tasks: readonly ExamTask[];
  readonly clusters: readonly ClusterSpec[];
  /** What the drawing could not honour, in sentences: domains without labs, fewer tasks than wanted. */
  readonly remarks: readonly string[];
}
