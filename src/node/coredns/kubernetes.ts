/**
 * The `kubernetes` plugin: names of Services and pods answered from the API. A pure question-to-answer function over what
 * the registry holds. See coredns plugin/kubernetes and the DNS specification of Kubernetes 1.1.0.
 */
import { parseIpv4, type Ipv4 } from '../../base/address.ts';
import type { Stored } from '../../api/object.ts';
import type { EndpointSlice } from '../../kinds/endpointslice.ts';
import type { Registry } from '../../kinds/registry.ts';
import type { Service } from '../../kinds/service.ts';
import type { DnsQuestion, DnsRecord } from '../../programs/dns/message.ts';

export type Lookup =
  | { readonly kind: 'found'; readonly answers: readonly DnsRecord[]; readonly additionals: readonly DnsRecord[] }
  | { readonly kind: 'no-data' }
  | { readonly kind: 'no-such-name' }
  | { readonly kind: 'not-mine' };

export interface KubernetesZone {
  /** `cluster.local`, lower case, no final dot. */
  readonly zone: string;
  readonly ttl: number;
  readonly pods: 'disabled' | 'insecure' | 'verified';
}

const NO_DATA: Lookup = { kind: 'no-data' };
const NO_SUCH_NAME: Lookup = { kind: 'no-such-name' };

/** One address behind a name, with the port that SRV tells. */
interface Target {
  readonly host: string;
  readonly address: Ipv4;
  readonly port: number;
}

export function lookupForward(registry: Registry, zone: KubernetesZone, question: DnsQuestion): Lookup {
  const name = question.name.toLowerCase();
  if (name !== zone.zone && !name.endsWith(`.${zone.zone}`)) return { kind: 'not-mine' };
  const labels = name === zone.zone ? [] : name.slice(0, -zone.zone.length - 1).split('.');
  if (labels.length === 0) return NO_DATA;
  if (labels.length === 1 && labels[0] === 'dns-version') {
    return question.type === 'TXT' ? found([{ name: question.name, ttl: 28800, type: 'TXT', texts: ['1.1.0'] }]) : NO_DATA;
  }
  const base = labels.at(-1);
  if (base === 'svc') return lookupService(registry, zone, question, labels.slice(0, -1));
  if (base === 'pod') return lookupPod(registry, zone, question, labels.slice(0, -1));
  return NO_SUCH_NAME;
}

/** @param labels what stands before `svc.cluster.local`: [endpoint or _port._protocol] name namespace */
function lookupService(registry: Registry, zone: KubernetesZone, question: DnsQuestion, labels: readonly string[]): Lookup {
  if (labels.length === 0) return NO_DATA;
  const namespace = labels.at(-1)!;
  if (!registry.find('namespaces', namespace)) return NO_SUCH_NAME;
  if (labels.length === 1) return NO_DATA;
  const service = registry.find('services', labels.at(-2)!, namespace) as Stored<Service> | undefined;
  if (!service || labels.length > 4) return NO_SUCH_NAME;
  const owner = `${service.metadata.name}.${namespace}.svc.${zone.zone}`;

  if (service.spec.type === 'ExternalName') {
    if (labels.length > 2) return NO_SUCH_NAME;
    const target = (service.spec.externalName ?? '').replace(/\.$/, '');
    return question.type === 'A' || question.type === 'AAAA' || question.type === 'CNAME' ? found([{ name: question.name, ttl: zone.ttl, type: 'CNAME', target }]) : NO_DATA;
  }
  const rest = labels.slice(0, -2);
  const wantsPort = rest.length === 2 && rest.every((label) => label.startsWith('_'));
  if (rest.length === 2 && !wantsPort) return NO_SUCH_NAME;
  const endpoint = rest.length === 1 ? rest[0] : undefined;
  const port = wantsPort ? { name: rest[0]!.slice(1), protocol: rest[1]!.slice(1) } : undefined;
  const targets = service.spec.clusterIP === 'None' || endpoint !== undefined
    ? endpointTargets(registry, service, owner, endpoint, port)
    : clusterTargets(service, owner, port);
  if (targets.length === 0) return NO_SUCH_NAME;
  return answer(question, zone, targets);
}

function clusterTargets(service: Stored<Service>, owner: string, port: { name: string; protocol: string } | undefined): readonly Target[] {
  const address = parseIpv4(service.spec.clusterIP ?? '');
  if (!address) return [];
  return (service.spec.ports ?? [])
    .filter((one) => !port || ((one.name ?? '') === port.name && (one.protocol ?? 'TCP').toLowerCase() === port.protocol))
    .map((one) => ({ host: owner, address, port: one.port }));
}

