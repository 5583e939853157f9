/** Why a traced packet died, in a sentence, and the object behind it. Reads events and objects; changes nothing. */
import { contains, type Ipv4 } from '../base/address.ts';
import type { KubeObject, Stored } from '../api/object.ts';
import { matchesLabelSelectorObject } from '../api/selector.ts';
import { portsOf } from '../net/packet.ts';
import type { DropReason, TraceEvent } from '../net/trace.ts';
import type { Simulation } from './simulation.ts';
import { POD_CIDR } from './topology.ts';
import { placesOf, type TraceSource, type TraceTarget } from './trace-ends.ts';

export interface TraceCause {
  /** A sentence for the learner. */
  readonly because: string;
  readonly objects: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[];
}

export interface Died {
  readonly from: TraceSource;
  readonly to: TraceTarget;
  readonly events: readonly TraceEvent[];
  /** What became of what the other end said to it. */
  readonly answers?: readonly TraceEvent[];
  readonly reason: DropReason | undefined;
  readonly verdict: string;
}

interface PolicyLike extends KubeObject {
  readonly spec: { readonly podSelector: Parameters<typeof matchesLabelSelectorObject>[0]; readonly policyTypes?: readonly string[] };
}

export function causeOf(simulation: Simulation, died: Died): TraceCause {
  const { to, events, reason } = died;
  const last = events.at(-1);
  const where = last ? nameOf(simulation, last.namespace) : nameOf(simulation, died.from.netns.label);
  const rule = events.findLast((event) => event.kind === 'rule');
  const service = to.kind === 'service' ? [{ kind: 'Service', name: to.name, namespace: to.namespace! }] : [];
  switch (reason) {
    case 'filtered':
    case 'rejected': {
      const endpointless = rule?.kind === 'rule' ? /--comment "?([^"/]+)\/([^":]+)[^"]* has no( local)? endpoints"?/.exec(rule.rule) : undefined;
      if (endpointless) return { because: `Service ${endpointless[1]}/${endpointless[2]} has no${endpointless[3] ?? ''} endpoints${endpointless[3] ? ' on this node' : ': no ready pod fits its selector'}.`, objects: [{ kind: 'Service', name: endpointless[2]!, namespace: endpointless[1]! }] };
      const policies = deniedBy(simulation, died);
      if (policies) return policies;
      // A chain whose rules did not decide has its policy do it.
      const policy = events.findLast((event) => event.kind === 'rule' || event.kind === 'policy');
      const text = policy?.kind === 'policy' ? `the policy ${policy.policy} of chain ${policy.chain} in table ${policy.table}` : rule?.kind === 'rule' ? `the rule "-A ${rule.chain} ${rule.rule}" of table ${rule.table}` : 'a rule';
      return { because: `On ${where}, ${text} ${reason === 'rejected' ? 'rejected' : 'dropped'} the packet.`, objects: [] };
    }
    case 'no-server': return { because: `The virtual server ${to.address}${to.port === undefined ? '' : `:${to.port}`} has no real server: no ready pod fits the Service's selector.`, objects: service };
    case 'no-route':
    case 'unreachable-route':
    case 'blackhole':
    case 'prohibited': {
      const destination = last && 'packet' in last && 'destination' in last.packet ? last.packet.destination : to.address;
      if (to.kind === 'service' && reason === 'no-route' && destination === to.address) return { because: `Service ${to.namespace}/${to.name} has no port ${portWords(to)}: its address exists only in the rules for its ports, and nobody routes it.`.replace('no port :', 'answers no echo:'), objects: service };
      if (reason === 'blackhole') return { because: `A route on ${where} says that ${destination} is to be thrown away${withoutItsOwn(simulation, destination, last?.namespace)}.`, objects: [] };
      return { because: reason === 'no-route' ? `${where} has no route to ${destination}${byDefault(simulation, died)}.` : `A route on ${where} says that ${destination} is ${reason === 'prohibited' ? 'prohibited' : 'unreachable'}.`, objects: [] };
    }
    case 'neighbor-unreachable': {
      const routed = events.findLast((event) => event.kind === 'routed');
      return { because: `On ${where}, nobody answered when asked for the MAC address of the next hop${routed?.kind === 'routed' ? ` (route: ${routed.route})` : ''}.`, objects: [] };
    }
    case 'no-listener': return { because: `Nothing listens on port ${portWords({ ...to, ...(arrivedAt(last) ?? {}) })} at ${where}${service.length > 0 ? `, where Service ${to.namespace}/${to.name} sends it` : ''}.`.replace('port  at', 'the port at'), objects: service };
    case 'other-host': return { because: 'nobody on the wire has the MAC address that the packet was sent to: the machine that had it is off, or its device is down.', objects: [] };
    case 'forwarding-disabled': return { because: `${where} does not forward: net.ipv4.ip_forward is 0.`, objects: [] };
    case 'reverse-path': return { because: `${where} would answer through another device than the packet came in by (rp_filter).`, objects: [] };
    case 'ttl-exceeded': return { because: `The packet's time to live ended at ${where}: its route goes in a circle.`, objects: [] };
    case 'mtu-exceeded': return { because: `The packet is larger than the MTU of the way on from ${where}.`, objects: [] };
    case 'device-down':
    case 'no-carrier': return { because: `${last?.kind === 'dropped' && last.device ? `Device ${last.device}` : 'A device'} on ${where} is down.`, objects: [] };
    case undefined: return lostAnswer(simulation, died) ?? { because: died.verdict === 'silence' && events.length === 0 ? 'No packet left the sender.' : `The packet came as far as ${where}; no answer came back.`, objects: service };
    default: return { because: `${where}: ${reason.replaceAll('-', ' ')}.`, objects: [] };
  }
}

