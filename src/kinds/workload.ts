/**
 * What Deployments, ReplicaSets, DaemonSets and their kin share: a selector and a template that must fit together.
 * See pkg/apis/apps/validation/validation.go.
 */
import { isEqual } from '../api/deep.ts';
import { invalidValue, notSupported, required, type FieldError } from '../api/field-error.ts';
import { matchesLabelSelectorObject, type LabelSelector } from '../api/selector.ts';
import type { KubeObject } from '../api/object.ts';
import { containerImages, containerNames } from './cells.ts';
import { wide, type Loose } from './define.ts';
import type { Column } from './kind.ts';
import { labelValueProblems, qualifiedNameProblems, validateLabels } from './metadata.ts';
import { defaultPodSpec } from './pod/defaults.ts';
import type { PodTemplate } from './pod/types.ts';
import { validatePodTemplate } from './pod/validate.ts';
import { labelSelectorToString } from '../api/selector.ts';

export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  lastUpdateTime?: string;
  lastTransitionTime?: string;
  reason?: string;
  message?: string;
}

export interface Workload extends KubeObject {
  spec: { selector?: LabelSelector; template: PodTemplate; replicas?: number; minReadySeconds?: number };
}

export function defaultTemplate(template: PodTemplate | undefined): void {
  if (template?.spec) defaultPodSpec(template.spec);
}

/** Selector, replicas and template of everything in apps/v1. `kind` is the word of the message about an empty selector. */
export function validateWorkload({ spec }: Workload, kind: string): FieldError[] {
  const errors: FieldError[] = [];
  if ((spec?.replicas ?? 0) < 0) errors.push(invalidValue('spec.replicas', spec.replicas, 'must be greater than or equal to 0'));
  if ((spec?.minReadySeconds ?? 0) < 0) errors.push(invalidValue('spec.minReadySeconds', spec.minReadySeconds, 'must be greater than or equal to 0'));
  const { selector, template } = spec ?? {};
  if (!selector) errors.push(required('spec.selector'));
  else {
    errors.push(...validateLabelSelector(selector, 'spec.selector'));
    const empty = !Object.keys(selector.matchLabels ?? {}).length && !selector.matchExpressions?.length;
    if (empty) errors.push(invalidValue('spec.selector', selector, `empty selector is invalid for ${kind}`));
    else if (!matchesLabelSelectorObject(selector, template?.metadata?.labels)) {
      errors.push(invalidValue('spec.template.metadata.labels', template?.metadata?.labels ?? {}, '`selector` does not match template `labels`'));
    }
  }
  // The pods of a StatefulSet mount claims that the template does not name: their spec is judged when they are made.
  errors.push(...(kind === 'statefulset' ? validateLabels(template?.metadata?.labels, 'spec.template.labels') : validatePodTemplate(template, 'spec.template')));
  const restartPolicy = template?.spec?.restartPolicy;
  if (restartPolicy && restartPolicy !== 'Always' && ['OnFailure', 'Never'].includes(restartPolicy)) errors.push(notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']));
  return errors;
}

export function selectorIsImmutable(next: Workload, previous: Workload): FieldError[] {
  return isEqual(next.spec.selector, previous.spec.selector) ? [] : [invalidValue('spec.selector', next.spec.selector, 'field is immutable')];
}

export function validateLabelSelector(selector: LabelSelector, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    for (const problem of qualifiedNameProblems(key)) errors.push(invalidValue(`${path}.matchLabels`, key, problem));
    for (const problem of labelValueProblems(value)) errors.push(invalidValue(`${path}.matchLabels`, value, problem));
  }
  selector.matchExpressions?.forEach(({ key, operator, values }, index) => {
    const at = `${path}.matchExpressions[${index}]`;
    if (operator === 'In' || operator === 'NotIn') {
      if (!values?.length) errors.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values?.length) errors.push({ path: `${at}.values`, type: 'Forbidden', detail: "may not be specified when `operator` is 'Exists' or 'DoesNotExist'" });
    } else errors.push(invalidValue(`${at}.operator`, operator ?? '', 'not a valid selector operator'));
    for (const problem of qualifiedNameProblems(key ?? '')) errors.push(invalidValue(`${at}.key`, key ?? '', problem));
  });
  return errors;
}

/** The wide columns that every workload ends in. */
export const workloadColumns: readonly Column<Loose>[] = [
  wide('Containers', (object) => containerNames(object['spec'].template)),
  wide('Images', (object) => containerImages(object['spec'].template)),
  wide('Selector', (object) => labelSelectorToString(object['spec'].selector)),
];
