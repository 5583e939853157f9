/**
 * Taints repel, tolerations let through. See k8s.io/api/core/v1/toleration.go and
 * pkg/scheduler/framework/plugins/tainttoleration.
 */
import type { Stored } from '../../api/object.ts';
import type { Taint, Toleration } from '../shapes.ts';

export function tolerates(toleration: Stored<Toleration>, taint: Stored<Taint>): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  switch (toleration.operator ?? 'Equal') {
    case 'Equal':
      return (toleration.value ?? '') === (taint.value ?? '');
    case 'Exists':
      return true;
    case 'Lt':
      return integer(taint.value) < integer(toleration.value);
    case 'Gt':
      return integer(taint.value) > integer(toleration.value);
  }
}

/** NaN compares as false with everything: a taint that is no number is not tolerated by a number. */
const integer = (value: string | undefined) => (/^-?\d+$/.test(value ?? '') ? Number(value) : Number.NaN);

/** The first taint of the given effects that nothing tolerates. */
export function untolerated(taints: Stored<Taint[]> | undefined, tolerations: Stored<Toleration[]> | undefined, effects: readonly Taint['effect'][]): Stored<Taint> | undefined {
  return (taints ?? []).find((taint) => effects.includes(taint.effect) && !(tolerations ?? []).some((toleration) => tolerates(toleration, taint)));
}