/** It arrived, and what came back did not: the fault is on the way home, or in what the other end thinks is the way home. */
function lostAnswer(simulation: Simulation, died: Died): TraceCause | undefined {
  const events = died.answers ?? [];
  const lost = events.findLast((event) => event.kind === 'dropped' && event.reason !== 'other-host') ?? events.findLast((event) => event.kind === 'dropped');
  if (lost?.kind !== 'dropped') return undefined;
  const until = events.slice(0, events.indexOf(lost) + 1);
  const cause = causeOf(simulation, { ...died, events: until, answers: [], reason: lost.reason });
  const arrived = died.events.at(-1);
  return { ...cause, because: `${arrived ? nameOf(simulation, arrived.namespace) : died.to.name} got it, but the answer was lost on its way back: ${cause.because}` };
}

/** The port that the packet had in the end: a Service may have sent it to another than it was sent to. */
function arrivedAt(last: TraceEvent | undefined): { readonly port: number } | undefined {
  const ports = last && 'packet' in last && 'destination' in last.packet && last.packet.type === 'ipv4' ? portsOf(last.packet) : undefined;
  return ports && { port: ports.destination };
}

/** The NetworkPolicies that select the pod whose chain said no. */
function deniedBy(simulation: Simulation, { from, to, events }: Died): TraceCause | undefined {
  const chain = events.findLast((event) => event.kind === 'rule' && /^cali-(tw|fw|pi|po|pri|pro)-/.test(event.chain));
  if (chain?.kind !== 'rule') return undefined;
  const guard = events.findLast((event) => event.kind === 'rule' && /^cali-(tw|fw)-/.test(event.chain));
  const direction = guard?.kind === 'rule' && guard.chain.startsWith('cali-fw-') ? 'Egress' : 'Ingress';
  const destination = [...events].reverse().map((event) => ('packet' in event && 'destination' in event.packet ? event.packet.destination : undefined)).find((one) => one !== undefined) ?? to.address;
  const pods = [...placesOf(simulation).values()].filter((place) => place.kind === 'pod');
  const pod = direction === 'Egress' ? from : pods.find((place) => place.netns.addresses().some(({ address }) => address.address === destination));
  if (!pod || pod.kind !== 'pod') return undefined;
  const labels = simulation.registry.find('pods', pod.name, pod.namespace)?.metadata.labels ?? {};
  const policies = (simulation.registry.list('networkpolicies.networking.k8s.io', { namespace: pod.namespace! }).items as readonly Stored<PolicyLike>[])
    .filter(({ spec }) => matchesLabelSelectorObject(spec.podSelector, labels) && (spec.policyTypes ?? ['Ingress']).includes(direction));
  if (policies.length === 0) return undefined;
  const names = policies.map(({ metadata }) => metadata.name);
  return {
    because: `${direction === 'Egress' ? `Pod ${pod.namespace}/${pod.name} may not send this` : `Pod ${pod.namespace}/${pod.name} may not receive this`}: NetworkPolicy ${names.join(', ')} select${names.length === 1 ? 's' : ''} it for ${direction.toLowerCase()}, and no rule of ${names.length === 1 ? 'it' : 'theirs'} allows the packet.`,
    objects: policies.map(({ metadata }) => ({ kind: 'NetworkPolicy', name: metadata.name, namespace: metadata.namespace! })),
  };
}

/** Calico throws away what is for its block and for no pod: where the pod runs, the route to its device must have gone. */
function withoutItsOwn(simulation: Simulation, address: Ipv4, node: string | undefined): string {
  const pod = [...placesOf(simulation).values()].find((place) => place.kind === 'pod' && place.netns.addresses().some((one) => one.address.address === address));
  const ends = pod?.netns.devices.get('eth0')?.linkNamespace?.devices.list().filter((device) => device.linkNamespace === pod.netns) ?? [];
  const [end] = ends;
  if (!pod || end?.namespace.label !== node || !end) return '';
  return `: pod ${pod.namespace}/${pod.name} has that address, but ${end.up ? `no route leads to its device ${end.name}` : `its device ${end.name} is down, and so its route is gone`}`;
}

/** Whoever sent a pod's packet to the gateway of the nodes lacks the route that the network plugin should have made. */
function byDefault(simulation: Simulation, { events }: Died): string {
  const last = events.at(-1);
  const sent = events.findLast((event) => event.kind === 'routed' && event.namespace !== last?.namespace);
  if (sent?.kind !== 'routed' || !last?.namespace.startsWith('br-') || !contains(POD_CIDR, sent.packet.destination)) return '';
  return `: ${nameOf(simulation, sent.namespace)} had no better way than ${sent.route}`;
}

const portWords = ({ port, protocol }: TraceTarget): string => (port === undefined ? '' : protocol === 'UDP' ? `${port}/UDP` : String(port));

function nameOf(simulation: Simulation, label: string): string {
  const place = placesOf(simulation).get(label);
  if (place) return `${place.kind} ${place.namespace === undefined ? '' : `${place.namespace}/`}${place.name}`;
  return label.startsWith('br-') ? 'the gateway of the nodes' : label;
}
