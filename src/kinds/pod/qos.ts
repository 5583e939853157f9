/** The quality-of-service class of a pod. See pkg/apis/core/v1/helper/qos/qos.go. */
import { compareQuantities } from '../../api/quantity.ts';
import type { PodSpec, PodStatus } from './types.ts';

const COUNTED = ['cpu', 'memory'] as const;

export function qosClassOf(spec: PodSpec): NonNullable<PodStatus['qosClass']> {
  let some = false;
  let guaranteed = true;
  for (const { resources } of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    for (const name of COUNTED) {
      const request = positive(resources?.requests?.[name]);
      const limit = positive(resources?.limits?.[name]);
      if (request || limit) some = true;
      if (!limit || (request && compareQuantities(request, limit) !== 0)) guaranteed = false;
    }
  }
  return some ? (guaranteed ? 'Guaranteed' : 'Burstable') : 'BestEffort';
}

const positive = (amount: string | undefined) => (amount !== undefined && compareQuantities(amount, '0') > 0 ? amount : undefined);
