/**
 * The two ends of a trace, found among the objects of the cluster: a pod, a node, a plain machine, a Service, an address.
 * Names that only DNS knows are in `trace-name.ts`.
 */
import { parseIpv4, type Ipv4 } from '../base/address.ts';
import type { KubeObject, Stored } from '../api/object.ts';
import type { FileSystem } from '../machine/files.ts';
import type { Machine } from '../machine/machine.ts';
import type { NetNamespace } from '../net/namespace.ts';
import type { Simulation } from './simulation.ts';

/** Where a packet can begin. */
export interface TraceSource {
  readonly kind: 'pod' | 'node' | 'machine';
  readonly name: string;
  readonly namespace?: string;
  readonly netns: NetNamespace;
  /** Its node, or the machine itself. */
  readonly machine: Machine;
  /** What the kubelet wrote for the pod: `/hosts` and `/resolv.conf`. */
  readonly podFiles?: FileSystem;
}

/** Where it should go. */
export interface TraceTarget {
  readonly kind: 'pod' | 'node' | 'machine' | 'service' | 'address';
  readonly name: string;
  readonly namespace?: string;
  readonly address: Ipv4;
  readonly port?: number;
  /** Of the port, where the object tells. */
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP';
}

/** What is wrong with a question, in words for the learner. */
export class TraceRefusal extends Error {
  override readonly name = 'TraceRefusal';
}

interface PodLike extends KubeObject {
  readonly spec: { readonly containers?: readonly { readonly ports?: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: 'TCP' | 'UDP' | 'SCTP' }[] }[] };
  readonly status?: { readonly podIP?: string };
}
interface ServiceLike extends KubeObject {
  readonly spec: { readonly clusterIP?: string; readonly externalName?: string; readonly ports?: readonly { readonly name?: string; readonly port: number; readonly protocol?: 'TCP' | 'UDP' | 'SCTP' }[] };
}

/** Every network namespace that has a name a learner knows, by the label its packets carry. */
export function placesOf(simulation: Simulation): ReadonlyMap<string, TraceSource> {
  const places = new Map<string, TraceSource>();
  for (const [name, node] of simulation.nodes) {
    places.set(node.machine.netns.label, { kind: 'node', name, netns: node.machine.netns, machine: node.machine });
    for (const { pod, sandbox } of node.kubelet.pods) {
      if (sandbox && sandbox.netns !== node.machine.netns) places.set(sandbox.netns.label, { kind: 'pod', name: pod.metadata.name, namespace: pod.metadata.namespace ?? 'default', netns: sandbox.netns, machine: node.machine, podFiles: sandbox.files });
    }
  }
  for (const machine of simulation.machines.running()) places.set(machine.netns.label, { kind: 'machine', name: machine.hostname, netns: machine.netns, machine });
  return places;
}

/** `web`, `shop/web`, `pod/web`, `cka-worker`, `node-0`, or an address of one of them; undefined when nothing is called so. */
export function findSource(simulation: Simulation, words: string, namespace: string): TraceSource | undefined {
  simulation.machines.get(words);
  const wanted = parse(words, namespace);
  const all = [...placesOf(simulation).values()];
  const node = all.find((place) => place.kind !== 'pod' && place.name === wanted.name && wanted.allows(place.kind));
  if (node && !wanted.scoped) return node;
  const pod = theOne(all.filter((place) => place.kind === 'pod' && place.name === wanted.name && wanted.allows('pod')), wanted, ({ namespace: own }) => own);
  const byAddress = parseIpv4(words) ? all.find((place) => place.netns.addresses().some(({ address }) => address.address === words)) : undefined;
  const found = pod ?? byAddress ?? node;
  if (found) return found;
  // A pod on the node's network has no namespace of its own.
  const hostPod = [...simulation.nodes.values()].find(({ kubelet }) => kubelet.pods.some(({ pod: { metadata } }) => metadata.name === wanted.name && metadata.namespace === wanted.namespace));
  return hostPod && { kind: 'node', name: hostPod.name, netns: hostPod.machine.netns, machine: hostPod.machine };
}

/** What follows the last colon of a target. */
export interface PortWish {
  /** A number, or the name of a port. */
  readonly word: string;
  readonly protocol?: TraceTarget['protocol'];
}

/** `web:80`, `svc/kube-dns:53/udp`, `10.96.0.10:dns`: the place, and the port where one is given. */
export function splitPort(words: string): { readonly place: string; readonly port?: PortWish } {
  const [, place = words, word, protocol] = /^(.*?)(?::([^:/]+)(?:\/(tcp|udp|sctp))?)?$/i.exec(words) ?? [];
  return word === undefined ? { place } : { place, port: { word, ...(protocol === undefined ? {} : { protocol: protocol.toUpperCase() as 'TCP' | 'UDP' | 'SCTP' }) } };
}

