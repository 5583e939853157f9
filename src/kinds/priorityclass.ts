/** PriorityClass: names for how much a pod matters. See pkg/apis/scheduling/v1/defaults.go. */
import { forbiddenField, invalidValue, type FieldError } from '../api/field-error.ts';
import { column, defineKind } from './define.ts';

const HIGHEST = 1_000_000_000;

export const priorityclass = defineKind({
  group: 'scheduling.k8s.io',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  shortNames: ['pc'],
  namespaced: false,
  defaults(object) {
    object['preemptionPolicy'] ??= 'PreemptLowerPriority';
    object['value'] ??= 0;
  },
  prepareForCreate(object) {
    object.metadata.generation = 1;
  },
  validate(object) {
    const errors: FieldError[] = [];
    const system = object.metadata.name === 'system-cluster-critical' || object.metadata.name === 'system-node-critical';
    if (object.metadata.name?.startsWith('system-') && !system) errors.push(forbiddenField('metadata.name', "priority class names with 'system-' prefix are reserved for system use only"));
    if (object['value'] > HIGHEST && !system) errors.push(forbiddenField('value', `maximum allowed value of a user defined priority is ${HIGHEST}`));
    return errors;
  },
  validateUpdate: (next, previous) => (next['value'] === previous['value'] ? [] : [invalidValue('value', next['value'], 'field is immutable')]),
  middle: [column('Value', (entry) => entry['value'], { type: 'integer' }), column('Global-Default', (entry) => String(entry['globalDefault'] ?? false))],
  after: [column('PreemptionPolicy', (entry) => entry['preemptionPolicy'] ?? '')],
});
