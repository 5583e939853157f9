/** The two ends of a trace: a pod, a node, a plain machine, a Service, an address or a name of one of them, as an object. */
import { parseIpv4, type Ipv4 } from '../base/address.ts';
import type { KubeObject, Stored } from '../api/object.ts';
import type { NetNamespace } from '../net/namespace.ts';
import type { Simulation } from './simulation.ts';

/** Where a packet can begin. */
export interface TraceSource {
  readonly kind: 'pod' | 'node' | 'machine';
  readonly name: string;
  readonly namespace?: string;
  readonly netns: NetNamespace;
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
  readonly spec: { readonly containers?: readonly { readonly ports?: readonly { readonly containerPort: number; readonly protocol?: 'TCP' | 'UDP' | 'SCTP' }[] }[] };
  readonly status?: { readonly podIP?: string };
}
interface ServiceLike extends KubeObject {
  readonly spec: { readonly clusterIP?: string; readonly externalName?: string; readonly ports?: readonly { readonly name?: string; readonly port: number; readonly protocol?: 'TCP' | 'UDP' | 'SCTP' }[] };
}

/** Every network namespace that has a name a learner knows, by the label its packets carry. */
export function placesOf(simulation: Simulation): ReadonlyMap<string, TraceSource> {
  const places = new Map<string, TraceSource>();
  for (const [name, node] of simulation.nodes) {
    places.set(node.machine.netns.label, { kind: 'node', name, netns: node.machine.netns });
    for (const { pod, sandbox } of node.kubelet.pods) {
      if (sandbox && sandbox.netns !== node.machine.netns) places.set(sandbox.netns.label, { kind: 'pod', name: pod.metadata.name, namespace: pod.metadata.namespace ?? 'default', netns: sandbox.netns });
    }
  }
  for (const machine of simulation.machines.running()) places.set(machine.netns.label, { kind: 'machine', name: machine.hostname, netns: machine.netns });
  return places;
}

/** `web`, `shop/web`, `pod/web`, `cka-worker`, `node-0`. @throws TraceRefusal */
export function sourceOf(simulation: Simulation, words: string, namespace: string): TraceSource {
  simulation.machines.get(words);
  const wanted = parse(words, namespace);
  const all = [...placesOf(simulation).values()];
  const node = all.find((place) => place.kind !== 'pod' && place.name === wanted.name && wanted.allows(place.kind === 'node' ? 'node' : 'machine'));
  if (node && !wanted.scoped) return node;
  const pod = all.find((place) => place.kind === 'pod' && place.name === wanted.name && place.namespace === wanted.namespace && wanted.allows('pod'));
  const byAddress = parseIpv4(words) ? all.find((place) => place.netns.addresses().some(({ address }) => address.address === words)) : undefined;
  const found = pod ?? byAddress ?? node;
  if (found) return found;
  // A pod on the node's network has no namespace of its own.
  const hostPod = [...simulation.nodes.values()].find(({ kubelet }) => kubelet.pods.some(({ pod: { metadata } }) => metadata.name === wanted.name && metadata.namespace === wanted.namespace));
  if (hostPod) return { kind: 'node', name: hostPod.name, netns: hostPod.machine.netns };
  throw new TraceRefusal(`No running pod ${wanted.namespace}/${wanted.name}, no node and no machine is called "${words}".`);
}

/** The same, or a Service, or any address; `:80` or `:http` at the end. @throws TraceRefusal */
export function targetOf(simulation: Simulation, words: string, namespace: string): TraceTarget {
  const [, place = words, portWord] = /^(.*?)(?::([^:/]+))?$/.exec(words) ?? [];
  const address = parseIpv4(place);
  if (address) return withAddress(simulation, address, portWord);
  const wanted = parse(place.replace(/\.svc(\.cluster\.local\.?)?$/, ''), namespace);
  const [name = '', inNamespace] = wanted.name.split('.');
  const service = wanted.allows('service') ? (simulation.registry.find('services', name, inNamespace ?? wanted.namespace) as Stored<ServiceLike> | undefined) : undefined;
  if (service) return serviceTarget(service, portWord);
  const source = sourceOf(simulation, place, namespace);
  const own = source.netns.addresses().find(({ device, scope }) => device !== 'lo' && scope === 'global')?.address.address;
  if (!own) throw new TraceRefusal(`${place} has no address.`);
  const pod = source.kind === 'pod' ? (simulation.registry.find('pods', source.name, source.namespace) as Stored<PodLike> | undefined) : undefined;
  const first = pod?.spec.containers?.flatMap((container) => container.ports ?? [])[0];
  const port = portWord === undefined ? first?.containerPort : numberOf(portWord);
  return { kind: source.kind, name: source.name, ...(source.namespace === undefined ? {} : { namespace: source.namespace }), address: own, ...(port === undefined ? {} : { port, protocol: first?.containerPort === port ? (first.protocol ?? 'TCP') : 'TCP' }) };
}

function serviceTarget(service: Stored<ServiceLike>, portWord: string | undefined): TraceTarget {
  const { name, namespace = 'default' } = service.metadata;
  const address = parseIpv4(service.spec.clusterIP ?? '');
  if (!address) throw new TraceRefusal(service.spec.externalName ? `Service ${namespace}/${name} is of type ExternalName: it is only a name for ${service.spec.externalName}.` : `Service ${namespace}/${name} is headless: it has no address of its own. Trace to one of its pods.`);
  const port = service.spec.ports?.find((one) => portWord === undefined || String(one.port) === portWord || one.name === portWord);
  const number = port?.port ?? (portWord === undefined ? undefined : numberOf(portWord));
  return { kind: 'service', name, namespace, address, ...(number === undefined ? {} : { port: number, protocol: port?.protocol ?? 'TCP' }) };
}

function withAddress(simulation: Simulation, address: Ipv4, portWord: string | undefined): TraceTarget {
  const port = portWord === undefined ? {} : { port: numberOf(portWord), protocol: 'TCP' as const };
  const service = (simulation.registry.list('services').items as readonly Stored<ServiceLike>[]).find((one) => one.spec.clusterIP === address);
  if (service) return serviceTarget(service, portWord);
  const owner = [...placesOf(simulation).values()].find((place) => place.netns.addresses().some((one) => one.address.address === address));
  if (owner) return { kind: owner.kind, name: owner.name, ...(owner.namespace === undefined ? {} : { namespace: owner.namespace }), address, ...port };
  return { kind: 'address', name: address, address, ...port };
}

function numberOf(word: string): number {
  const port = Number(word);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new TraceRefusal(`"${word}" is no port.`);
  return port;
}

function parse(words: string, namespace: string): { readonly name: string; readonly namespace: string; readonly scoped: boolean; allows(kind: string): boolean } {
  const parts = words.split('/');
  const kinds: Readonly<Record<string, string>> = { pod: 'pod', pods: 'pod', po: 'pod', svc: 'service', service: 'service', services: 'service', node: 'node', nodes: 'node', no: 'node', machine: 'machine' };
  const kind = parts.length > 1 ? kinds[parts[0]!] : undefined;
  if (kind) parts.shift();
  const scoped = parts.length > 1;
  return { name: parts.at(-1)!, namespace: scoped ? parts[0]! : namespace, scoped, allows: (wanted) => kind === undefined || kind === wanted };
}
