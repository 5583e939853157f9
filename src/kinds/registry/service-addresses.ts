/**
 * Gives Services their ClusterIPs and node ports. What is taken is read from the stored Services, so nothing can leak.
 * Free choice is made in the upper band of a range, to keep the lower one for those who ask for an address.
 * See pkg/registry/core/service/{ipallocator,portallocator}.
 */
import { type Cidr, contains, nth, parseCidr, parseIpv4, printCidr } from '../../base/address.ts';
import { invalidValue, type FieldError } from '../../api/field-error.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import { internal, invalid } from '../../api/status.ts';
import type { Kind } from '../kind.ts';
import type { Registry } from '../registry.ts';

interface ServicePort {
  port: number;
  protocol?: string;
  nodePort?: number;
}

interface Service extends KubeObject {
  spec: { type?: string; clusterIP?: string; clusterIPs?: string[]; ports?: ServicePort[]; healthCheckNodePort?: number; externalTrafficPolicy?: string; allocateLoadBalancerNodePorts?: boolean };
}

/**
 * After validation, before storing; mutates `object`.
 * @throws ApiError Invalid for what is taken or out of range
 */
export function assignAddresses(registry: Registry, kind: Kind, object: KubeObject, previous?: Stored<KubeObject>): void {
  if (kind.group !== '' || kind.plural !== 'services') return;
  const service = object as Service;
  const others = (registry.list('services').items as unknown as Service[]).filter((other) => other.metadata.uid !== service.metadata.uid);
  const refuse = (error: FieldError) => invalid(kind, service.metadata.name, [error]);
  if (service.spec.type !== 'ExternalName') assignClusterIp(registry, service, previous as unknown as Service | undefined, others, refuse);
  const taken = takenNodePorts(others);
  if (wantsNodePorts(service)) assignNodePorts(registry, service, taken, refuse);
  assignHealthCheckPort(registry, service, previous as unknown as Service | undefined, taken, refuse);
}

export const wantsNodePorts = (service: { spec: { type?: string; allocateLoadBalancerNodePorts?: boolean } }): boolean =>
  service.spec.type === 'NodePort' || (service.spec.type === 'LoadBalancer' && service.spec.allocateLoadBalancerNodePorts !== false);

function assignClusterIp(registry: Registry, service: Service, previous: Service | undefined, others: readonly Service[], refuse: (error: FieldError) => Error): void {
  const { spec } = service;
  if (spec.clusterIP === 'None') {
    spec.clusterIPs = ['None'];
    return;
  }
  if (spec.clusterIP && spec.clusterIP === previous?.spec.clusterIP) {
    spec.clusterIPs ??= [spec.clusterIP];
    return;
  }
  const taken = new Set(others.map((other) => other.spec.clusterIP));
  const ranges = rangesOf(registry);
  if (!spec.clusterIP) {
    const chosen = firstOf(ranges, (range) => freeAddress(registry, range, taken));
    if (!chosen) throw internal('failed to allocate a serviceIP: range is full');
    spec.clusterIP = chosen;
    spec.clusterIPs = [spec.clusterIP];
    return;
  }
  const address = parseIpv4(spec.clusterIP);
  spec.clusterIPs = [spec.clusterIP];
  const problem = (why: string) => refuse(invalidValue('spec.clusterIPs', [spec.clusterIP], `failed to allocate IP ${spec.clusterIP}: ${why}`));
  // Validation has seen to it that this is an address.
  if (!address || !ranges.some((range) => contains(range, address))) throw problem(`provided IP is not in the valid range. The range of valid IPs is ${ranges.map(printCidr).join(',')}`);
  if (taken.has(spec.clusterIP)) throw problem('provided IP is already allocated');
}

/** The range that the server was started with, and those that ServiceCIDRs add. */
function rangesOf(registry: Registry): readonly Cidr[] {
  if (!registry.kindOf('networking.k8s.io', 'servicecidrs')) return [registry.serviceCidr];
  const stored = registry.list('servicecidrs.networking.k8s.io').items as unknown as Stored<{ spec: { cidrs: string[] } } & KubeObject>[];
  const added = stored.filter(({ metadata }) => !metadata.deletionTimestamp).flatMap(({ spec }) => spec.cidrs.flatMap((text) => parseCidr(text) ?? []));
  return [registry.serviceCidr, ...added.filter((range) => printCidr(range) !== printCidr(registry.serviceCidr))];
}

