/**
 * The ranges of Services: the one that the API server was started with stands beside those that users add. A range goes
 * only when no address of it is held. See pkg/controller/servicecidrs/servicecidrs_controller.go.
 */
import { contains, parseCidr, parseIpv4, printCidr } from '../base/address.ts';
import { draft, isEqual } from '../api/deep.ts';
import type { KubeObject, Stored } from '../api/object.ts';
import { timestamp } from '../api/time.ts';
import { withCondition } from './conditions.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { find, list } from './objects.ts';
import type { Condition } from './shapes.ts';

const RESOURCE = 'servicecidrs.networking.k8s.io';
const FINALIZER = 'networking.k8s.io/service-cidr-finalizer';
/** The range of `--service-cluster-ip-range`. */
const DEFAULT = 'kubernetes';

interface ServiceCidr extends KubeObject {
  spec: { cidrs: string[] };
  status?: { conditions?: Condition[] };
}

export function serviceCidrController({ registry, clock }: ControllerContext): Controller {
  return {
    name: 'service-cidr',
    watches: [
      { group: '', resource: 'namespaces', toKeys: ({ metadata: { name } }) => (name === 'default' ? [{ name: DEFAULT }] : []) },
      { group: 'networking.k8s.io', resource: 'servicecidrs', toKeys: ({ metadata: { name } }) => [{ name }] },
      // The last address of a range that is going away may be the one that was let go.
      { group: 'networking.k8s.io', resource: 'ipaddresses', toKeys: (_object, type) => (type === 'DELETED' ? list<ServiceCidr>(registry, RESOURCE).filter(({ metadata }) => metadata.deletionTimestamp).map(({ metadata: { name } }) => ({ name })) : []) },
    ],
    reconcile: ({ name }) => {
      const range = find<ServiceCidr>(registry, RESOURCE, { name });
      if (!range) {
        if (name === DEFAULT) registry.create(RESOURCE, { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name }, spec: { cidrs: [printCidr(registry.serviceCidr)] } } as unknown as KubeObject);
        return;
      }
      const lastTransitionTime = timestamp(clock.unixMs());
      if (!range.metadata.deletionTimestamp) return write(range, { type: 'Ready', status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready', lastTransitionTime });
      if (isHeld(range)) return write(range, { type: 'Ready', status: 'False', reason: 'Terminating', message: 'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR', lastTransitionTime });
      const next = draft<ServiceCidr>(range);
      next.metadata.finalizers = (next.metadata.finalizers ?? []).filter((one) => one !== FINALIZER);
      registry.update(RESOURCE, next);
    },
  };

  /** By an address that no other range has. */
  function isHeld({ metadata, spec }: Stored<ServiceCidr>): boolean {
    const others = list<ServiceCidr>(registry, RESOURCE).filter((one) => one.metadata.name !== metadata.name && !one.metadata.deletionTimestamp);
    return list<KubeObject>(registry, 'ipaddresses.networking.k8s.io').some(({ metadata: { name } }) => lies(name, spec.cidrs) && !others.some((other) => lies(name, other.spec.cidrs)));
  }

  function write(range: Stored<ServiceCidr>, condition: Condition): void {
    const status = { conditions: withCondition(range.status?.conditions, condition) };
    if (!isEqual(status, range.status)) registry.updateStatus(RESOURCE, { ...draft<ServiceCidr>(range), status } as ServiceCidr);
  }
}

function lies(address: string, cidrs: readonly string[]): boolean {
  const ip = parseIpv4(address);
  return ip !== undefined && cidrs.some((text) => {
    const range = parseCidr(text);
    return range !== undefined && contains(range, ip);
  });
}
