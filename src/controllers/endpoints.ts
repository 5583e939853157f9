/**
 * Endpoints, the older list of a service's addresses: deprecated, but `kubectl get ep` still asks for it.
 * See pkg/controller/endpoint/endpoints_controller.go.
 */
import type { Stored } from '../api/object.ts';
import { draft, isEqual } from '../api/deep.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { find, keyOf, unlessGone } from './objects.ts';
import { isNamespaceTerminating } from './pod-control.ts';
import { backends, hasSelector, isHeadless, servicesOf, targetRef, type Backend } from './service-endpoints.ts';
import type { EndpointAddress, EndpointSubset, Endpoints, Pod, Service } from './shapes.ts';

const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';

export function endpointsController(context: ControllerContext): Controller {
  const { registry } = context;
  return {
    name: 'endpoints',
    watches: [
      { group: '', resource: 'services', toKeys: (object) => [keyOf(object)] },
      { group: '', resource: 'pods', toKeys: (object, _type, previous) => servicesOf(registry, object as unknown as Stored<Pod>, previous as unknown as Stored<Pod> | undefined) },
      { group: '', resource: 'endpoints', toKeys: (object) => [keyOf(object)] },
    ],
    reconcile: (key) => {
      const service = find<Service>(registry, 'services', key);
      const current = find<Endpoints>(registry, 'endpoints', key);
      if (!service) {
        // Only what we made: Endpoints without a service may be somebody's leader election.
        if (current?.metadata.labels?.[MANAGED_BY] === 'endpoint-controller') unlessGone(() => registry.delete('endpoints', key.name, key.namespace));
        return;
      }
      if (!hasSelector(service)) return;
      write(context, service, current);
    },
  };
}

function write({ registry }: ControllerContext, service: Stored<Service>, current: Stored<Endpoints> | undefined): void {
  const subsets = repack(service, backends(registry, service));
  const headless = isHeadless(service);
  const labels: Record<string, string> = { ...service.metadata.labels, [MANAGED_BY]: 'endpoint-controller' };
  if (headless) labels['service.kubernetes.io/headless'] = '';
  if (current && isEqual(current.subsets ?? [], subsets) && isEqual(current.metadata.labels ?? {}, labels)) return;
  const next: Endpoints = current ? draft<Endpoints>(current) : { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: service.metadata.name, namespace: service.metadata.namespace ?? 'default' } };
  next.metadata.labels = labels;
  if (subsets.length > 0) next.subsets = subsets;
  else delete next.subsets;
  if (current) {
    registry.update('endpoints', next);
    return;
  }
  try {
    registry.create('endpoints', next, { namespace: service.metadata.namespace ?? 'default' });
  } catch (error) {
    if (!isNamespaceTerminating(error)) throw error;
  }
}

/** Addresses with the same ports stand together; addresses in numerical-text order, as RepackSubsets leaves them. */
function repack(service: Stored<Service>, all: readonly Backend[]): EndpointSubset[] {
  const groups = new Map<string, { ports: NonNullable<EndpointSubset['ports']>; ready: EndpointAddress[]; notReady: EndpointAddress[] }>();
  for (const backend of all) {
    if (backend.isTerminating && service.spec.publishNotReadyAddresses !== true) continue;
    const ports = portsOf(service, backend);
    // A pod without any of the named ports offers nothing; a headless service without ports offers the address itself.
    if (ports.length === 0 && (service.spec.ports ?? []).length > 0) continue;
    const id = JSON.stringify(ports);
    const group = groups.get(id) ?? { ports, ready: [], notReady: [] };
    groups.set(id, group);
    const { nodeName } = backend.pod.spec;
    (backend.isReady ? group.ready : group.notReady).push({
      ip: backend.ip,
      ...(backend.hostname === undefined ? {} : { hostname: backend.hostname }),
      ...(nodeName === undefined ? {} : { nodeName }),
      targetRef: targetRef(backend.pod),
    });
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { ports, ready, notReady }]) => ({
    ...(ready.length > 0 && { addresses: ready.sort(byIp) }),
    ...(notReady.length > 0 && { notReadyAddresses: notReady.sort(byIp) }),
    ...(ports.length > 0 && { ports }),
  }));
}

const byIp = (a: EndpointAddress, b: EndpointAddress) => (a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : 0);

function portsOf(service: Stored<Service>, backend: Backend): NonNullable<EndpointSubset['ports']> {
  return (service.spec.ports ?? []).flatMap((port, index) => {
    const number = backend.ports[index];
    if (number === undefined) return [];
    return [{ ...(port.name ? { name: port.name } : {}), port: number, protocol: port.protocol ?? 'TCP', ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }) }];
  });
}
