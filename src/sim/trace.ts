/**
 * `cka trace`: sends one real packet through the simulated network and tells what happened to it, step by step. Decides
 * nothing itself: every step is an event of `net/trace.ts`. Why it died, and which object is behind it, is in
 * `trace-cause.ts`.
 */
import { describePacket, type Frame, type Ipv4Packet } from '../net/packet.ts';
import type { DropReason, TraceEvent } from '../net/trace.ts';
import type { Simulation } from './simulation.ts';
import { causeOf, type TraceCause } from './trace-cause.ts';
import { placesOf, TraceRefusal, type TraceSource, type TraceTarget } from './trace-ends.ts';
import { namedSource, namedTarget } from './trace-name.ts';
import { isProbe, probe, type Told } from './trace-probe.ts';

export interface TraceWish {
  readonly from: string;
  /** With `:port` (or the port that the object tells) a TCP connection is tried, or a datagram sent to a UDP port; without any, an echo. */
  readonly to: string;
  /** Of names without one. */
  readonly namespace?: string;
}

export type StepKind = 'process' | 'received' | 'transmitted' | 'routed' | 'rule' | 'policy' | 'translated' | 'balanced' | 'delivered' | 'dropped';

/** One step of the way. */
export interface TraceHop {
  /** Milliseconds since the packet was sent. */
  readonly atMs: number;
  /** `pod default/web`, `node cka-worker`, or the label of a namespace that nobody named. */
  readonly place: string;
  readonly kind: StepKind;
  readonly device?: string;
  readonly hook?: string;
  readonly table?: string;
  readonly chain?: string;
  readonly rule?: string;
  /** The packet, as tcpdump would print it; for a translation, what it became. */
  readonly packet: string;
  /** Route, reason, process: whatever else there is to say. */
  readonly detail?: string;
  /** Inside another packet: how it was wrapped. */
  readonly encapsulation?: 'vxlan' | 'ipip';
}

export interface Trace {
  readonly from: string;
  readonly to: string;
  readonly address: string;
  readonly port?: number;
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** What the sender was told in the end; `delivered` is a datagram that arrived at a process, which need not answer. */
  readonly verdict: 'answered' | 'delivered' | 'refused' | 'rejected' | 'dropped' | 'silence';
  readonly reason?: DropReason;
  readonly cause?: TraceCause;
  /** What DNS said about the name of an end, where it was asked. */
  readonly said?: string;
  readonly tookMs: number;
  readonly hops: readonly TraceHop[];
}

/** Nobody waits longer for a packet that nobody answers. */
const PATIENCE_MS = 5000;
/** After a packet died, its sender may still be told so. */
const AFTERMATH_MS = 20;

/** A datagram that has arrived is answered within this time, or not at all. */
const ANSWER_MS = 500;

/** @throws TraceRefusal when there is no such end */
export async function trace(simulation: Simulation, wish: TraceWish): Promise<Trace> {
  const namespace = wish.namespace ?? 'default';
  const from = await namedSource(simulation, wish.from, namespace);
  const { target: to, said, unknown } = await namedTarget(simulation, from, wish.to, namespace);
  if (to.protocol === 'SCTP') throw new TraceRefusal(`Port ${to.port} of ${to.name} is SCTP; a trace sends TCP, UDP or an echo. Give another port, or the address alone.`);
  const startedAt = simulation.clock.now();
  const { events, answers, told } = await watch(simulation, from, to);
  const { verdict, reason } = judge(events, told);
  if (verdict === 'answered' && unknown !== undefined) throw new TraceRefusal(unknown);
  const cause = verdict === 'answered' || verdict === 'delivered' ? undefined : causeOf(simulation, { from, to, events, answers, reason, verdict });
  const places = placesOf(simulation);
  const placeName = (label: string) => {
    const place = places.get(label);
    return place ? nameOf(place) : label.startsWith('br-') ? 'the wire between the nodes' : label;
  };
  return {
    from: nameOf(from), to: nameOf(to), address: to.address, ...(to.port === undefined ? {} : { port: to.port }),
    protocol: to.port === undefined ? 'icmp' : to.protocol === 'UDP' ? 'udp' : 'tcp',
    verdict, ...(reason === undefined || verdict === 'answered' ? {} : { reason }), ...(cause ? { cause } : {}), ...(said === undefined ? {} : { said }),
    tookMs: round(simulation.clock.now() - startedAt),
    hops: events.map((event) => hopOf(event, startedAt, placeName)),
  };
}

const nameOf = ({ kind, namespace, name }: Pick<TraceTarget, 'kind' | 'namespace' | 'name'>): string => (kind === 'address' ? name : `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`);

/** Sends the packet and keeps every event that is about it, until its sender was told something or nobody needs to wait longer. */
async function watch({ world, clock }: Simulation, from: TraceSource, to: TraceTarget): Promise<{ readonly events: readonly TraceEvent[]; readonly answers: readonly TraceEvent[]; readonly told: Told }> {
  const events: TraceEvent[] = [];
  const answers: TraceEvent[] = [];
  let mine: Ipv4Packet | undefined;
  let over: () => void = () => undefined;
  const end = new Promise<Told>((resolve) => (over = () => void othersHaveSpoken().then(() => resolve('silence'))));
  const stop = world.onTrace((event) => {
    const packet = packetOf(event);
    if (!packet) return;
    mine ??= event.namespace === from.netns.label && isProbe(packet, to) ? packet : undefined;
    if (!mine) return;
    const answered = events.some((sent) => isAnswer(packet, packetOf(sent)!));
    if (!answered && !isSame(packet, mine)) return;
    (answered ? answers : events).push(event);
    // A bridge that does not know where to sends to all: what bystanders pass over is not lost.
    if (event.kind === 'dropped' && event.reason !== 'other-host') clock.schedule(AFTERMATH_MS, over);
    if (event.kind === 'delivered' && packet.payload.protocol === 'udp') clock.schedule(ANSWER_MS, over);
  });
  const giveUp = new AbortController();
  const patience = clock.schedule(PATIENCE_MS, over);
  try {
    return { told: await Promise.race([probe(from.netns, to, giveUp.signal), end]), events, answers };
  } finally {
    giveUp.abort(new Error('the trace is over'));
    patience();
    stop();
  }
}

