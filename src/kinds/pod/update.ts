/**
 * What may change in a pod that exists: images, the deadline, more tolerations. The refusal ends in a diff.
 * See ValidatePodUpdate in pkg/apis/core/validation/validation.go.
 */
import { draft, isEqual } from '../../api/deep.ts';
import { forbiddenField, invalidValue, type FieldError } from '../../api/field-error.ts';
import { unifiedDiff } from '../../api/unified-diff.ts';
import { podSpecLines } from './go-struct.ts';
import type { Container, Pod } from './types.ts';

const RULE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

export function podUpdateErrors(next: Pod, previous: Pod): FieldError[] {
  const errors: FieldError[] = [];
  for (const list of ['containers', 'initContainers'] as const) {
    if ((next.spec[list]?.length ?? 0) !== (previous.spec[list]?.length ?? 0)) {
      // The real server stops here: the rest cannot be compared.
      return [forbiddenField(`spec.${list}`, 'pod updates may not add or remove containers')];
    }
  }
  const { activeDeadlineSeconds: after } = next.spec;
  const { activeDeadlineSeconds: before } = previous.spec;
  if (before !== undefined && (after === undefined || after > before)) {
    errors.push(invalidValue('spec.activeDeadlineSeconds', after ?? null, after === undefined ? 'must not update from a positive integer to nil value' : `must be less than or equal to previous value`));
  }
  const tolerations = next.spec.tolerations ?? [];
  if (!(previous.spec.tolerations ?? []).every((old) => tolerations.some((toleration) => isEqual({ ...toleration, tolerationSeconds: 0 }, { ...old, tolerationSeconds: 0 })))) {
    errors.push(forbiddenField('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds'));
  }
  if (errors.length > 0) return errors;
  const munged = draft<Pod>(next).spec;
  const images = (to: Container[] | undefined, from: Container[] | undefined) =>
    to?.forEach((container, index) => {
      const image = from?.[index]?.image;
      if (image !== undefined) container.image = image;
    });
  images(munged.containers, previous.spec.containers);
  images(munged.initContainers, previous.spec.initContainers);
  for (const field of ['activeDeadlineSeconds', 'tolerations', 'schedulingGates', 'ephemeralContainers'] as const) {
    if (previous.spec[field] === undefined) delete munged[field];
    else Object.assign(munged, { [field]: previous.spec[field] });
  }
  if (!isEqual(munged, previous.spec)) {
    const diff = unifiedDiff(podSpecLines(previous.spec), podSpecLines(munged));
    errors.push(forbiddenField('spec', `${RULE}\n${diff}`));
  }
  return errors;
}
