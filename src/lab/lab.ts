/**
 * A lab read into memory. On disk it is a folder `labs/<pack>/<nn-name>/`: lab.yaml, task.md, hints.md, solution.md,
 * debrief.md, setup/, solution.sh, alternatives/*.sh, mistakes/*.sh. Knows no backend and no screen.
 */
import type { Capability, ClusterSpec } from '../cluster/cluster.ts';
import type { Finding } from './checker.ts';
import type { Domain } from './exam/domains.ts';
import type { Drawn } from './template.ts';

export interface Lab {
  /** `<pack>/<name>`, e.g. `networking/cross-node-pods`. Unique suffixes (`cross-node-pods`) find it too. */
  readonly id: string;
  readonly title: string;
  readonly domain: Domain;
  readonly competency: string;
  readonly difficulty: 'easy' | 'medium' | 'hard';
  readonly minutes: number;
  readonly needs: readonly Capability[];
  /** Share in an exam, relative to the other tasks; the points when it says nothing. */
  readonly weight?: number;
  /**
   * What a learner may have to change: the lab's own namespaces, or the cluster itself (nodes, kube-system). Labs that
   * touch the cluster never stand beside another one on it.
   */
  readonly touches?: 'namespaces' | 'cluster';
  /** How kube-proxy must work when the lab starts; `iptables` when it says nothing. */
  readonly proxyMode?: ClusterSpec['proxyMode'];
  /** What was drawn for this learner, and from which seed; absent when nothing in the lab varies. */
  readonly seed?: number;
  readonly drawn?: Drawn;
  /** The same lab drawn anew; absent when nothing in it varies. */
  vary?(seed: number): Lab;
  /** Hints for what is there at the moment: each is given when its condition passes. */
  readonly observations?: readonly Observation[];
  /** Namespaces the lab owns; created at the start, removed at reset. The first is the shell's current one. */
  readonly namespaces: readonly string[];
  readonly task: string;
  readonly hints: readonly string[];
  readonly solution: string;
  readonly debrief: string;
  readonly folder: string;
  readonly setup: readonly SetupStep[];
  readonly criteria: readonly Criterion[];
  readonly documentation: readonly string[];
  /** Scripts that prove the lab, for the tests. */
  readonly proof: { readonly solution: string; readonly alternatives: readonly string[]; readonly mistakes: readonly Mistake[] };
}

export type SetupStep =
  | { readonly apply: string }
  | { readonly wait: { readonly resource: string; readonly name: string; readonly namespace?: string; readonly condition: string; readonly is?: string } }
  | { readonly delete: { readonly resource: string; readonly namespace?: string; readonly name?: string; readonly selector?: string } }
  | { readonly until: { readonly use: string; readonly with: unknown } }
  | { readonly node: string; readonly script: string };

export interface Criterion {
  readonly id: string;
  readonly title: string;
  readonly points: number;
  /** The checker's name in `checkers/`. */
  readonly use: string;
  readonly with: unknown;
  /** Criteria that must pass first: until then this one fails without being looked at. */
  readonly needs?: readonly string[];
  /** Why it counts; shown in the debrief. */
  readonly why?: string;
}

export interface Observation {
  /** A checker and its parameters; the hint is given when it passes. */
  readonly when: { readonly use: string; readonly with: unknown };
  readonly hint: string;
}

export interface Mistake {
  readonly script: string;
  /** Ids of the criteria that must catch it. */
  readonly caughtBy: readonly string[];
}

/** One criterion, judged. */
export interface CriterionResult {
  readonly id: string;
  readonly title: string;
  readonly points: number;
  readonly of: number;
  readonly finding: Finding;
}

export interface CheckReport {
  readonly lab: string;
  readonly points: number;
  readonly of: number;
  readonly criteria: readonly CriterionResult[];
  /** Milliseconds of grading. */
  readonly tookMs: number;
}
