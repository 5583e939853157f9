/** Deployment: ReplicaSets, one after the other. See pkg/registry/apps/deployment/strategy.go. */
import { forbiddenField, invalidValue, notSupported, required, type FieldError } from '../api/field-error.ts';
import type { KubeObject } from '../api/object.ts';
import type { LabelSelector } from '../api/selector.ts';
import { column, defineKind } from './define.ts';
import type { PodTemplate } from './pod/types.ts';
import { templateWarnings } from './pod/warnings.ts';
import { defaultTemplate, selectorIsImmutable, validateWorkload, workloadColumns, type Condition } from './workload.ts';

export interface Deployment extends KubeObject {
  spec: {
    replicas?: number;
    selector: LabelSelector;
    template: PodTemplate;
    strategy?: { type?: 'RollingUpdate' | 'Recreate'; rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string } };
    minReadySeconds?: number;
    revisionHistoryLimit?: number;
    paused?: boolean;
    progressDeadlineSeconds?: number;
  };
  status?: {
    observedGeneration?: number;
    replicas?: number;
    updatedReplicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    unavailableReplicas?: number;
    terminatingReplicas?: number;
    conditions?: Condition[];
    collisionCount?: number;
  };
}

export const deployment = defineKind<Deployment>({
  group: 'apps',
  kind: 'Deployment',
  plural: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  generation: true,
  subresources: ['scale', 'status'],
  defaults({ spec }) {
    if (!spec) return;
    spec.replicas ??= 1;
    const strategy = (spec.strategy ??= {});
    strategy.type ||= 'RollingUpdate';
    if (strategy.type === 'RollingUpdate') {
      const rolling = (strategy.rollingUpdate ??= {});
      rolling.maxUnavailable ??= '25%';
      rolling.maxSurge ??= '25%';
    }
    spec.revisionHistoryLimit ??= 10;
    spec.progressDeadlineSeconds ??= 600;
    defaultTemplate(spec.template);
  },
  prepareForCreate(deployment) {
    (deployment as { status?: object }).status = {};
  },
  prepareForUpdate(next, previous) {
    // A change of annotations is a new generation too: the controller copies them to its ReplicaSets.
    if (JSON.stringify(next.metadata.annotations ?? {}) !== JSON.stringify(previous.metadata.annotations ?? {}) && JSON.stringify(next.spec) === JSON.stringify(previous.spec)) {
      next.metadata.generation = (previous.metadata.generation ?? 0) + 1;
    }
  },
  validate(deployment) {
    const errors = validateWorkload(deployment, 'deployment');
    errors.push(...validateStrategy(deployment.spec?.strategy));
    const { progressDeadlineSeconds = 600, minReadySeconds = 0, revisionHistoryLimit = 0 } = deployment.spec ?? {};
    if (revisionHistoryLimit < 0) errors.push(invalidValue('spec.revisionHistoryLimit', revisionHistoryLimit, 'must be greater than or equal to 0'));
    if (progressDeadlineSeconds <= minReadySeconds) errors.push(invalidValue('spec.progressDeadlineSeconds', progressDeadlineSeconds, 'must be greater than minReadySeconds'));
    return errors;
  },
  validateUpdate: (next, previous) => selectorIsImmutable(next, previous as Deployment),
  warnings: (deployment) => templateWarnings(deployment.spec.template, 'spec.template'),
  middle: [
    column('Ready', (d) => `${d['status']?.readyReplicas ?? 0}/${d['spec'].replicas ?? 0}`, { description: 'Number of the pod with ready state' }),
    column('Up-to-date', (d) => d['status']?.updatedReplicas ?? 0, { description: 'Total number of non-terminated pods targeted by this deployment that have the desired template spec.' }),
    column('Available', (d) => d['status']?.availableReplicas ?? 0, { description: 'Total number of available pods (ready for at least minReadySeconds) targeted by this deployment.' }),
  ] as never,
  after: workloadColumns as never,
});

function validateStrategy(strategy: Deployment['spec']['strategy']): FieldError[] {
  const path = 'spec.strategy';
  if (strategy?.type === 'Recreate') return strategy.rollingUpdate ? [forbiddenField(`${path}.rollingUpdate`, 'may not be specified when strategy `type` is \'Recreate\'')] : [];
  if (strategy?.type !== 'RollingUpdate') return [notSupported(path, strategy?.type ?? '', ['Recreate', 'RollingUpdate'])];
  const rolling = strategy.rollingUpdate;
  if (!rolling) return [required(`${path}.rollingUpdate`, 'this should be defaulted and never be nil')];
  const errors: FieldError[] = [];
  for (const field of ['maxUnavailable', 'maxSurge'] as const) errors.push(...validateShare(rolling[field], `${path}.rollingUpdate.${field}`));
  if (isZero(rolling.maxUnavailable) && isZero(rolling.maxSurge)) errors.push(invalidValue(`${path}.rollingUpdate.maxUnavailable`, rolling.maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  if (typeof rolling.maxUnavailable === 'string' && Number.parseInt(rolling.maxUnavailable, 10) > 100) errors.push(invalidValue(`${path}.rollingUpdate.maxUnavailable`, rolling.maxUnavailable, 'must not be greater than 100%'));
  return errors;
}

/** A whole number or a percentage. */
export function validateShare(share: number | string | undefined, path: string): FieldError[] {
  if (typeof share === 'string') {
    return /^[0-9]+%$/.test(share) ? [] : [invalidValue(path, share, "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')")];
  }
  return (share ?? 0) < 0 ? [invalidValue(path, share, 'must be greater than or equal to 0')] : [];
}

const isZero = (share: number | string | undefined) => share === 0 || share === '0%';
