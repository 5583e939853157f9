/** The echo requests and replies that both pings make, without their words: send on time, collect, count. */
import type { Ipv4 } from '../../base/address.ts';
import type { Process } from '../../machine/program.ts';
import { NetError } from '../../net/errors.ts';
import type { EchoError, EchoReply } from '../../net/sockets.ts';
import { ownerOf, untilExit } from '../lifetime.ts';
import { Arrivals, TimedOut, until } from '../waiting.ts';

export interface EchoOptions {
  readonly destination: Ipv4;
  readonly count?: number | undefined;
  readonly intervalMs: number;
  /** How long to wait for an answer after the last request. */
  readonly lingerMs: number;
  /** End after this long, whatever has come. */
  readonly deadlineMs?: number | undefined;
  readonly firstSequence: number;
  readonly size: number;
  readonly ttl?: number | undefined;
  readonly source?: Ipv4 | undefined;
  readonly device?: string | undefined;
  readonly dontFragment?: boolean;
}

export interface EchoListener {
  onReply(reply: EchoReply & { readonly tookMs: number; readonly duplicate: boolean }): Promise<void>;
  onError(error: EchoError): Promise<void>;
  /** The kernel would not send. @returns whether to go on */
  onRefused(error: NetError, sequence: number): Promise<boolean>;
}

export interface EchoCounts {
  sent: number;
  received: number;
  duplicates: number;
  errors: number;
  readonly times: number[];
  /** From the first request to the end. */
  tookMs: number;
}

type Event = { readonly kind: 'reply'; readonly reply: EchoReply; readonly at: number } | { readonly kind: 'error'; readonly error: EchoError } | { readonly kind: 'stop' };

/** Ping until the count is reached, the deadline passes or SIGINT comes. */
export async function echo(process: Process, options: EchoOptions, listener: EchoListener): Promise<EchoCounts> {
  const { clock } = process.machine;
  const counts: EchoCounts = { sent: 0, received: 0, duplicates: 0, errors: 0, times: [], tookMs: 0 };
  const sentAt = new Map<number, number>();
  const answered = new Set<number>();
  const events = new Arrivals<Event>();
  const socket = process.netns.sockets.echo({
    owner: ownerOf(process),
    onReply: (reply) => events.put({ kind: 'reply', reply, at: clock.now() }),
    onError: (error) => events.put({ kind: 'error', error }),
  });
  const release = untilExit(process, () => socket.close());
  const ignore = process.onSignal('SIGINT', () => events.put({ kind: 'stop' }));
  const startedAt = clock.now();
  const deadline = options.deadlineMs === undefined ? Number.POSITIVE_INFINITY : startedAt + options.deadlineMs;
  let nextAt = startedAt;
  let lastSentAt = startedAt;
  try {
    for (;;) {
      const done = options.count !== undefined && counts.sent >= options.count;
      if (done && answered.size + counts.errors >= counts.sent) break;
      const now = clock.now();
      if (now >= deadline) break;
      if (!done && now >= nextAt) {
        const sequence = options.firstSequence + counts.sent;
        sentAt.set(sequence, now);
        lastSentAt = now;
        counts.sent++;
        nextAt = now + options.intervalMs;
        if (!(await send(socket, options, sequence, listener, counts))) return { ...counts, tookMs: lastSentAt - startedAt };
        continue;
      }
      const wakeAt = Math.min(deadline, done ? lastSentAt + options.lingerMs : nextAt);
      if (done && now >= wakeAt) break;
      const event = await next(process, events, wakeAt - now);
      if (event?.kind === 'stop') break;
      if (event?.kind === 'error') {
        counts.errors++;
        await listener.onError(event.error);
      } else if (event) {
        const { reply, at } = event;
        const duplicate = answered.has(reply.sequence);
        answered.add(reply.sequence);
        const tookMs = at - (sentAt.get(reply.sequence) ?? at);
        if (duplicate) counts.duplicates++;
        else {
          counts.received++;
          counts.times.push(tookMs);
        }
        await listener.onReply({ ...reply, tookMs, duplicate });
      }
    }
    return { ...counts, tookMs: (options.count !== undefined && counts.sent >= options.count ? lastSentAt : clock.now()) - startedAt };
  } finally {
    ignore();
    release();
    socket.close();
  }
}

async function send(socket: ReturnType<Process['netns']['sockets']['echo']>, options: EchoOptions, sequence: number, listener: EchoListener, counts: EchoCounts): Promise<boolean> {
  const { destination, size, ttl, source, device, dontFragment } = options;
  try {
    socket.send({ destination, sequence, size, ...(dontFragment === undefined ? {} : { dontFragment }), ...(ttl === undefined ? {} : { ttl }), ...(source ? { source } : {}), ...(device ? { device } : {}) });
    return true;
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    counts.errors++;
    return listener.onRefused(error, sequence);
  }
}

async function next(process: Process, events: Arrivals<Event>, waitMs: number): Promise<Event | undefined> {
  const waiting = events.poll();
  if (waiting) return waiting;
  try {
    return await until(process, events.next(), waitMs);
  } catch (error) {
    if (error instanceof TimedOut) return undefined;
    throw error;
  }
}

/** Where `-I` points: a device, or one of our addresses. */
export function sourceOf(process: Process, text: string, parse: (text: string) => Ipv4 | undefined): { readonly source?: Ipv4; readonly device?: string } | undefined {
  const address = parse(text);
  if (address) return { source: address };
  const device = process.netns.devices.get(text);
  if (!device) return undefined;
  const own = process.netns.addresses(text)[0];
  return { device: text, ...(own ? { source: own.address.address } : {}) };
}