/** A clock that is behind runs many events at once, and a refusal among them reaches its sender only after them all. */
async function othersHaveSpoken(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}

function judge(events: readonly TraceEvent[], told: Told): Pick<Trace, 'verdict' | 'reason'> {
  const drops = events.filter((event) => event.kind === 'dropped');
  const drop = drops.findLast(({ reason: why }) => why !== 'other-host') ?? drops.at(-1);
  const reason = drop?.reason ?? (told === 'unroutable' ? 'no-route' : undefined);
  const withReason = reason === undefined ? {} : { reason };
  if (told === 'answered') return { verdict: 'answered', ...withReason };
  if (reason === 'rejected') return { verdict: 'rejected', reason };
  if (told === 'refused') return { verdict: 'refused', ...withReason };
  if (reason !== undefined) return { verdict: 'dropped', reason };
  const last = events.at(-1);
  return { verdict: last?.kind === 'delivered' && last.packet.payload.protocol === 'udp' ? 'delivered' : 'silence' };
}

/** The packet that an event is about, out of its tunnel. */
function packetOf(event: TraceEvent): Ipv4Packet | undefined {
  const outer = outermost(event);
  return outer.type === 'ipv4' ? innermost(outer).packet : undefined;
}

function outermost(event: TraceEvent): Frame['payload'] {
  switch (event.kind) {
    case 'received':
    case 'transmitted': return event.frame.payload;
    case 'translated': return event.after;
    case 'dropped': return 'type' in event.packet ? event.packet : event.packet.payload;
    default: return event.packet;
  }
}

function innermost(packet: Ipv4Packet): { readonly packet: Ipv4Packet; readonly encapsulation?: 'vxlan' | 'ipip' } {
  const { payload } = packet;
  if (payload.protocol === 'ipip') return { packet: innermost(payload.inner).packet, encapsulation: 'ipip' };
  if (payload.protocol === 'udp' && typeof payload.data !== 'string' && payload.data.frame.payload.type === 'ipv4') return { packet: innermost(payload.data.frame.payload).packet, encapsulation: 'vxlan' };
  return { packet };
}

/** The same packet, whatever was rewritten on its way: the identification field and what NAT leaves alone. */
function isSame(packet: Ipv4Packet, mine: Ipv4Packet): boolean {
  if (packet.id !== mine.id || packet.payload.protocol !== mine.payload.protocol) return false;
  if (packet.payload.protocol === 'tcp' && mine.payload.protocol === 'tcp') return packet.payload.flags === mine.payload.flags && packet.payload.sequence === mine.payload.sequence;
  if (packet.payload.protocol === 'udp' && mine.payload.protocol === 'udp') return packet.payload.data === mine.payload.data;
  return packet.payload.protocol === 'icmp' && mine.payload.protocol === 'icmp' && packet.payload.kind === mine.payload.kind && packet.payload.sequence === mine.payload.sequence;
}

/** What the other end says to it, whatever NAT has made of both; of UDP as far as its ports tell. */
function isAnswer({ source, payload }: Ipv4Packet, { destination, payload: asked }: Ipv4Packet): boolean {
  if (payload.protocol === 'tcp' && asked.protocol === 'tcp') return payload.flags === 'S.' && payload.acknowledgement === ((asked.sequence + 1) >>> 0);
  if (payload.protocol === 'udp' && asked.protocol === 'udp') return source === destination && payload.sourcePort === asked.destinationPort && payload.destinationPort === asked.sourcePort;
  return payload.protocol === 'icmp' && asked.protocol === 'icmp' && payload.kind === 'echo-reply' && source === destination && payload.sequence === asked.sequence && payload.id === asked.id;
}

function hopOf(event: TraceEvent, startedAt: number, placeName: (label: string) => string): TraceHop {
  const base = { atMs: round(event.atMs - startedAt), place: placeName(event.namespace), kind: event.kind, packet: describePacket(packetOf(event)!) };
  switch (event.kind) {
    case 'received':
    case 'transmitted': {
      const { encapsulation } = event.frame.payload.type === 'ipv4' ? innermost(event.frame.payload) : { encapsulation: undefined };
      return { ...base, device: event.device, ...(encapsulation ? { encapsulation, detail: `${(event.frame.payload as Ipv4Packet).source} > ${(event.frame.payload as Ipv4Packet).destination}` } : {}) };
    }
    case 'routed': return { ...base, detail: event.route };
    case 'rule': return { ...base, hook: event.hook, table: event.table, chain: event.chain, rule: event.rule };
    case 'policy': return { ...base, hook: event.hook, table: event.table, chain: event.chain, detail: event.policy };
    case 'translated': return { ...base, hook: event.hook, detail: `was ${describePacket(event.before)}` };
    case 'balanced': return { ...base, detail: `${event.service} to ${event.server ?? 'nobody'}` };
    case 'delivered': return { ...base, detail: event.to };
    case 'dropped': return { ...base, detail: event.reason, ...(event.device === undefined ? {} : { device: event.device }) };
  }
}

const round = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;
