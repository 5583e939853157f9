/** Lease: who leads, or that a node is alive. See pkg/registry/coordination/lease/strategy.go. */
import type { KubeObject } from '../api/object.ts';
import { column, defineKind } from './define.ts';

export interface Lease extends KubeObject {
  spec: { holderIdentity?: string; leaseDurationSeconds?: number; acquireTime?: string; renewTime?: string; leaseTransitions?: number };
}

export const lease = defineKind<Lease>({
  group: 'coordination.k8s.io',
  kind: 'Lease',
  plural: 'leases',
  middle: [column('Holder', (lease) => lease['spec']?.holderIdentity ?? '')] as never,
});
