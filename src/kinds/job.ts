/** Job: pods that end. See pkg/apis/batch and pkg/registry/batch/job/strategy.go. */
import { humanDuration } from '../base/duration.ts';
import { invalidValue, required, type FieldError } from '../api/field-error.ts';
import { isEqual } from '../api/deep.ts';
import { parseTimestamp } from '../api/time.ts';
import { column, defineKind, type Loose } from './define.ts';
import { podTemplateInside } from './pod/go-struct.ts';
import { validatePodTemplate } from './pod/validate.ts';
import { defaultTemplate, workloadColumns } from './workload.ts';

/** For a Job and for the template of a CronJob. */
export function defaultJobSpec(spec: Loose['spec']): void {
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2147483647;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
  defaultTemplate(spec.template);
}

export function validateJobSpec(spec: Loose['spec'], path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished']) {
    if ((spec[field] ?? 0) < 0) errors.push(invalidValue(`${path}.${field}`, spec[field], 'must be greater than or equal to 0'));
  }
  errors.push(...validatePodTemplate(spec.template, `${path}.template`));
  const policy = spec.template?.spec?.restartPolicy;
  if (policy === 'Always') errors.push({ path: `${path}.template.spec.restartPolicy`, type: 'Required', detail: 'valid values: "OnFailure", "Never"' });
  return errors;
}

export const job = defineKind({
  group: 'batch',
  kind: 'Job',
  plural: 'jobs',
  categories: ['all'],
  generation: true,
  subresources: ['status'],
  defaults(object) {
    defaultJobSpec((object['spec'] ??= {}));
  },
  prepareForCreate(job) {
    const { spec, metadata } = job as Loose;
    spec.manualSelector ??= false;
    if (!spec.manualSelector && metadata.uid && spec.template) {
      // Every job chooses its pods by its own uid.
      spec.selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': metadata.uid } };
      const labels = ((spec.template.metadata ??= {}).labels ??= {});
      Object.assign(labels, { 'batch.kubernetes.io/controller-uid': metadata.uid, 'batch.kubernetes.io/job-name': metadata.name, 'controller-uid': metadata.uid, 'job-name': metadata.name });
    }
    // A Job without labels of its own shows those of its pods.
    const labels = spec.template?.metadata?.labels;
    if (labels && Object.keys(metadata.labels ?? {}).length === 0) job.metadata.labels = { ...labels };
    job['status'] = {};
  },
  validate: ({ spec }) => [...(spec.selector ? [] : [required('spec.selector')]), ...validateJobSpec(spec, 'spec')],
  validateUpdate(next, previous) {
    const before = previous['spec'] as Loose['spec'];
    const errors: FieldError[] = [];
    for (const field of ['completions', 'selector', 'template']) {
      if (field === 'completions' && next['spec'].completionMode === 'Indexed') continue;
      if (!isEqual(next['spec'][field], before[field])) {
        const value = field === 'template' ? podTemplateInside(next['spec'].template) : next['spec'][field];
        errors.push(invalidValue(`spec.${field}`, value, 'field is immutable'));
      }
    }
    return errors;
  },
  selectableFields: { 'status.successful': (job) => String(job['status']?.succeeded ?? 0) },
  middle: [column('Status', jobStatus), column('Completions', completions), column('Duration', duration)],
  after: workloadColumns,
});

function jobStatus(job: Loose): string {
  const has = (type: string) => (job['status']?.conditions ?? []).some((c: { type: string; status: string }) => c.type === type && c.status === 'True');
  if (has('Complete')) return 'Complete';
  if (has('Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp) return 'Terminating';
  if (has('Suspended')) return 'Suspended';
  if (has('FailureTarget')) return 'FailureTarget';
  return has('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running';
}

function completions({ spec, status }: Loose): string {
  const done = status?.succeeded ?? 0;
  if (spec.completions !== undefined) return `${done}/${spec.completions}`;
  return (spec.parallelism ?? 1) > 1 ? `${done}/1 of ${spec.parallelism}` : `${done}/1`;
}

function duration({ status }: Loose, now: number): string {
  const began = parseTimestamp(status?.startTime);
  if (began === undefined) return '';
  return humanDuration((parseTimestamp(status.completionTime) ?? now) - began);
}
