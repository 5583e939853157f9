/** DaemonSet: a pod on every node that fits. See pkg/registry/apps/daemonset/strategy.go. */
import { invalidValue, notSupported, type FieldError } from '../api/field-error.ts';
import type { KubeObject } from '../api/object.ts';
import type { LabelSelector } from '../api/selector.ts';
import { labelsText } from './cells.ts';
import { column, defineKind } from './define.ts';
import { validateShare } from './deployment.ts';
import type { PodTemplate } from './pod/types.ts';
import { templateWarnings } from './pod/warnings.ts';
import { defaultTemplate, selectorIsImmutable, validateWorkload, workloadColumns, type Condition } from './workload.ts';

export interface DaemonSet extends KubeObject {
  spec: {
    selector: LabelSelector;
    template: PodTemplate;
    updateStrategy?: { type?: 'RollingUpdate' | 'OnDelete'; rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string } };
    minReadySeconds?: number;
    revisionHistoryLimit?: number;
  };
  status?: {
    currentNumberScheduled: number;
    numberMisscheduled: number;
    desiredNumberScheduled: number;
    numberReady: number;
    observedGeneration?: number;
    updatedNumberScheduled?: number;
    numberAvailable?: number;
    numberUnavailable?: number;
    collisionCount?: number;
    conditions?: Condition[];
  };
}

export const daemonset = defineKind<DaemonSet>({
  group: 'apps',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  shortNames: ['ds'],
  categories: ['all'],
  generation: true,
  subresources: ['status'],
  defaults({ spec, metadata }) {
    if (!spec) return;
    const strategy = (spec.updateStrategy ??= {});
    strategy.type ||= 'RollingUpdate';
    if (strategy.type === 'RollingUpdate') {
      const rolling = (strategy.rollingUpdate ??= {});
      rolling.maxUnavailable ??= 1;
      rolling.maxSurge ??= 0;
    }
    spec.revisionHistoryLimit ??= 10;
    defaultTemplate(spec.template);
    // Written by the strategy of the real server for old clients; tools show it.
    (metadata.annotations ??= {})['deprecated.daemonset.template.generation'] ??= '1';
  },
  prepareForCreate(set) {
    set.status = { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 };
  },
  prepareForUpdate(next, previous) {
    const annotations = (next.metadata.annotations ??= {});
    const before = Number(previous.metadata.annotations?.['deprecated.daemonset.template.generation'] ?? 1);
    const changed = JSON.stringify(next.spec.template) !== JSON.stringify(previous.spec.template);
    annotations['deprecated.daemonset.template.generation'] = String(changed ? before + 1 : before);
  },
  validate(set) {
    const errors = validateWorkload(set, 'daemonset');
    errors.push(...validateStrategy(set.spec?.updateStrategy));
    return errors;
  },
  validateUpdate: (next, previous) => selectorIsImmutable(next, previous as DaemonSet),
  warnings: (set) => templateWarnings(set.spec.template, 'spec.template'),
  middle: [
    column('Desired', (ds) => ds['status']?.desiredNumberScheduled ?? 0, { type: 'integer' }),
    column('Current', (ds) => ds['status']?.currentNumberScheduled ?? 0, { type: 'integer' }),
    column('Ready', (ds) => ds['status']?.numberReady ?? 0, { type: 'integer' }),
    column('Up-to-date', (ds) => ds['status']?.updatedNumberScheduled ?? 0, { type: 'integer' }),
    column('Available', (ds) => ds['status']?.numberAvailable ?? 0, { type: 'integer' }),
    column('Node Selector', (ds) => labelsText(ds['spec'].template?.spec?.nodeSelector)),
  ] as never,
  after: workloadColumns as never,
});

function validateStrategy(strategy: DaemonSet['spec']['updateStrategy']): FieldError[] {
  const path = 'spec.updateStrategy';
  if (strategy?.type === 'OnDelete') return [];
  if (strategy?.type !== 'RollingUpdate') return [notSupported(path, strategy?.type ?? '', ['RollingUpdate', 'OnDelete'])];
  const { maxUnavailable, maxSurge } = strategy.rollingUpdate ?? {};
  const errors = [...validateShare(maxUnavailable, `${path}.rollingUpdate.maxUnavailable`), ...validateShare(maxSurge, `${path}.rollingUpdate.maxSurge`)];
  const zero = (share: unknown) => share === 0 || share === '0%';
  if (!zero(maxUnavailable) && !zero(maxSurge)) errors.push(invalidValue(`${path}.rollingUpdate.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  if (zero(maxUnavailable) && zero(maxSurge)) errors.push(invalidValue(`${path}.rollingUpdate.maxUnavailable`, maxUnavailable, 'cannot be 0 when maxSurge is 0'));
  return errors;
}
