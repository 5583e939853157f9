/** The packet that a trace sends: the first of a TCP connection, a datagram, or an echo; and what its sender is told. */
import { NetError } from '../net/errors.ts';
import type { NetNamespace } from '../net/namespace.ts';
import type { Ipv4Packet } from '../net/packet.ts';
import { encode, query } from '../programs/dns/message.ts';
import type { TraceTarget } from './trace-ends.ts';

export type Told = 'answered' | 'refused' | 'unroutable' | 'silence';

const OWNER = { pid: 0, program: 'cka trace' };
const DNS_PORT = 53;
/** A DNS server answers questions only; any other gets a line of text. */
const QUESTION = encode(query(0x0c4a, 'kubernetes.default.svc.cluster.local', 'A'));
const LINE = 'cka trace\n';

/** Never rejects; resolves late or never when nobody answers. */
export function probe(netns: NetNamespace, to: TraceTarget, signal: AbortSignal): Promise<Told> {
  if (to.port === undefined) return echo(netns, to);
  return to.protocol === 'UDP' ? datagram(netns, to, signal) : connect(netns, to, signal);
}

/** Is this what `probe` sent, before anything rewrote it? */
export function isProbe({ destination, payload }: Ipv4Packet, to: TraceTarget): boolean {
  if (destination !== to.address) return false;
  switch (payload.protocol) {
    case 'tcp': return to.protocol !== 'UDP' && payload.flags === 'S' && payload.destinationPort === to.port;
    case 'udp': return to.protocol === 'UDP' && payload.destinationPort === to.port && payload.data === textFor(to);
    case 'icmp': return to.port === undefined && payload.kind === 'echo-request';
    default: return false;
  }
}

const textFor = ({ port }: TraceTarget): string => (port === DNS_PORT ? QUESTION : LINE);

async function connect(netns: NetNamespace, to: TraceTarget, signal: AbortSignal): Promise<Told> {
  try {
    const connection = await netns.sockets.connectTcp({ destination: to.address, port: to.port!, owner: OWNER }, signal);
    connection.close();
    return 'answered';
  } catch (error) {
    return toldBy(error);
  }
}

function datagram(netns: NetNamespace, to: TraceTarget, signal: AbortSignal): Promise<Told> {
  return new Promise((resolve) => {
    const tell = (told: Told) => {
      socket.close();
      resolve(told);
    };
    const socket = netns.sockets.bindUdp({ owner: OWNER, onMessage: () => tell('answered'), onError: (error) => tell(toldBy(error)) });
    signal.addEventListener('abort', () => tell('silence'), { once: true });
    try {
      socket.send(textFor(to), { address: to.address, port: to.port! });
    } catch (error) {
      tell(toldBy(error));
    }
  });
}

function echo(netns: NetNamespace, to: TraceTarget): Promise<Told> {
  return new Promise((resolve) => {
    const tell = (told: Told) => {
      socket.close();
      resolve(told);
    };
    const socket = netns.sockets.echo({ owner: OWNER, onReply: () => tell('answered'), onError: () => tell('refused') });
    try {
      socket.send({ destination: to.address, sequence: 1 });
    } catch (error) {
      tell(toldBy(error));
    }
  });
}

function toldBy(error: unknown): Told {
  if (!(error instanceof NetError)) return 'silence';
  switch (error.code) {
    case 'ECONNREFUSED':
    case 'ECONNRESET': return 'refused';
    case 'ENETUNREACH':
    case 'EINVAL': return 'unroutable';
    default: return 'silence';
  }
}
