/** Service: one name and one address for many pods. See pkg/registry/core/service/strategy.go and storage/storage.go. */
import { isEqual } from '../api/deep.ts';
import type { KubeObject, Stored } from '../api/object.ts';
import { joined, labelsText } from './cells.ts';
import { column, defineKind, wide, type Loose } from './define.ts';
import { validateService, validateServiceUpdate } from './service/validate.ts';

export interface ServicePort {
  name?: string;
  protocol?: 'TCP' | 'UDP' | 'SCTP';
  appProtocol?: string;
  port: number;
  targetPort?: number | string;
  nodePort?: number;
}

export interface Service extends KubeObject {
  spec: {
    type?: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
    ports?: ServicePort[];
    selector?: Record<string, string>;
    clusterIP?: string;
    clusterIPs?: string[];
    externalIPs?: string[];
    sessionAffinity?: 'None' | 'ClientIP';
    sessionAffinityConfig?: { clientIP?: { timeoutSeconds?: number } };
    loadBalancerIP?: string;
    loadBalancerSourceRanges?: string[];
    loadBalancerClass?: string;
    externalName?: string;
    externalTrafficPolicy?: 'Cluster' | 'Local';
    internalTrafficPolicy?: 'Cluster' | 'Local';
    healthCheckNodePort?: number;
    publishNotReadyAddresses?: boolean;
    ipFamilies?: string[];
    ipFamilyPolicy?: string;
    allocateLoadBalancerNodePorts?: boolean;
    trafficDistribution?: string;
  };
  status?: { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] }; conditions?: unknown[] };
}

export const service = defineKind<Service>({
  kind: 'Service',
  plural: 'services',
  shortNames: ['svc'],
  categories: ['all'],
  subresources: ['proxy', 'status'],
  returnsDeleted: true,
  nameRule: 'label-1035',
  defaults(service) {
    const spec = (service.spec ??= {});
    spec.sessionAffinity ||= 'None';
    if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
    else ((spec.sessionAffinityConfig ??= {}).clientIP ??= {}).timeoutSeconds ??= 10_800;
    spec.type ||= 'ClusterIP';
    for (const port of spec.ports ?? []) {
      port.protocol ||= 'TCP';
      if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '') port.targetPort = port.port;
    }
    const outside = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
    if (outside) spec.externalTrafficPolicy ||= 'Cluster';
    if (outside || spec.type === 'ClusterIP') spec.internalTrafficPolicy ||= 'Cluster';
    if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
    if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
    else if (!spec.clusterIP && spec.clusterIPs?.[0]) spec.clusterIP = spec.clusterIPs[0];
    if (spec.type !== 'ExternalName') {
      // Differs from Kubernetes: the cluster is IPv4 only, so families are never chosen.
      spec.ipFamilies ??= ['IPv4'];
      spec.ipFamilyPolicy ??= 'SingleStack';
    }
    dropEmpty(spec);
  },
  prepareForCreate(service) {
    service.status = { loadBalancer: {} };
  },
  prepareForUpdate(next, previous) {
    normalizeClusterIps(next.spec, previous.spec as Service['spec']);
    dropWhatTypeLost(next.spec, previous.spec as Service['spec']);
    keepAllocated(next.spec, previous.spec as Service['spec']);
  },
  validate: validateService,
  validateUpdate: (next, previous) => validateServiceUpdate(next, previous as Service),
  selectableFields: { 'spec.clusterIP': (service) => service.spec.clusterIP ?? '', 'spec.type': (service) => service.spec.type ?? '' },
  middle: [
    column('Type', (service) => service['spec'].type, { description: 'type determines how the Service is exposed.' }),
    column('Cluster-IP', (service) => service['spec'].clusterIP || '<none>'),
    column('External-IP', externalAddress),
    column('Port(s)', (service) => joined((service as unknown as Service).spec.ports?.map((port) => `${port.port}${port.nodePort ? `:${port.nodePort}` : ''}/${port.protocol}`))),
  ] as never,
  after: [wide('Selector', (service) => labelsText(service['spec'].selector))] as never,
});

export type StoredService = Stored<Service>;

function externalAddress(object: Loose): string {
  const { spec, status } = object as unknown as Service;
  const extra = spec.externalIPs ?? [];
  switch (spec.type) {
    case 'LoadBalancer': {
      const given = (status?.loadBalancer?.ingress ?? []).map((ingress) => ingress.ip || ingress.hostname || '');
      return [...given, ...extra].join(',') || '<pending>';
    }
    case 'ExternalName':
      return spec.externalName || '<none>';
    default:
      return joined(extra);
  }
}

/** Go leaves empty strings and lists out. */
function dropEmpty(spec: Service['spec']): void {
  if (spec.externalName === '') delete spec.externalName;
  if (spec.clusterIP === '') delete spec.clusterIP;
  if (spec.clusterIPs?.length === 0) delete spec.clusterIPs;
  for (const port of spec.ports ?? []) {
    if (port.name === '') delete port.name;
    if (port.nodePort === 0) delete port.nodePort;
  }
}

/** Who changes one of the two spellings of the address means both. */
function normalizeClusterIps(next: Service['spec'], previous: Service['spec']): void {
  const sameList = isEqual(next.clusterIPs, previous.clusterIPs);
  if (next.clusterIP !== previous.clusterIP && sameList) {
    if (next.clusterIP) next.clusterIPs = [next.clusterIP];
    else delete next.clusterIPs;
  } else if (!sameList && next.clusterIP === previous.clusterIP) {
    if (next.clusterIPs?.[0]) next.clusterIP = next.clusterIPs[0];
    else delete next.clusterIP;
  }
}

const hasClusterIp = (spec: Service['spec']) => spec.type !== 'ExternalName';
const hasNodePorts = (spec: Service['spec']) => spec.type === 'NodePort' || spec.type === 'LoadBalancer';

/** A change of type drops what the old type had and the user did not touch. */
function dropWhatTypeLost(next: Service['spec'], previous: Service['spec']): void {
  if (next.type === previous.type) return;
  if (hasClusterIp(previous) && !hasClusterIp(next) && next.clusterIP === previous.clusterIP) {
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy'] as const) delete next[field];
  }
  if (hasNodePorts(previous) && !hasNodePorts(next)) {
    next.ports?.forEach((port, index) => {
      if (port.nodePort === previous.ports?.[index]?.nodePort) delete port.nodePort;
    });
    if (next.externalTrafficPolicy === previous.externalTrafficPolicy) delete next.externalTrafficPolicy;
  }
  if (previous.type === 'LoadBalancer' && next.allocateLoadBalancerNodePorts === previous.allocateLoadBalancerNodePorts) delete next.allocateLoadBalancerNodePorts;
}

/** A replaced manifest that does not name addresses keeps those it has. */
function keepAllocated(next: Service['spec'], previous: Service['spec']): void {
  if (hasClusterIp(next) && hasClusterIp(previous) && !next.clusterIP && previous.clusterIP) {
    next.clusterIP = previous.clusterIP;
    next.clusterIPs = [...(previous.clusterIPs ?? [previous.clusterIP])];
  }
  if (!hasNodePorts(next) || !hasNodePorts(previous)) return;
  const taken = new Set((next.ports ?? []).map((port) => port.nodePort));
  for (const port of next.ports ?? []) {
    if (port.nodePort) continue;
    const old = previous.ports?.find((candidate) => candidate.port === port.port && (candidate.protocol ?? 'TCP') === (port.protocol ?? 'TCP'));
    if (old?.nodePort && !taken.has(old.nodePort)) port.nodePort = old.nodePort;
  }
}