function endpointTargets(registry: Registry, service: Stored<Service>, owner: string, endpoint: string | undefined, port: { name: string; protocol: string } | undefined): readonly Target[] {
  const targets: Target[] = [];
  for (const slice of slicesOf(registry, service)) {
    for (const one of slice.endpoints ?? []) {
      // Readiness counts unless the Service publishes all: the slice controller then says ready.
      if (one.conditions?.ready === false) continue;
      const address = parseIpv4(one.addresses[0] ?? '');
      const label = endpointLabel(one);
      if (!address || (endpoint !== undefined && endpoint !== label)) continue;
      const ports = (slice.ports ?? []).filter((candidate) => !port || ((candidate.name ?? '') === port.name && (candidate.protocol ?? 'TCP').toLowerCase() === port.protocol));
      // A headless Service without ports still has addresses.
      if (ports.length === 0 && !port) targets.push({ host: `${label}.${owner}`, address, port: 0 });
      for (const candidate of ports) targets.push({ host: `${label}.${owner}`, address, port: candidate.port ?? 0 });
    }
  }
  return targets;
}

export function slicesOf(registry: Registry, service: Stored<Service>): readonly Stored<EndpointSlice>[] {
  return registry.list('endpointslices.discovery.k8s.io', {
    ...(service.metadata.namespace === undefined ? {} : { namespace: service.metadata.namespace }),
    labelSelector: `kubernetes.io/service-name=${service.metadata.name}`,
  }).items as readonly Stored<EndpointSlice>[];
}

/** The pod's hostname where it has one, else its address with dashes. */
export function endpointLabel(endpoint: { readonly hostname?: string; readonly addresses: readonly string[] }): string {
  return endpoint.hostname ?? (endpoint.addresses[0] ?? '').replaceAll('.', '-');
}

function lookupPod(registry: Registry, zone: KubernetesZone, question: DnsQuestion, labels: readonly string[]): Lookup {
  if (zone.pods === 'disabled') return NO_SUCH_NAME;
  if (labels.length === 0) return NO_DATA;
  const namespace = labels.at(-1)!;
  if (!registry.find('namespaces', namespace)) return NO_SUCH_NAME;
  if (labels.length === 1) return NO_DATA;
  const address = labels.length === 2 ? parseIpv4(labels[0]!.replaceAll('-', '.')) : undefined;
  if (!address) return NO_SUCH_NAME;
  if (zone.pods === 'verified') {
    const pods = registry.list('pods', { namespace }).items as readonly { status?: { podIP?: string } }[];
    if (!pods.some((pod) => pod.status?.podIP === address)) return NO_SUCH_NAME;
  }
  return question.type === 'A' ? found([{ name: question.name, ttl: zone.ttl, type: 'A', address }]) : NO_DATA;
}

function answer(question: DnsQuestion, zone: KubernetesZone, targets: readonly Target[]): Lookup {
  if (question.type === 'A') {
    const addresses = [...new Set(targets.map((target) => target.address))];
    return found(addresses.map((address) => ({ name: question.name, ttl: zone.ttl, type: 'A', address })));
  }
  if (question.type !== 'SRV') return NO_DATA;
  const weight = Math.floor(100 / targets.length);
  const hosts = new Map(targets.map((target) => [target.host, target.address]));
  return found(
    targets.map((target) => ({ name: question.name, ttl: zone.ttl, type: 'SRV', priority: 0, weight, port: target.port, target: target.host })),
    [...hosts].map(([host, address]) => ({ name: host, ttl: zone.ttl, type: 'A', address })),
  );
}

function found(answers: readonly DnsRecord[], additionals: readonly DnsRecord[] = []): Lookup {
  return { kind: 'found', answers, additionals };
}

/** `5.1.244.10.in-addr.arpa`: a Service's address gives its name, an endpoint's address the names that lead to it. */
export function lookupReverse(registry: Registry, zone: KubernetesZone, question: DnsQuestion): Lookup {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa$/.exec(question.name.toLowerCase());
  const address = match && parseIpv4(`${match[4]}.${match[3]}.${match[2]}.${match[1]}`);
  if (!address) return { kind: 'not-mine' };
  const names: string[] = [];
  for (const service of registry.list('services').items as readonly Stored<Service>[]) {
    const owner = `${service.metadata.name}.${service.metadata.namespace}.svc.${zone.zone}`;
    if (service.spec.clusterIP === address) {
      names.splice(0, names.length, owner);
      break;
    }
    for (const slice of slicesOf(registry, service)) {
      const endpoint = (slice.endpoints ?? []).find((one) => one.addresses.includes(address));
      if (endpoint) names.push(`${endpointLabel(endpoint)}.${owner}`);
    }
  }
  if (names.length === 0) return { kind: 'not-mine' };
  if (question.type !== 'PTR') return NO_DATA;
  return found(names.map((target) => ({ name: question.name, ttl: zone.ttl, type: 'PTR', target })));
}
