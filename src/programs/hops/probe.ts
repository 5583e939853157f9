/** One packet with a small time to live, and who answers it: what traceroute and mtr are made of. Knows no words. */
import type { Ipv4 } from '../../base/address.ts';
import type { Process } from '../../machine/program.ts';
import type { IcmpKind } from '../../net/packet.ts';
import { bindUdp, ownerOf, untilExit } from '../lifetime.ts';
import { Arrivals, TimedOut, until } from '../waiting.ts';

export interface Probe {
  readonly destination: Ipv4;
  readonly ttl: number;
  readonly method: 'icmp' | 'udp';
  /** Of UDP: one where nobody listens. */
  readonly port: number;
  /** Of what is sent after the headers. */
  readonly size: number;
  readonly waitMs: number;
}

export interface HopAnswer {
  readonly from: Ipv4;
  readonly tookMs: number;
  /** The destination itself, or somebody who knows that there is no way on. */
  readonly final: boolean;
  /** What was complained of, when it was something else than the time to live or the port. */
  readonly complaint?: IcmpKind | undefined;
}

/** @returns undefined when nobody answers in time @throws NetError when the kernel will not send */
export async function probe(process: Process, wish: Probe): Promise<HopAnswer | undefined> {
  const { clock } = process.machine;
  const arrivals = new Arrivals<HopAnswer>();
  const sentAt = clock.now();
  const arrived = (from: Ipv4) => arrivals.put({ from, tookMs: clock.now() - sentAt, final: true });
  const failed = ({ kind, from }: { readonly kind: IcmpKind; readonly from: Ipv4 }) => {
    const onTheWay = kind === 'ttl-zero-during-transit';
    const expected = onTheWay || (kind === 'port-unreachable' && from === wish.destination);
    arrivals.put({ from, tookMs: clock.now() - sentAt, final: !onTheWay, complaint: expected ? undefined : kind });
  };
  const close = wish.method === 'icmp' ? sendEcho(process, wish, { arrived, failed }) : sendDatagram(process, wish, { arrived, failed });
  try {
    return await until(process, arrivals.next(), wish.waitMs);
  } catch (error) {
    if (error instanceof TimedOut) return undefined;
    throw error;
  } finally {
    close();
  }
}

interface Listener {
  readonly arrived: (from: Ipv4) => void;
  readonly failed: (error: { readonly kind: IcmpKind; readonly from: Ipv4 }) => void;
}

function sendEcho(process: Process, { destination, ttl, size }: Probe, { arrived, failed }: Listener): () => void {
  const socket = process.netns.sockets.echo({ owner: ownerOf(process), onReply: ({ from }) => arrived(from), onError: failed });
  const release = untilExit(process, () => socket.close());
  const close = () => {
    release();
    socket.close();
  };
  return sending(() => socket.send({ destination, sequence: ttl, ttl, size }), close);
}

/** An answer in UDP means that somebody listens on the unlikely port after all: we are there. */
function sendDatagram(process: Process, { destination, ttl, size, port }: Probe, { arrived, failed }: Listener): () => void {
  const socket = bindUdp(process, { onMessage: (_, from) => arrived(from.address), onIcmpError: failed });
  const payload = Array.from({ length: size }, (_, at) => String.fromCharCode(0x40 + (at & 0x3f))).join('');
  return sending(() => socket.send(payload, { address: destination, port }, { ttl }), () => socket.close());
}

function sending(send: () => void, close: () => void): () => void {
  try {
    send();
  } catch (error) {
    close();
    throw error;
  }
  return close;
}
