/**
 * Marking a pod that a part of the control plane, not its owner, brings to an end, so that the pod itself says who and why.
 * See apis/core/v1 DisruptionTarget and pkg/controller/tainteviction, podgc, pkg/scheduler/framework/preemption.
 */
import type { Stored } from '../api/object.ts';
import { draft } from '../api/deep.ts';
import { timestamp } from '../api/time.ts';
import { withCondition } from './conditions.ts';
import type { ControllerContext } from './controller.ts';
import { unlessGone } from './objects.ts';
import type { Pod } from './shapes.ts';

export interface Disruption {
  readonly reason: string;
  readonly message: string;
  /** What the pod's phase becomes where no kubelet is left to say so. */
  readonly phase?: 'Failed';
}

/** Writes the condition DisruptionTarget into the status of a pod that is still there. */
export function markDisrupted({ registry, clock }: ControllerContext, pod: Stored<Pod>, { reason, message, phase }: Disruption): void {
  unlessGone(() => {
    const next = draft<Pod>(pod);
    next.status = {
      ...next.status,
      ...(phase ? { phase } : {}),
      conditions: withCondition(next.status?.conditions, { type: 'DisruptionTarget', status: 'True', lastProbeTime: null, lastTransitionTime: timestamp(clock.unixMs()), reason, message }),
    };
    registry.update('pods', next, { subresource: 'status' });
  });
}

/** Marks it, then deletes it with its own grace. */
export function evictPod(context: ControllerContext, pod: Stored<Pod>, disruption: Disruption): void {
  markDisrupted(context, pod, disruption);
  unlessGone(() => context.registry.delete('pods', pod.metadata.name, pod.metadata.namespace));
}
