/**
 * Packets too large for a link, cut into pieces and put together again. A piece is a value that says which part of the
 * whole it is; only the first one's header is seen by rules that ask for ports. Knows no route.
 * See RFC 791 3.2, net/ipv4/ip_fragment.c, ip_output.c (ip_fragment).
 */
import type { Disposer } from '../base/clock.ts';
import type { NetNamespace } from './namespace.ts';
import { type Ipv4Packet, sizeOf } from './packet.ts';

const HEADER = 20;

/** The packet itself when it fits, else its pieces: each but the last as many bytes as fit, in eights. */
export function fragmentsOf(packet: Ipv4Packet, mtu: number): readonly Ipv4Packet[] {
  if (sizeOf(packet) <= mtu) return [packet];
  const first = packet.fragment?.offset ?? 0;
  const end = first + sizeOf(packet) - HEADER;
  const step = Math.max(8, (mtu - HEADER) & ~7);
  const pieces: Ipv4Packet[] = [];
  for (let offset = first; offset < end; offset += step) {
    pieces.push({ ...packet, fragment: { offset, length: Math.min(step, end - offset), more: offset + step < end || (packet.fragment?.more ?? false) } });
  }
  return pieces;
}

interface Queue {
  readonly pieces: Map<number, Ipv4Packet>;
  readonly forget: Disposer;
}

/** Whole again, and how large its largest piece was: a router cuts it no larger again. */
export interface Whole {
  readonly packet: Ipv4Packet;
  readonly largest: number;
}

/** What has arrived in pieces at one namespace, and waits for the rest. */
export class Reassembly {
  readonly #queues = new Map<string, Queue>();

  constructor(private readonly namespace: NetNamespace) {}

  /** @param onTimeout called with the first piece when the rest did not come. @returns undefined while some of it is missing */
  receive(piece: Ipv4Packet, onTimeout: (first: Ipv4Packet) => void): Whole | undefined {
    const { world, sysctl } = this.namespace;
    const key = `${piece.source} ${piece.destination} ${piece.payload.protocol} ${piece.id ?? 0}`;
    let queue = this.#queues.get(key);
    if (!queue) {
      const forget = world.clock.schedule(1000 * sysctl.number('net.ipv4.ipfrag_time'), () => {
        this.#queues.delete(key);
        const first = queue?.pieces.get(0);
        if (first) onTimeout(first);
      });
      this.#queues.set(key, (queue = { pieces: new Map(), forget }));
    }
    queue.pieces.set(piece.fragment!.offset, piece);
    if (!isComplete(queue.pieces)) return undefined;
    queue.forget();
    this.#queues.delete(key);
    const { fragment: _cut, ...whole } = queue.pieces.get(0)!;
    return { packet: whole, largest: Math.max(...[...queue.pieces.values()].map(sizeOf)) };
  }
}

function isComplete(pieces: ReadonlyMap<number, Ipv4Packet>): boolean {
  let next = 0;
  for (let piece = pieces.get(0); piece; piece = pieces.get(next)) {
    next += piece.fragment!.length;
    if (!piece.fragment!.more) return true;
  }
  return false;
}
