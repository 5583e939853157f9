/**
 * What a Job says of failures and successes beyond their number: podFailurePolicy and successPolicy.
 * See pkg/controller/job/pod_failure_policy.go and success_policy.go.
 */
import type { Stored } from '../../api/object.ts';
import type { Condition, Pod } from '../shapes.ts';
import { parseIndexes } from './indexes.ts';
import type { Job, JobSpec } from './shapes.ts';

export type FailureAction = 'FailJob' | 'FailIndex' | 'Ignore' | 'Count';

export interface Match {
  readonly action: FailureAction;
  readonly message: string;
}

type FailureRule = NonNullable<Stored<JobSpec>['podFailurePolicy']>['rules'][number];

/** The first rule that fits a failed pod; undefined when none does, and the failure counts as ever. */
export function matchFailurePolicy(job: Stored<Job>, pod: Stored<Pod>): Match | undefined {
  const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
  for (const [at, rule] of (job.spec.podFailurePolicy?.rules ?? []).entries()) {
    const ended = rule.onExitCodes && containerThatFits(rule.onExitCodes, pod);
    if (ended) return { action: rule.action, message: `Container ${ended.name} for pod ${name} failed with exit code ${ended.exitCode} matching ${rule.action} rule at index ${at}` };
    const condition = rule.onPodConditions && conditionThatFits(rule.onPodConditions, pod.status?.conditions ?? []);
    if (condition) return { action: rule.action, message: `Pod ${name} has condition ${condition.type} matching ${rule.action} rule at index ${at}` };
  }
  return undefined;
}

/** A failure that a rule says to ignore is no failure of the Job. */
export const countsAsFailure = (job: Stored<Job>, pod: Stored<Pod>): boolean => matchFailurePolicy(job, pod)?.action !== 'Ignore';

interface Ended {
  readonly name: string;
  readonly exitCode: number;
}

function containerThatFits({ operator, values, containerName }: NonNullable<FailureRule['onExitCodes']>, { status }: Stored<Pod>): Ended | undefined {
  const containers = [...(status?.containerStatuses ?? []), ...((status as { initContainerStatuses?: unknown[] } | undefined)?.initContainerStatuses ?? [])] as { name: string; state?: { terminated?: { exitCode: number } } }[];
  for (const { name, state } of containers) {
    const exitCode = state?.terminated?.exitCode;
    // Who ended well did not fail, whatever NotIn would say of it.
    if (!exitCode || (containerName !== undefined && containerName !== name)) continue;
    if (values.includes(exitCode) === (operator === 'In')) return { name, exitCode };
  }
  return undefined;
}

const conditionThatFits = (patterns: NonNullable<FailureRule['onPodConditions']>, conditions: readonly Stored<Condition>[]) =>
  conditions.find((one) => patterns.some((pattern) => pattern.type === one.type && (pattern.status ?? 'True') === one.status));

/** Why the indexes that are done are enough; undefined while they are not. */
export function matchSuccessPolicy(job: Stored<Job>, done: ReadonlySet<number>): string | undefined {
  for (const [at, { succeededIndexes, succeededCount }] of (job.spec.successPolicy?.rules ?? []).entries()) {
    const asked = succeededIndexes === undefined ? undefined : parseIndexes(succeededIndexes);
    const fitting = asked ? [...asked].filter((index) => done.has(index)).length : done.size;
    const needed = succeededCount ?? asked?.size;
    if (needed !== undefined && fitting >= needed) return `Matched rules at index ${at}`;
  }
  return undefined;
}
