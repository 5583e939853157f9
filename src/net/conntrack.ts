/**
 * The table of connections of one namespace: how netfilter knows an answer from a question, and NAT its way back.
 * Active from the first rule that needs it, as in Linux. See net/netfilter/nf_conntrack_core.c.
 * Above 250 lines because following packets, entries made by hand and who hears of both are one table.
 */
import type { Ipv4 } from '../base/address.ts';
import type { Disposer } from '../base/clock.ts';
import { NetError } from './errors.ts';
import type { PacketInFlight } from './in-flight.ts';
import type { NetNamespace } from './namespace.ts';
import { isIcmpError, type Ipv4Packet, type Protocol, sizeOf } from './packet.ts';
import { type ConntrackTcpState, nextTcpState, TCP_TIMEOUTS } from './conntrack-tcp.ts';
import { invert, keyOf, type Tuple, tupleOf } from './tuple.ts';

/** Of the packet that began the connection, or against it. */
export type Direction = 'original' | 'reply';

/** One connection. */
export interface ConntrackEntry {
  readonly id: number;
  readonly original: Tuple;
  /** What an answer looks like when it arrives: NAT is the difference between this and the inverted original. */
  reply: Tuple;
  /** Of TCP; undefined for the others. */
  state: ConntrackTcpState | undefined;
  expiresAtMs: number;
  readonly createdAtMs: number;
  mark: number;
  readonly status: {
    /** In the table; until then only its first packet knows it. */
    confirmed: boolean;
    seenReply: boolean;
    assured: boolean;
    snat: boolean;
    dnat: boolean;
    /** NAT has decided about this end, be it to change nothing. */
    sourceDone: boolean;
    destinationDone: boolean;
  };
  readonly counters: Record<Direction, { packets: number; bytes: number }>;
}

/** What `conntrack -D` may be told; everything named must fit. */
export interface ConntrackFilter {
  readonly protocol?: Protocol;
  readonly source?: Ipv4;
  readonly destination?: Ipv4;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly replySource?: Ipv4;
  readonly replyDestination?: Ipv4;
  readonly mark?: number;
}

const SWEEP_EVERY_MS = 30_000;
/** What `conntrack -E` is told of. */
export type ConntrackEvent = 'NEW' | 'UPDATE' | 'DESTROY';

/** How many entries are looked at before a full table is called full. */
const EARLY_DROP_LOOKS = 64;
const OTHER: Readonly<Record<Direction, Direction>> = { original: 'reply', reply: 'original' };

/** The connections of one namespace. */
export class Conntrack {
  /** Set when the first rule that needs connections appears; never unset. */
  enabled = false;
  readonly #byTuple = new Map<string, { readonly entry: ConntrackEntry; readonly direction: Direction }>();
  /** Since the beginning, as `conntrack -S` shows it. */
  readonly statistics = { invalid: 0, insert: 0, insertFailed: 0, drop: 0, earlyDrop: 0 };
  readonly #listeners = new Set<(event: ConntrackEvent, entry: ConntrackEntry) => void>();
  #lastId = 0;
  #sweptAtMs = 0;

  constructor(private readonly namespace: NetNamespace) {}

  /** PREROUTING and OUTPUT: say which connection the packet belongs to. @returns false when it would be one too many */
  track(flight: PacketInFlight): boolean {
    if (!this.enabled || flight.tracking) return true;
    const tuple = tupleOf(flight.packet);
    if (!tuple) this.#trackError(flight);
    else {
      const found = this.find(tuple);
      if (found) this.#trackKnown(flight, tuple, found);
      else if (this.#hasRoom()) this.#trackNew(flight, tuple);
      else {
        this.statistics.drop++;
        return false;
      }
    }
    this.#count(flight);
    return true;
  }

  #count({ tracking }: PacketInFlight): void {
    if (tracking?.state === 'INVALID') this.statistics.invalid++;
  }

