/**
 * Endpoints that somebody wrote by hand (a service without selector, a database outside the cluster) become
 * EndpointSlices, because nobody reads Endpoints any more. See pkg/controller/endpointslicemirroring.
 */
import type { Stored } from '../api/object.ts';
import { draft, isEqual } from '../api/deep.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { controllerReference, find, keyOf, list, unlessGone } from './objects.ts';
import { hasSelector } from './service-endpoints.ts';
import type { EndpointSlice, EndpointSubset, Endpoints, Service, SliceEndpoint } from './shapes.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const US = 'endpointslicemirroring-controller.k8s.io';
const KIND = 'endpointslices.discovery.k8s.io';

export function endpointSliceMirroringController(context: ControllerContext): Controller {
  const { registry } = context;
  return {
    name: 'endpointslicemirroring',
    watches: [
      { group: '', resource: 'endpoints', toKeys: (object) => [keyOf(object)] },
      { group: '', resource: 'services', toKeys: (object) => [keyOf(object)] },
    ],
    reconcile: (key) => {
      const endpoints = find<Endpoints>(registry, 'endpoints', key);
      const service = find<Service>(registry, 'services', key);
      const labels = endpoints?.metadata.labels ?? {};
      const isManual = endpoints && service && !hasSelector(service) && labels['endpointslice.kubernetes.io/skip-mirror'] !== 'true' && labels['endpoints.kubernetes.io/managed-by'] !== 'endpoint-controller';
      const ours = list<EndpointSlice>(registry, KIND, key.namespace).filter((slice) => slice.metadata.labels?.[SERVICE_NAME] === key.name && slice.metadata.labels[MANAGED_BY] === US);
      const subsets = isManual ? (endpoints.subsets ?? []) : [];
      const left = [...ours];
      for (const subset of subsets) mirror(context, endpoints as Stored<Endpoints>, subset, left.shift());
      for (const slice of left) unlessGone(() => registry.delete(KIND, slice.metadata.name, slice.metadata.namespace));
    },
  };
}

function mirror({ registry }: ControllerContext, endpoints: Stored<Endpoints>, subset: Stored<EndpointSubset>, current: Stored<EndpointSlice> | undefined): void {
  const { 'endpoints.kubernetes.io/managed-by': _, ...own } = endpoints.metadata.labels ?? {};
  const wanted = {
    addressType: 'IPv4' as const,
    ports: (subset.ports ?? []).map((port) => ({ name: port.name ?? '', port: port.port, protocol: port.protocol ?? 'TCP', ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }) })),
    endpoints: [...(subset.addresses ?? []).map((one) => endpoint(one, true)), ...(subset.notReadyAddresses ?? []).map((one) => endpoint(one, false))],
  };
  const labels = { ...own, [SERVICE_NAME]: endpoints.metadata.name, [MANAGED_BY]: US };
  const namespace = endpoints.metadata.namespace ?? 'default';
  if (!current) {
    const metadata = { generateName: `${endpoints.metadata.name}-`, namespace, labels, ownerReferences: [controllerReference(endpoints)] } as unknown as EndpointSlice['metadata'];
    registry.create(KIND, { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata, ...wanted } as EndpointSlice, { namespace });
    return;
  }
  if (isEqual(current.ports, wanted.ports) && isEqual(current.endpoints, wanted.endpoints) && isEqual(current.metadata.labels, labels)) return;
  const next = { ...draft<EndpointSlice>(current), ...wanted };
  next.metadata.labels = labels;
  registry.update(KIND, next);
}

function endpoint(address: Stored<NonNullable<EndpointSubset['addresses']>[number]>, ready: boolean): SliceEndpoint {
  const { ip, hostname, nodeName, targetRef } = address;
  return { addresses: [ip], conditions: { ready }, ...(hostname && { hostname }), ...(nodeName && { nodeName }), ...(targetRef && { targetRef: { ...targetRef } }) };
}