function freeAddress(registry: Registry, range: Cidr, taken: ReadonlySet<unknown>): string | undefined {
  const size = 2 ** (32 - range.prefix);
  const lowerBand = Math.min(Math.max(16, Math.floor(size / 16)), 256, size - 1);
  const at = (offset: number) => nth(range, offset);
  return pickFree(registry, lowerBand, size - 1, at, taken) ?? pickFree(registry, 1, lowerBand, at, taken);
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function takenNodePorts(others: readonly Service[]): Set<number> {
  const taken = new Set<number>();
  for (const other of others) {
    for (const port of other.spec.ports ?? []) if (port.nodePort) taken.add(port.nodePort);
    if (other.spec.healthCheckNodePort) taken.add(other.spec.healthCheckNodePort);
  }
  return taken;
}

/** Load balancers of the Local policy ask each node on a port of their own whether an endpoint is there. */
function assignHealthCheckPort(registry: Registry, { spec }: Service, previous: Service | undefined, taken: ReadonlySet<number>, refuse: (error: FieldError) => Error): void {
  const before = previous?.spec.healthCheckNodePort;
  if (spec.type !== 'LoadBalancer' || spec.externalTrafficPolicy !== 'Local') {
    // What nobody changed goes with what needed it.
    if (spec.healthCheckNodePort === before) delete spec.healthCheckNodePort;
    return;
  }
  spec.healthCheckNodePort ||= before ?? freeNodePort(registry, taken);
  if (spec.healthCheckNodePort !== before && taken.has(spec.healthCheckNodePort)) throw refuse(invalidValue('spec.healthCheckNodePort', spec.healthCheckNodePort, 'provided port is already allocated'));
}

function freeNodePort(registry: Registry, taken: ReadonlySet<number>): number {
  const [low, high] = registry.nodePortRange;
  const size = high - low + 1;
  const lowerBand = Math.min(Math.max(16, Math.floor(size / 32)), 128);
  const chosen = pickFree(registry, lowerBand, size, (offset) => low + offset, taken) ?? pickFree(registry, 0, lowerBand, (offset) => low + offset, taken);
  if (chosen === undefined) throw internal('failed to allocate a nodePort: range is full');
  return chosen;
}

function assignNodePorts(registry: Registry, service: Service, taken: Set<number>, refuse: (error: FieldError) => Error): void {
  const [low, high] = registry.nodePortRange;
  const own = new Map<number, Set<string>>();
  service.spec.ports?.forEach((port, index) => {
    if (!port.nodePort) return;
    const path = `spec.ports[${index}].nodePort`;
    if (port.nodePort < low || port.nodePort > high) throw refuse(invalidValue(path, port.nodePort, `provided port is not in the valid range. The range of valid ports is ${low}-${high}`));
    if (taken.has(port.nodePort)) throw refuse(invalidValue(path, port.nodePort, 'provided port is already allocated'));
    own.set(port.nodePort, (own.get(port.nodePort) ?? new Set()).add(port.protocol ?? 'TCP'));
  });
  for (const port of own.keys()) taken.add(port);
  const protocolsOf = new Map<number, number>();
  for (const port of service.spec.ports ?? []) if (port.nodePort) protocolsOf.set(port.port, port.nodePort);
  for (const port of service.spec.ports ?? []) {
    if (port.nodePort) continue;
    // TCP and UDP of one port share a node port, as the real allocator has it (DNS).
    const shared = protocolsOf.get(port.port);
    const chosen = shared !== undefined && !own.get(shared)?.has(port.protocol ?? 'TCP') ? shared : freeNodePort(registry, taken);
    port.nodePort = chosen;
    taken.add(chosen);
    own.set(chosen, (own.get(chosen) ?? new Set()).add(port.protocol ?? 'TCP'));
    protocolsOf.set(port.port, chosen);
  }
}

/** One of [from, to) that is not taken: at random, then by search. */
function pickFree<T>(registry: Registry, from: number, to: number, at: (offset: number) => T, taken: ReadonlySet<unknown>): T | undefined {
  if (to <= from) return undefined;
  const begin = registry.rng.below(to - from);
  for (let i = 0; i < to - from; i++) {
    const candidate = at(from + ((begin + i) % (to - from)));
    if (!taken.has(candidate)) return candidate;
  }
  return undefined;
}
