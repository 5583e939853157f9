/**
 * EndpointSlice: what kube-proxy and CoreDNS read. Slices of at most a hundred endpoints, one set per combination of
 * ports. See k8s.io/endpointslice/reconciler.go.
 */
import type { Stored } from '../api/object.ts';
import { draft, isEqual } from '../api/deep.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { controllerReference, find, keyOf, list, unlessGone } from './objects.ts';
import { isNamespaceTerminating } from './pod-control.ts';
import { backends, hasSelector, isHeadless, servicesOf, targetRef, type Backend } from './service-endpoints.ts';
import type { EndpointSlice, Pod, Service, SliceEndpoint, SlicePort } from './shapes.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const US = 'endpointslice-controller.k8s.io';
const LIMIT = 100;

export function endpointSliceController(context: ControllerContext): Controller {
  const { registry } = context;
  return {
    name: 'endpointslice',
    watches: [
      { group: '', resource: 'services', toKeys: (object) => [keyOf(object)] },
      { group: '', resource: 'pods', toKeys: (object, _type, previous) => servicesOf(registry, object as unknown as Stored<Pod>, previous as unknown as Stored<Pod> | undefined) },
      {
        group: 'discovery.k8s.io',
        resource: 'endpointslices',
        toKeys: (object) => {
          const { labels, namespace = 'default' } = object.metadata;
          return labels?.[MANAGED_BY] === US && labels[SERVICE_NAME] ? [{ namespace, name: labels[SERVICE_NAME] }] : [];
        },
      },
    ],
    reconcile: (key) => {
      const service = find<Service>(registry, 'services', key);
      const ours = list<EndpointSlice>(registry, 'endpointslices.discovery.k8s.io', key.namespace).filter(
        (slice) => slice.metadata.labels?.[SERVICE_NAME] === key.name && slice.metadata.labels[MANAGED_BY] === US,
      );
      if (!service || service.metadata.deletionTimestamp || service.spec.type === 'ExternalName' || !hasSelector(service)) {
        // Without a selector the slices are the user's; ours went stale.
        for (const slice of ours) remove(context, slice);
        return;
      }
      reconcileSlices(context, service, ours);
    },
  };
}

function remove({ registry }: ControllerContext, slice: Stored<EndpointSlice>): void {
  unlessGone(() => registry.delete('endpointslices.discovery.k8s.io', slice.metadata.name, slice.metadata.namespace));
}

interface Wanted {
  readonly ports: SlicePort[] | null;
  readonly endpoints: SliceEndpoint[] | null;
}

function reconcileSlices(context: ControllerContext, service: Stored<Service>, ours: readonly Stored<EndpointSlice>[]): void {
  const left = [...ours];
  for (const wanted of wantedSlices(service, backends(context.registry, service))) {
    const index = Math.max(left.findIndex((slice) => isEqual(slice.ports ?? null, wanted.ports)), left.length > 0 ? 0 : -1);
    const current = index === -1 ? undefined : left.splice(index, 1)[0];
    write(context, service, current, wanted);
  }
  for (const slice of left) remove(context, slice);
}

/** A service that selects nobody still has one slice, empty: that is how the world knows that it was looked at. */
function wantedSlices(service: Stored<Service>, all: readonly Backend[]): Wanted[] {
  const groups = new Map<string, { ports: SlicePort[] | null; endpoints: SliceEndpoint[] }>();
  for (const backend of all) {
    const ports = portsOf(service, backend);
    const id = JSON.stringify(ports);
    const group = groups.get(id) ?? { ports, endpoints: [] };
    groups.set(id, group);
    group.endpoints.push(endpointOf(backend));
  }
  if (groups.size === 0) return [{ ports: null, endpoints: null }];
  return [...groups.values()].flatMap(({ ports, endpoints }) =>
    Array.from({ length: Math.ceil(endpoints.length / LIMIT) }, (_, index) => ({ ports, endpoints: endpoints.slice(index * LIMIT, (index + 1) * LIMIT) })),
  );
}

function portsOf(service: Stored<Service>, backend: Backend): SlicePort[] | null {
  const ports = (service.spec.ports ?? []).flatMap((port, index) => {
    const number = backend.ports[index];
    if (number === undefined) return [];
    return [{ name: port.name ?? '', port: number, protocol: port.protocol ?? 'TCP', ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }) }];
  });
  // Go marshals a slice that was never appended to as null.
  return ports.length === 0 ? null : ports;
}

function endpointOf(backend: Backend): SliceEndpoint {
  const { nodeName } = backend.pod.spec;
  return {
    addresses: [backend.ip],
    conditions: { ready: backend.isReady, serving: backend.isServing, terminating: backend.isTerminating },
    ...(backend.hostname === undefined ? {} : { hostname: backend.hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef: targetRef(backend.pod),
  };
}

function write({ registry }: ControllerContext, service: Stored<Service>, current: Stored<EndpointSlice> | undefined, wanted: Wanted): void {
  const namespace = service.metadata.namespace ?? 'default';
  const labels: Record<string, string> = { ...service.metadata.labels, [MANAGED_BY]: US, [SERVICE_NAME]: service.metadata.name };
  if (isHeadless(service)) labels['service.kubernetes.io/headless'] = '';
  if (current) {
    if (isEqual(current.ports ?? null, wanted.ports) && isEqual(sorted(current.endpoints), sorted(wanted.endpoints)) && isEqual(current.metadata.labels ?? {}, labels)) return;
    const next = { ...draft<EndpointSlice>(current), ...wanted };
    next.metadata.labels = labels;
    registry.update('endpointslices.discovery.k8s.io', next);
    return;
  }
  const slice: EndpointSlice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { generateName: `${service.metadata.name}-`, namespace, labels, ownerReferences: [controllerReference(service)] } as unknown as EndpointSlice['metadata'],
    addressType: 'IPv4',
    ...wanted,
  };
  try {
    registry.create('endpointslices.discovery.k8s.io', slice, { namespace });
  } catch (error) {
    if (!isNamespaceTerminating(error)) throw error;
  }
}

/** The order of endpoints means nothing, and changes with the order in which pods are read. */
function sorted(endpoints: Stored<SliceEndpoint[]> | SliceEndpoint[] | null | undefined): unknown {
  return [...(endpoints ?? [])].sort((a, b) => ((a.addresses[0] ?? '') < (b.addresses[0] ?? '') ? -1 : 1));
}