/** A pod, node, machine or Service by its name; undefined when nothing has it. @throws TraceRefusal when it cannot be a target */
export function targetByName(simulation: Simulation, place: string, namespace: string, port: PortWish | undefined): TraceTarget | undefined {
  const wanted = parse(place, namespace);
  const services = wanted.allows('service') ? (simulation.registry.list('services').items as readonly Stored<ServiceLike>[]).filter(({ metadata }) => metadata.name === wanted.name) : [];
  const service = theOne(services, wanted, ({ metadata }) => metadata.namespace);
  if (service) return serviceTarget(service, port);
  const source = findSource(simulation, place, namespace);
  return source && placeTarget(simulation, source, port);
}

/** Whoever has the address; or the address alone. */
export function targetByAddress(simulation: Simulation, address: Ipv4, port: PortWish | undefined): TraceTarget {
  const service = (simulation.registry.list('services').items as readonly Stored<ServiceLike>[]).find((one) => one.spec.clusterIP === address);
  if (service) return serviceTarget(service, port);
  const owner = findSource(simulation, address, '');
  return owner ? placeTarget(simulation, owner, port, address) : { kind: 'address', name: address, address, ...portOf(port, []) };
}

function placeTarget(simulation: Simulation, source: TraceSource, wish: PortWish | undefined, given?: Ipv4): TraceTarget {
  const address = given ?? source.netns.addresses().find(({ device, scope }) => device !== 'lo' && scope === 'global')?.address.address;
  if (!address) throw new TraceRefusal(`${source.kind} ${source.name} has no address.`);
  const pod = source.kind === 'pod' ? (simulation.registry.find('pods', source.name, source.namespace) as Stored<PodLike> | undefined) : undefined;
  const ports = (pod?.spec.containers ?? []).flatMap((container) => container.ports ?? []).map(({ containerPort, ...rest }) => ({ ...rest, port: containerPort }));
  return { kind: source.kind, name: source.name, ...(source.namespace === undefined ? {} : { namespace: source.namespace }), address, ...portOf(wish, ports) };
}

function serviceTarget(service: Stored<ServiceLike>, wish: PortWish | undefined): TraceTarget {
  const { name, namespace = 'default' } = service.metadata;
  const address = parseIpv4(service.spec.clusterIP ?? '');
  if (!address) throw new TraceRefusal(service.spec.externalName ? `Service ${namespace}/${name} is of type ExternalName: it is only a name for ${service.spec.externalName}.` : `Service ${namespace}/${name} is headless: it has no address of its own. Trace to one of its pods.`);
  return { kind: 'service', name, namespace, address, ...portOf(wish, service.spec.ports ?? []) };
}

interface OwnPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: TraceTarget['protocol'];
}

/** The port that is wished for; without a wish, the first that the object has. */
function portOf(wish: PortWish | undefined, own: readonly OwnPort[]): Pick<TraceTarget, 'port' | 'protocol'> {
  const known = own.find(({ name, port, protocol = 'TCP' }) => !wish || ((name === wish.word || String(port) === wish.word) && (wish.protocol ?? protocol) === protocol));
  if (known) return { port: known.port, protocol: known.protocol ?? 'TCP' };
  return wish ? { port: numberOf(wish.word), protocol: wish.protocol ?? 'TCP' } : {};
}

function numberOf(word: string): number {
  const port = Number(word);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new TraceRefusal(`"${word}" is no port.`);
  return port;
}

interface Wanted {
  readonly name: string;
  readonly namespace: string;
  /** The words said which kind, or which namespace. */
  readonly isKind: boolean;
  readonly scoped: boolean;
  allows(kind: string): boolean;
}

/** The one in the namespace that is meant; `svc/kube-dns`, which is no DNS name, may be the only one of its name anywhere. */
function theOne<T>(named: readonly T[], wanted: Wanted, namespaceOf: (one: T) => string | undefined): T | undefined {
  const here = named.find((one) => namespaceOf(one) === wanted.namespace);
  return here ?? (wanted.isKind && !wanted.scoped && named.length === 1 ? named[0] : undefined);
}

function parse(words: string, namespace: string): Wanted {
  const parts = words.split('/');
  const kinds: Readonly<Record<string, string>> = { pod: 'pod', pods: 'pod', po: 'pod', svc: 'service', service: 'service', services: 'service', node: 'node', nodes: 'node', no: 'node', machine: 'machine' };
  const kind = parts.length > 1 ? kinds[parts[0]!] : undefined;
  if (kind) parts.shift();
  const scoped = parts.length > 1;
  return { name: parts.at(-1)!, namespace: scoped ? parts[0]! : namespace, isKind: kind !== undefined, scoped, allows: (wanted) => kind === undefined || kind === wanted };
}
