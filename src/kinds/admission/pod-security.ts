/**
 * Pods that violate what their namespace enforces are refused; what makes pods is warned of.
 * See k8s.io/pod-security-admission/admission/admission.go.
 */
import { isEqual } from '../../api/deep.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import { forbidden, invalid } from '../../api/status.ts';
import type { Loose } from '../define.ts';
import type { JudgedPod } from '../pod-security/check.ts';
import { describeViolations, standardOf, validateStandards, violations, warnedStandard } from '../pod-security/policy.ts';
import type { Pod, PodTemplate } from '../pod/types.ts';
import type { Admission, AdmissionRequest } from './index.ts';

export const podSecurity: Admission = {
  name: 'PodSecurity',
  judgeCreate: (request) => judge(request),
  judgeUpdate(request) {
    // A running pod cannot become less secure but by a container that is added to it.
    if (request.kind.plural !== 'pods' || request.options.subresource === 'ephemeralcontainers') judge(request);
  },
};

function judge(request: AdmissionRequest): void {
  const { kind, object, options } = request;
  if (kind.group === '' && kind.plural === 'namespaces') return judgeNamespace(request);
  if (options.subresource !== undefined && options.subresource !== 'ephemeralcontainers') return;
  if (kind.group === '' && kind.plural === 'pods') return judgePod(request, object as unknown as Pod);
  const template = templateOf(object);
  if (template?.spec) warn(request, { metadata: (template.metadata ?? {}) as JudgedPod['metadata'], spec: template.spec });
}

/** Of workloads, CronJobs among them. */
function templateOf(object: KubeObject): PodTemplate | undefined {
  const { spec } = object as Loose;
  return (spec?.template ?? spec?.jobTemplate?.spec?.template) as PodTemplate | undefined;
}

function judgePod(request: AdmissionRequest, pod: Pod): void {
  const { kind } = request;
  const enforced = standardOf(labelsOf(request), 'enforce');
  const found = enforced ? violations(enforced, pod as JudgedPod) : [];
  if (enforced && found.length > 0) throw forbidden(kind, pod.metadata.name, `violates ${describeViolations(enforced, found)}`);
  warn(request, pod as JudgedPod);
}

function warn(request: AdmissionRequest, pod: JudgedPod): void {
  const standard = warnedStandard(labelsOf(request));
  const found = standard ? violations(standard, pod) : [];
  if (standard && found.length > 0) request.options.onWarning?.(`would violate ${describeViolations(standard, found)}`);
}

function labelsOf({ registry, object }: AdmissionRequest): Readonly<Record<string, string>> | undefined {
  return registry.find('namespaces', object.metadata.namespace ?? '')?.metadata.labels;
}

/** A stricter namespace says which of its pods it would not let in again. */
function judgeNamespace({ registry, kind, object, previous, options }: AdmissionRequest): void {
  const { labels, name } = object.metadata;
  const errors = validateStandards(labels);
  const isKnown = previous !== undefined && isEqual(errors, validateStandards(previous.metadata.labels));
  if (errors.length > 0 && !isKnown) throw invalid(kind, name, errors);
  const standard = standardOf(labels, 'enforce');
  if (!previous || !standard || isEqual(standard, standardOf(previous.metadata.labels, 'enforce'))) return;
  const byReasons = new Map<string, string[]>();
  for (const pod of registry.list('pods', { namespace: name }).items as unknown as readonly Stored<Pod>[]) {
    const reasons = violations(standard, pod).map(({ reason }) => reason).join(', ');
    if (reasons !== '') byReasons.set(reasons, [...(byReasons.get(reasons) ?? []), pod.metadata.name]);
  }
  if (byReasons.size === 0) return;
  options.onWarning?.(`existing pods in namespace "${name}" violate the new PodSecurity enforce level "${standard.level}:${standard.version}"`);
  for (const line of [...byReasons].map(([reasons, pods]) => `${someOf(pods)}: ${reasons}`).toSorted()) options.onWarning?.(line);
}

/** `web`, `web (and 1 other pod)`, `web (and 3 other pods)` */
function someOf([first, ...others]: readonly string[]): string {
  return others.length === 0 ? `${first}` : `${first} (and ${others.length} other pod${others.length === 1 ? '' : 's'})`;
}
