/**
 * Services and EndpointSlices turned into what a proxier needs: one record per port of a Service, with the endpoints that
 * may serve it from this node. See pkg/proxy/serviceport.go and pkg/proxy/topology.go (CategorizeEndpoints).
 */
import type { Stored } from '../../api/object.ts';
import type { EndpointSlice } from '../../kinds/endpointslice.ts';
import type { Service } from '../../kinds/service.ts';

export interface ServicePort {
  /** `default/web:http`, or `default/web` when the port has no name. */
  readonly name: string;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly clusterIp: string;
  readonly port: number;
  readonly nodePort: number | undefined;
  readonly externalIps: readonly string[];
  readonly loadBalancerIps: readonly string[];
  readonly sourceRanges: readonly string[];
  readonly internalLocal: boolean;
  readonly externalLocal: boolean;
  /** Seconds that a client sticks to its endpoint; undefined without session affinity. */
  readonly affinitySeconds: number | undefined;
  readonly healthCheckNodePort: number | undefined;
  /** Endpoints for the Cluster traffic policy, and those on this node for the Local one. */
  readonly cluster: readonly Endpoint[];
  readonly local: readonly Endpoint[];
  /** Addresses of those on this node that are ready: what a health check counts. */
  readonly readyHere: readonly string[];
}

export interface Endpoint {
  readonly ip: string;
  readonly port: number;
  readonly isLocal: boolean;
}

interface Candidate extends Endpoint {
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
}

/** Every proxied port, sorted by name: headless and ExternalName Services have none. */
export function servicePorts(
  services: readonly Stored<Service>[],
  slices: readonly Stored<EndpointSlice>[],
  nodeName: string,
): readonly ServicePort[] {
  return new ServicePorts(nodeName).update(services, slices);
}

interface Known {
  readonly service: Stored<Service>;
  readonly slices: readonly Stored<EndpointSlice>[];
  readonly ports: readonly ServicePort[];
}

const NO_SLICES: readonly Stored<EndpointSlice>[] = [];

/** The same, remembering: a Service that did not change keeps its very records, so that whoever uses them can tell. */
export class ServicePorts {
  #known = new Map<string, Known>();

  constructor(private readonly nodeName: string) {}

  update(services: readonly Stored<Service>[], slices: readonly Stored<EndpointSlice>[]): readonly ServicePort[] {
    const slicesOf = new Map<string, Stored<EndpointSlice>[]>();
    for (const slice of slices) {
      const service = slice.metadata.labels?.['kubernetes.io/service-name'];
      if (!service || slice.addressType !== 'IPv4') continue;
      const key = `${slice.metadata.namespace}/${service}`;
      const mine = slicesOf.get(key);
      if (mine) mine.push(slice);
      else slicesOf.set(key, [slice]);
    }
    const known = new Map<string, Known>();
    for (const service of services) {
      const key = `${service.metadata.namespace}/${service.metadata.name}`;
      const mine = slicesOf.get(key) ?? NO_SLICES;
      const before = this.#known.get(key);
      // What the store hands out is frozen: the same object says the same.
      const same = before && before.service === service && before.slices.length === mine.length && before.slices.every((slice, index) => slice === mine[index]);
      known.set(key, same ? before : { service, slices: mine, ports: portsOf(service, mine, this.nodeName) });
    }
    this.#known = known;
    return [...known.values()].flatMap((one) => one.ports).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.protocol < b.protocol ? -1 : 1));
  }
}

function portsOf(service: Stored<Service>, slices: readonly Stored<EndpointSlice>[], nodeName: string): readonly ServicePort[] {
  const spec = service.spec;
  const clusterIp = spec.clusterIP;
  if (!clusterIp || clusterIp === 'None' || spec.type === 'ExternalName') return [];
  if (service.metadata.labels?.['service.kubernetes.io/service-proxy-name'] !== undefined) return [];
  const reachesOut = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  return (spec.ports ?? []).map((port) => {
    const all = candidates(slices, port.name ?? '', port.protocol ?? 'TCP', nodeName);
    return {
      name: `${service.metadata.namespace}/${service.metadata.name}${port.name ? `:${port.name}` : ''}`,
      protocol: (port.protocol ?? 'TCP').toLowerCase() as ServicePort['protocol'],
      clusterIp,
      port: port.port,
      nodePort: reachesOut && port.nodePort ? port.nodePort : undefined,
      externalIps: spec.externalIPs ?? [],
      loadBalancerIps: (service.status?.loadBalancer?.ingress ?? []).flatMap((ingress) => (ingress.ip ? [ingress.ip] : [])),
      sourceRanges: spec.loadBalancerSourceRanges ?? [],
      internalLocal: spec.internalTrafficPolicy === 'Local',
      externalLocal: reachesOut && spec.externalTrafficPolicy === 'Local',
      affinitySeconds: spec.sessionAffinity === 'ClientIP' ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10800) : undefined,
      healthCheckNodePort: spec.healthCheckNodePort,
      cluster: usable(all),
      local: usable(all.filter((endpoint) => endpoint.isLocal)),
      readyHere: all.filter((endpoint) => endpoint.isLocal && endpoint.ready).map(({ ip }) => ip),
    };
  });
}

/** The ready ones; when none is, those that still serve while they terminate. */
function usable(all: readonly Candidate[]): readonly Endpoint[] {
  const ready = all.filter((endpoint) => endpoint.ready);
  return ready.length > 0 ? ready : all.filter((endpoint) => endpoint.serving && endpoint.terminating);
}

function candidates(slices: readonly Stored<EndpointSlice>[], portName: string, protocol: string, nodeName: string): readonly Candidate[] {
  const found = new Map<string, Candidate>();
  for (const slice of slices) {
    const port = slice.ports?.find((one) => (one.name ?? '') === portName && (one.protocol ?? 'TCP') === protocol)?.port;
    if (port === undefined) continue;
    for (const endpoint of slice.endpoints ?? []) {
      const ip = endpoint.addresses[0];
      if (!ip) continue;
      const ready = endpoint.conditions?.ready ?? true;
      const terminating = endpoint.conditions?.terminating ?? false;
      found.set(`${ip}:${port}`, {
        ip,
        port,
        isLocal: endpoint.nodeName === nodeName,
        ready,
        serving: endpoint.conditions?.serving ?? ready,
        terminating,
      });
    }
  }
  return [...found.values()].sort((a, b) => (`${a.ip}:${a.port}` < `${b.ip}:${b.port}` ? -1 : 1));
}
