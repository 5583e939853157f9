/** PodDisruptionBudget: how many pods must stay while nodes are drained. See pkg/registry/policy/poddisruptionbudget/strategy.go. */
import { invalidValue, type FieldError } from '../api/field-error.ts';
import { column, defineKind } from './define.ts';
import { validateShare } from './deployment.ts';

export const poddisruptionbudget = defineKind({
  group: 'policy',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  shortNames: ['pdb'],
  generation: true,
  subresources: ['status'],
  defaults(object) {
    object['spec'] ??= {};
  },
  prepareForCreate(object) {
    object['status'] = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 };
  },
  validate({ spec }) {
    const errors: FieldError[] = [];
    if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined) errors.push(invalidValue('spec', spec, 'minAvailable and maxUnavailable cannot be both set'));
    for (const field of ['minAvailable', 'maxUnavailable']) errors.push(...validateShare(spec[field], `spec.${field}`));
    return errors;
  },
  middle: [
    column('Min Available', (pdb) => String(pdb['spec'].minAvailable ?? 'N/A')),
    column('Max Unavailable', (pdb) => String(pdb['spec'].maxUnavailable ?? 'N/A')),
    column('Allowed Disruptions', (pdb) => pdb['status']?.disruptionsAllowed ?? 0, { type: 'integer' }),
  ],
});