  #trackKnown(flight: PacketInFlight, tuple: Tuple, found: { readonly entry: ConntrackEntry; readonly direction: Direction }): void {
    const { entry, direction } = found;
    const before = `${entry.state} ${entry.status.seenReply}`;
    if (flight.packet.payload.protocol === 'tcp') {
      const state = nextTcpState(entry.state, flight.packet.payload.flags, direction);
      if (state === 'reopen') {
        this.remove(entry);
        return this.#trackNew(flight, tuple);
      }
      if (state === 'invalid') {
        flight.tracking = { state: 'INVALID' };
        return;
      }
      entry.state = state;
      if (state === 'ESTABLISHED') entry.status.assured = true;
      // Refused at once: there was no connection, and the table forgets it when this very packet has passed.
      if (flight.packet.payload.flags.startsWith('R') && !entry.status.seenReply) this.remove(entry);
    }
    if (direction === 'reply') entry.status.seenReply = true;
    this.#refresh(entry, flight.packet, direction);
    if (`${entry.state} ${entry.status.seenReply}` !== before) this.#tell('UPDATE', entry);
    flight.tracking = { state: direction === 'reply' || entry.status.seenReply ? 'ESTABLISHED' : 'NEW', entry, direction };
  }

  /** The end of POSTROUTING and INPUT: the packet made it, so its connection exists. @returns false when another took the place */
  confirm(flight: PacketInFlight): boolean {
    const entry = flight.tracking?.entry;
    if (!entry || entry.status.confirmed || flight.tracking?.direction !== 'original') return true;
    const keys = [keyOf(entry.original), keyOf(entry.reply)] as const;
    if (this.find(entry.original) || this.find(entry.reply)) {
      this.statistics.insertFailed++;
      return false;
    }
    entry.status.confirmed = true;
    this.#byTuple.set(keys[0], { entry, direction: 'original' });
    this.#byTuple.set(keys[1], { entry, direction: 'reply' });
    this.#sweep();
    this.#tell('NEW', entry);
    return true;
  }

  find(tuple: Tuple): { readonly entry: ConntrackEntry; readonly direction: Direction } | undefined {
    const found = this.#byTuple.get(keyOf(tuple));
    if (!found) return undefined;
    if (found.entry.expiresAtMs > this.namespace.world.clock.now()) return found;
    this.remove(found.entry);
    return undefined;
  }

  /** Those that have not timed out, oldest first. */
  entries(): readonly ConntrackEntry[] {
    const now = this.namespace.world.clock.now();
    return [...this.#byTuple.values()].filter(({ entry, direction }) => direction === 'original' && entry.expiresAtMs > now).map(({ entry }) => entry);
  }

  /** @returns how many went */
  delete(filter: ConntrackFilter): number {
    const gone = this.entries().filter((entry) => fits(entry, filter));
    for (const entry of gone) this.remove(entry);
    return gone.length;
  }

  /** In a full table a connection that nobody answered makes room for a new one (early_drop). */
  #hasRoom(): boolean {
    const limit = this.namespace.sysctl.number('net.netfilter.nf_conntrack_max');
    if (limit === 0 || this.#byTuple.size / 2 < limit) return true;
    let looked = 0;
    for (const { entry } of this.#byTuple.values()) {
      if (!entry.status.assured) {
        this.statistics.earlyDrop++;
        this.remove(entry);
        return true;
      }
      if (++looked >= EARLY_DROP_LOOKS) return false;
    }
    return false;
  }

  #trackNew(flight: PacketInFlight, tuple: Tuple): void {
    const { payload } = flight.packet;
    let state: ConntrackTcpState | undefined;
    if (payload.protocol === 'tcp') {
      const next = nextTcpState(undefined, payload.flags, 'original');
      if (next === 'invalid' || next === 'reopen') return void (flight.tracking = { state: 'INVALID' });
      state = next;
    }
    // An answer to a question nobody asked.
    if (payload.protocol === 'icmp' && payload.kind === 'echo-reply') return void (flight.tracking = { state: 'INVALID' });
    const now = this.namespace.world.clock.now();
    const entry: ConntrackEntry = {
      id: ++this.#lastId,
      original: tuple,
      reply: invert(tuple),
      state,
      expiresAtMs: now,
      createdAtMs: now,
      mark: 0,
      status: { confirmed: false, seenReply: false, assured: false, snat: false, dnat: false, sourceDone: false, destinationDone: false },
      counters: { original: { packets: 0, bytes: 0 }, reply: { packets: 0, bytes: 0 } },
    };
    this.#refresh(entry, flight.packet, 'original');
    flight.tracking = { state: 'NEW', entry, direction: 'original' };
  }

  /** An entry made by hand, confirmed as it stands. @throws NetError EEXIST */
  insert(original: Tuple, reply: Tuple, made: Pick<ConntrackEntry, 'state' | 'mark'> & { readonly timeoutSeconds: number; readonly status: Partial<ConntrackEntry['status']> }): void {
    if (this.find(original) || this.find(reply)) throw new NetError('EEXIST');
    const now = this.namespace.world.clock.now();
    const entry: ConntrackEntry = {
      id: ++this.#lastId, original, reply, state: made.state, mark: made.mark, expiresAtMs: now + 1000 * made.timeoutSeconds, createdAtMs: now,
      status: { confirmed: true, seenReply: false, assured: false, snat: false, dnat: false, sourceDone: true, destinationDone: true, ...made.status },
      counters: { original: { packets: 0, bytes: 0 }, reply: { packets: 0, bytes: 0 } },
    };
    this.#byTuple.set(keyOf(original), { entry, direction: 'original' });
    this.#byTuple.set(keyOf(reply), { entry, direction: 'reply' });
    this.statistics.insert++;
    this.#tell('NEW', entry);
  }

  /** Hear of connections that begin, change and end. */
  watch(listener: (event: ConntrackEvent, entry: ConntrackEntry) => void): Disposer {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #tell(event: ConntrackEvent, entry: ConntrackEntry): void {
    for (const listener of this.#listeners) listener(event, entry);
  }

  /** An ICMP error is related to the connection of the packet it quotes, and flows against it. */
  #trackError(flight: PacketInFlight): void {
    const { payload } = flight.packet;
    const quoted = payload.protocol === 'icmp' && isIcmpError(payload) && payload.quoted ? tupleOf(payload.quoted) : undefined;
    const found = quoted && this.find(invert(quoted));
    flight.tracking = found ? { state: 'RELATED', entry: found.entry, direction: found.direction } : { state: 'INVALID' };
  }

  #refresh(entry: ConntrackEntry, packet: Ipv4Packet, direction: Direction): void {
    const now = this.namespace.world.clock.now();
    const counter = entry.counters[direction];
    counter.packets++;
    counter.bytes += sizeOf(packet);
    // A UDP stream is a flow that has been answered and lives longer than two seconds (nf_conntrack_proto_udp.c).
    const stream = entry.original.protocol === 'udp' && entry.status.seenReply && now - entry.createdAtMs > 2000;
    if (stream) entry.status.assured = true;
    entry.expiresAtMs = now + 1000 * this.namespace.sysctl.number(`net.netfilter.nf_conntrack_${timeoutKnob(entry, stream)}`);
  }

  /** Its packets begin a new connection, or belong to none. */
  remove(entry: ConntrackEntry): void {
    if (this.#byTuple.has(keyOf(entry.original))) this.#tell('DESTROY', entry);
    this.#byTuple.delete(keyOf(entry.original));
    this.#byTuple.delete(keyOf(entry.reply));
  }

  #sweep(): void {
    const now = this.namespace.world.clock.now();
    if (now - this.#sweptAtMs < SWEEP_EVERY_MS) return;
    this.#sweptAtMs = now;
    for (const { entry } of this.#byTuple.values()) if (entry.expiresAtMs <= now) this.remove(entry);
  }
}

/** How the other direction sees the connection that a packet of ours answers: errors and resets travel with it (nf_ct_attach). */
export function reversed(flight: PacketInFlight): PacketInFlight['tracking'] {
  const { tracking } = flight;
  return tracking?.entry ? { state: 'RELATED', entry: tracking.entry, direction: OTHER[tracking.direction] } : tracking;
}

function timeoutKnob(entry: ConntrackEntry, stream: boolean): string {
  switch (entry.original.protocol) {
    case 'tcp':
      return `tcp_timeout_${TCP_TIMEOUTS[entry.state ?? 'ESTABLISHED']}`;
    case 'udp':
      return stream ? 'udp_timeout_stream' : 'udp_timeout';
    case 'icmp':
      return 'icmp_timeout';
    case 'ipip':
      return 'generic_timeout';
  }
}

function fits({ original, reply, mark }: ConntrackEntry, filter: ConntrackFilter): boolean {
  const same = <T>(wanted: T | undefined, actual: T) => wanted === undefined || wanted === actual;
  return (
    same(filter.protocol, original.protocol) &&
    same(filter.source, original.source) &&
    same(filter.destination, original.destination) &&
    same(filter.sourcePort, original.sourcePort) &&
    same(filter.destinationPort, original.destinationPort) &&
    same(filter.replySource, reply.source) &&
    same(filter.replyDestination, reply.destination) &&
    same(filter.mark, mark)
  );
}
