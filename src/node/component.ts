/**
 * What a component of the cluster that runs in a pod (kube-proxy, CoreDNS, calico-node …) gets besides its process:
 * the API.
 *
 * Differs from Kubernetes: these components read the API in memory instead of over HTTPS with a service account, so a
 * cut between a node and the control plane does not blind them. The packets that they steer are real.
 */
import type { Clock } from '../base/clock.ts';
import type { Rng } from '../base/rng.ts';
import type { Registry } from '../kinds/registry.ts';

export interface Component {
  readonly nodeName: string;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly rng: Rng;
}
