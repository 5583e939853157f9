/**
 * A pod's priority class becomes a number. See plugin/pkg/admission/priority/admission.go.
 */
import type { KubeObject, Stored } from '../../api/object.ts';
import { forbidden } from '../../api/status.ts';
import type { Loose } from '../define.ts';
import type { Admission } from './index.ts';

export const priority: Admission = {
  name: 'Priority',
  create({ registry, kind, object }) {
    if (kind.group !== '' || kind.plural !== 'pods') return;
    const spec = (object as Loose)['spec'] as { priorityClassName?: string; priority?: number; preemptionPolicy?: string };
    let chosen: (Stored<KubeObject> & Loose) | undefined;
    if (spec.priorityClassName) {
      chosen = registry.find('priorityclasses.scheduling.k8s.io', spec.priorityClassName) as typeof chosen;
      if (!chosen) throw forbidden(kind, object.metadata.name, `no PriorityClass with name ${spec.priorityClassName} was found`);
    } else {
      chosen = registry.list('priorityclasses.scheduling.k8s.io').items.find((item) => (item as Loose)['globalDefault'] === true) as typeof chosen;
      if (chosen) spec.priorityClassName = chosen.metadata.name;
    }
    const value = (chosen?.['value'] as number | undefined) ?? 0;
    if (spec.priority !== undefined && spec.priority !== value) {
      throw forbidden(kind, object.metadata.name, `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`);
    }
    spec.priority = value;
    spec.preemptionPolicy ??= (chosen?.['preemptionPolicy'] as string | undefined) ?? 'PreemptLowerPriority';
  },
};
