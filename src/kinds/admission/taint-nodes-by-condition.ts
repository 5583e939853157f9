/**
 * A new node is not ready until its kubelet has said so. See plugin/pkg/admission/nodetaint/admission.go.
 */
import type { Loose } from '../define.ts';
import type { Admission } from './index.ts';

export const taintNodesByCondition: Admission = {
  name: 'TaintNodesByCondition',
  create({ kind, object }) {
    if (kind.group !== '' || kind.plural !== 'nodes') return;
    const spec = ((object as Loose)['spec'] ??= {}) as { taints?: { key: string; effect: string }[] };
    if (!spec.taints?.some((taint) => taint.key === 'node.kubernetes.io/not-ready')) (spec.taints ??= []).push({ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' });
  },
};
