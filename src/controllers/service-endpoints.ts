/**
 * Which addresses stand behind a service: shared by Endpoints and EndpointSlice, which print the same truth in two ways.
 * See pkg/controller/endpoint/endpoints_controller.go and k8s.io/endpointslice/utils.go.
 */
import type { ObjectKey, Stored } from '../api/object.ts';
import type { Registry } from '../kinds/registry.ts';
import { keyOf, list } from './objects.ts';
import { isFinished, isReady } from './pods.ts';
import type { Pod, Service, ServicePort } from './shapes.ts';

export interface Backend {
  readonly pod: Stored<Pod>;
  readonly ip: string;
  /** Passes its readiness probe, or the service does not care. */
  readonly isReady: boolean;
  /** Passes its readiness probe, terminating or not. */
  readonly isServing: boolean;
  readonly isTerminating: boolean;
  /** Set when the pod has a DNS name under this (headless) service. */
  readonly hostname?: string;
  /** One per service port; undefined where the pod has no container port of that name. */
  readonly ports: readonly (number | undefined)[];
}

/** A service without selector has no backends of its own: somebody else writes its endpoints. */
export function hasSelector(service: Stored<Service>): boolean {
  return Object.keys(service.spec.selector ?? {}).length > 0;
}

export function isHeadless(service: Stored<Service>): boolean {
  return service.spec.clusterIP === 'None';
}

/** Pods of the selector that have an address, finished ones excepted, oldest first. */
export function backends(registry: Registry, service: Stored<Service>): readonly Backend[] {
  const publish = service.spec.publishNotReadyAddresses === true;
  return list<Pod>(registry, 'pods', service.metadata.namespace)
    .filter((pod) => isSelected(service, pod) && !isFinished(pod) && pod.status?.podIP !== undefined && pod.status.podIP !== '')
    .map((pod) => {
      const isTerminating = pod.metadata.deletionTimestamp !== undefined;
      const hostname = pod.spec.hostname && pod.spec.subdomain === service.metadata.name ? pod.spec.hostname : undefined;
      return {
        pod,
        ip: pod.status?.podIP ?? '',
        isReady: publish || (isReady(pod) && !isTerminating),
        isServing: isReady(pod),
        isTerminating,
        ...(hostname === undefined ? {} : { hostname }),
        ports: (service.spec.ports ?? []).map((port) => targetPort(port, pod)),
      };
    });
}

export function isSelected(service: Stored<Service>, pod: Stored<Pod>): boolean {
  const selector = Object.entries(service.spec.selector ?? {});
  return selector.length > 0 && selector.every(([key, value]) => pod.metadata.labels?.[key] === value);
}

/** A number is taken as it is; a name is looked up in the pod, so two pods may answer on different ports. */
function targetPort(port: Stored<ServicePort>, pod: Stored<Pod>): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target === 0 ? port.port : target;
  const sidecars = (pod.spec.initContainers ?? []).filter((one) => one.restartPolicy === 'Always');
  for (const container of [...pod.spec.containers, ...sidecars]) {
    const found = container.ports?.find((one) => one.name === target && (one.protocol ?? 'TCP') === (port.protocol ?? 'TCP'));
    if (found) return found.containerPort;
  }
  return undefined;
}

/** A changed pod concerns the services that select it, or did before the change. */
export function servicesOf(registry: Registry, pod: Stored<Pod>, previous: Stored<Pod> | undefined): readonly ObjectKey[] {
  return list<Service>(registry, 'services', pod.metadata.namespace)
    .filter((service) => isSelected(service, pod) || (previous !== undefined && isSelected(service, previous)))
    .map(keyOf);
}

export function targetRef(pod: Stored<Pod>) {
  return { kind: 'Pod', name: pod.metadata.name, namespace: pod.metadata.namespace ?? 'default', uid: pod.metadata.uid ?? '' };
}
