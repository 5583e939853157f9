/**
 * `cka trace`: sends one real packet through the simulated network and tells what happened to it, step by step. Decides
 * nothing itself: every step is an event of `net/trace.ts`. Why it died, and which object is behind it, is in
 * `trace-cause.ts`.
 */
import { NetError } from '../net/errors.ts';
import { describePacket, type Frame, type Ipv4Packet } from '../net/packet.ts';
import type { DropReason, TraceEvent } from '../net/trace.ts';
import type { Simulation } from './simulation.ts';
import { causeOf, type TraceCause } from './trace-cause.ts';
import { placesOf, sourceOf, targetOf, TraceRefusal, type TraceTarget } from './trace-ends.ts';

export interface TraceWish {
  readonly from: string;
  /** With `:port`, a TCP connection is tried; without, and where no object tells a port, an echo. */
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
  readonly protocol: 'tcp' | 'icmp';
  /** What the sender was told in the end. */
  readonly verdict: 'answered' | 'refused' | 'rejected' | 'dropped' | 'silence';
  readonly reason?: DropReason;
  readonly cause?: TraceCause;
  readonly tookMs: number;
  readonly hops: readonly TraceHop[];
}

/** Nobody waits longer for a packet that nobody answers. */
const PATIENCE_MS = 5000;
/** After a packet died, its sender may still be told so. */
const AFTERMATH_MS = 20;

/** @throws TraceRefusal when there is no such end */
export async function trace(simulation: Simulation, wish: TraceWish): Promise<Trace> {
  const namespace = wish.namespace ?? 'default';
  const from = sourceOf(simulation, wish.from, namespace);
  const to = targetOf(simulation, wish.to, namespace);
  if (to.protocol !== undefined && to.protocol !== 'TCP') throw new TraceRefusal(`Port ${to.port} of ${to.name} is ${to.protocol}; a trace sends TCP or an echo. Give a TCP port, or the address alone.`);
  const { world, clock } = simulation;
  const events: TraceEvent[] = [];
  const startedAt = clock.now();
  let mine: Ipv4Packet | undefined;
  let died: () => void = () => undefined;
  const dead = new Promise<void>((resolve) => (died = resolve));
  const stop = world.onTrace((event) => {
    const packet = packetOf(event);
    if (!packet) return;
    mine ??= event.namespace === from.netns.label && isFirst(packet, to) ? packet : undefined;
    if (!mine || !isSame(packet, mine)) return;
    events.push(event);
    if (event.kind === 'dropped') clock.schedule(AFTERMATH_MS, died);
  });
  const giveUp = new AbortController();
  const patience = clock.schedule(PATIENCE_MS, died);
  try {
    const told = await Promise.race([to.port === undefined ? echo(from.netns, to) : connect(from.netns, to, giveUp.signal), dead.then(() => 'silence' as const)]);
    const places = placesOf(simulation);
    const drop = events.findLast((event) => event.kind === 'dropped');
    const reason = drop?.kind === 'dropped' ? drop.reason : told === 'unroutable' ? 'no-route' : undefined;
    const verdict = told === 'answered' ? 'answered' : told === 'refused' ? (reason === 'rejected' ? 'rejected' : 'refused') : told === 'unroutable' || reason !== undefined ? (reason === 'rejected' ? 'rejected' : 'dropped') : 'silence';
    const cause = verdict === 'answered' ? undefined : causeOf(simulation, { from, to, events, reason, verdict });
    const placeName = (label: string) => {
      const place = places.get(label);
      return place ? `${place.kind} ${place.namespace === undefined ? '' : `${place.namespace}/`}${place.name}` : label.startsWith('br-') ? 'the wire between the nodes' : label;
    };
    return {
      from: `${from.kind} ${from.namespace === undefined ? '' : `${from.namespace}/`}${from.name}`,
      to: `${to.kind} ${to.namespace === undefined ? '' : `${to.namespace}/`}${to.name}`,
      address: to.address, ...(to.port === undefined ? {} : { port: to.port }),
      protocol: to.port === undefined ? 'icmp' : 'tcp',
      verdict, ...(reason === undefined || verdict === 'answered' ? {} : { reason }), ...(cause ? { cause } : {}),
      tookMs: round(clock.now() - startedAt),
      hops: events.map((event) => hopOf(event, startedAt, placeName)),
    };
  } finally {
    giveUp.abort(new Error('the trace is over'));
    patience();
    stop();
  }
}

type Told = 'answered' | 'refused' | 'unroutable' | 'silence';

async function connect(netns: Parameters<typeof echo>[0], to: TraceTarget, signal: AbortSignal): Promise<Told> {
  try {
    const connection = await netns.sockets.connectTcp({ destination: to.address, port: to.port!, owner: { pid: 0, program: 'cka trace' } }, signal);
    connection.close();
    return 'answered';
  } catch (error) {
    if (!(error instanceof NetError)) return 'silence';
    if (error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET') return 'refused';
    return error.code === 'ENETUNREACH' || error.code === 'EINVAL' ? 'unroutable' : 'silence';
  }
}

function echo(netns: ReturnType<typeof sourceOf>['netns'], to: TraceTarget): Promise<Told> {
  return new Promise((resolve) => {
    const socket = netns.sockets.echo({
      owner: { pid: 0, program: 'cka trace' },
      onReply: () => {
        socket.close();
        resolve('answered');
      },
      onError: () => {
        socket.close();
        resolve('refused');
      },
    });
    try {
      socket.send({ destination: to.address, sequence: 1 });
    } catch (error) {
      socket.close();
      resolve(error instanceof NetError && error.code === 'ENETUNREACH' ? 'unroutable' : 'silence');
    }
  });
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

/** Ours, before anything rewrote it. */
function isFirst({ destination, payload }: Ipv4Packet, to: TraceTarget): boolean {
  if (destination !== to.address) return false;
  return payload.protocol === 'tcp' ? payload.flags === 'S' && payload.destinationPort === to.port : payload.protocol === 'icmp' && to.port === undefined && payload.kind === 'echo-request';
}

/** The same packet, whatever was rewritten on its way: the identification field and what NAT leaves alone. */
function isSame(packet: Ipv4Packet, mine: Ipv4Packet): boolean {
  if (packet.id !== mine.id || packet.payload.protocol !== mine.payload.protocol) return false;
  if (packet.payload.protocol === 'tcp' && mine.payload.protocol === 'tcp') return packet.payload.flags === mine.payload.flags && packet.payload.sequence === mine.payload.sequence;
  return packet.payload.protocol === 'icmp' && mine.payload.protocol === 'icmp' && packet.payload.kind === mine.payload.kind && packet.payload.sequence === mine.payload.sequence;
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
