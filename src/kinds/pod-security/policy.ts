/**
 * Which level of the Pod Security Standards a namespace asks for, by its labels, and what a pod violates.
 * See k8s.io/pod-security-admission/api/helpers.go and policy/registry.go.
 *
 * Differs from Kubernetes: the checks are those of the simulated version, whichever version a label names.
 */
import { invalidValue, type FieldError } from '../../api/field-error.ts';
import { baseline } from './baseline.ts';
import type { JudgedPod, Violation } from './check.ts';
import { REPLACED, restricted } from './restricted.ts';

export type Mode = 'enforce' | 'audit' | 'warn';

export interface Standard {
  readonly level: 'privileged' | 'baseline' | 'restricted';
  /** `latest` or `v1.29` */
  readonly version: string;
}

type Labels = Readonly<Record<string, string>> | undefined;

const PREFIX = 'pod-security.kubernetes.io/';
const LEVELS: readonly string[] = ['privileged', 'baseline', 'restricted'];
const VERSION = /^v1\.(0|[1-9]\d*)$/;

/** Undefined when nothing is asked. */
export function standardOf(labels: Labels, mode: Mode): Standard | undefined {
  const level = labels?.[PREFIX + mode];
  if (level === undefined || !LEVELS.includes(level)) return undefined;
  return { level: level as Standard['level'], version: labels?.[`${PREFIX}${mode}-version`] ?? 'latest' };
}

/** What is warned of: who does not say is warned of what is enforced. */
export function warnedStandard(labels: Labels): Standard | undefined {
  return standardOf(labels, 'warn') ?? standardOf(labels, 'enforce');
}

export function violations({ level }: Standard, pod: JudgedPod): readonly Violation[] {
  if (level === 'privileged') return [];
  const checks = level === 'baseline' ? Object.values(baseline) : [...Object.entries(baseline).flatMap(([id, check]) => (REPLACED.has(id) ? [] : check)), ...Object.values(restricted)];
  return checks.flatMap((check) => check(pod) ?? []);
}

/** `violate PodSecurity "restricted:latest": hostPort (container "a" uses hostPort 80)`, behind its `s` or `would`. */
export function describeViolations({ level, version }: Standard, found: readonly Violation[]): string {
  return `PodSecurity "${level}:${version}": ${found.map(({ reason, detail }) => `${reason} (${detail})`).join(', ')}`;
}

/** What is wrong with the labels of a namespace. */
export function validateStandards(labels: Labels): readonly FieldError[] {
  return (['enforce', 'audit', 'warn'] as const).flatMap((mode) => {
    const [level, version] = [labels?.[PREFIX + mode], labels?.[`${PREFIX}${mode}-version`]];
    return [
      ...(level !== undefined && !LEVELS.includes(level) ? [invalidValue(`metadata.labels[${PREFIX}${mode}]`, level, 'must be one of privileged, baseline, restricted')] : []),
      ...(version !== undefined && version !== 'latest' && !VERSION.test(version) ? [invalidValue(`metadata.labels[${PREFIX}${mode}-version]`, version, 'must be "latest" or "v1.x"')] : []),
    ];
  });
}
