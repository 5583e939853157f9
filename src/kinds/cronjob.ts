/** CronJob: Jobs by the clock. See pkg/apis/batch/validation/validation.go. */
import { invalidValue, notSupported, required, type FieldError } from '../api/field-error.ts';
import { age, containerImages, containerNames } from './cells.ts';
import { column, defineKind, wide } from './define.ts';
import { defaultJobSpec, validateJobSpec } from './job.ts';

export const cronjob = defineKind({
  group: 'batch',
  kind: 'CronJob',
  plural: 'cronjobs',
  shortNames: ['cj'],
  categories: ['all'],
  generation: true,
  subresources: ['status'],
  defaults(object) {
    const spec = (object['spec'] ??= {});
    spec.concurrencyPolicy ??= 'Allow';
    spec.suspend ??= false;
    spec.successfulJobsHistoryLimit ??= 3;
    spec.failedJobsHistoryLimit ??= 1;
    if (spec.jobTemplate?.spec) {
      const { completions } = spec.jobTemplate.spec;
      const before = new Set(Object.keys(spec.jobTemplate.spec));
      defaultJobSpec(spec.jobTemplate.spec);
      // Only the pod template of a job template is defaulted by the real server.
      for (const field of ['parallelism', 'backoffLimit', 'completionMode', 'suspend', 'podReplacementPolicy', 'completions']) if (!before.has(field)) delete spec.jobTemplate.spec[field];
      if (completions !== undefined) spec.jobTemplate.spec.completions = completions;
    }
  },
  prepareForCreate(object) {
    object['status'] = {};
  },
  validate({ spec, metadata }) {
    const errors: FieldError[] = [];
    if (!spec.schedule) errors.push(required('spec.schedule'));
    else if (!/^(@(yearly|annually|monthly|weekly|daily|midnight|hourly|every .+)|(\S+\s+){4}\S+)$/.test(spec.schedule.trim())) {
      errors.push(invalidValue('spec.schedule', spec.schedule, `expected exactly 5 fields, found ${spec.schedule.trim().split(/\s+/).length}: [${spec.schedule.trim().split(/\s+/).join(' ')}]`));
    }
    if (!['Allow', 'Forbid', 'Replace'].includes(spec.concurrencyPolicy)) errors.push(notSupported('spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']));
    errors.push(...validateJobSpec(spec.jobTemplate?.spec ?? {}, 'spec.jobTemplate.spec'));
    if ((metadata.name ?? '').length > 52) errors.push(invalidValue('metadata.name', metadata.name, 'must be no more than 52 characters'));
    return errors;
  },
  middle: [
    column('Schedule', (cron) => cron['spec'].schedule),
    column('Timezone', (cron) => cron['spec'].timeZone || '<none>'),
    column('Suspend', (cron) => (cron['spec'].suspend ? 'True' : 'False')),
    column('Active', (cron) => (cron['status']?.active ?? []).length, { type: 'integer' }),
    column('Last Schedule', (cron, now) => (cron['status']?.lastScheduleTime ? age(cron['status'].lastScheduleTime, now) : '<none>')),
  ],
  after: [wide('Containers', (cron) => containerNames(cron['spec'].jobTemplate?.spec?.template)), wide('Images', (cron) => containerImages(cron['spec'].jobTemplate?.spec?.template)), wide('Selector', (cron) => (cron['spec'].jobTemplate?.spec?.selector ? '' : '<none>'))],
});
