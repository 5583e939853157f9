/** The filters of pcap-filter(7) that people type: hosts, nets, ports, protocols, and, or, not, parentheses. */
import { contains, parseCidr, parseIpv4, type Cidr } from '../../base/address.ts';
import { portsOf, type Frame, type Ipv4Packet } from '../../net/packet.ts';
import { portNumber } from '../services.ts';

export type FrameFilter = (frame: Frame) => boolean;

/** A filter that does not parse: tcpdump prints `tcpdump: can't parse filter expression: syntax error`. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
}

type Direction = 'src' | 'dst' | undefined;

/** @throws FilterError */
export function parseFilter(words: readonly string[]): FrameFilter {
  const tokens = words.join(' ').replaceAll(/([()!])/g, ' $1 ').replaceAll('&&', ' and ').replaceAll('||', ' or ').split(/\s+/).filter(Boolean);
  if (tokens.length === 0) return () => true;
  const cursor = { tokens, at: 0 };
  const filter = either(cursor);
  if (cursor.at < tokens.length) throw new FilterError(tokens[cursor.at]);
  return filter;
}

interface Cursor {
  readonly tokens: readonly string[];
  at: number;
}

/** Unlike in C, `and` and `or` bind equally and to the left. */
function either(cursor: Cursor): FrameFilter {
  let left = single(cursor);
  for (let word = cursor.tokens[cursor.at]; word === 'and' || word === 'or'; word = cursor.tokens[cursor.at]) {
    cursor.at++;
    const before = left;
    const right = single(cursor);
    left = word === 'and' ? (frame) => before(frame) && right(frame) : (frame) => before(frame) || right(frame);
  }
  return left;
}

function single(cursor: Cursor): FrameFilter {
  const word = cursor.tokens[cursor.at++];
  if (word === 'not' || word === '!') {
    const inner = single(cursor);
    return (frame) => !inner(frame);
  }
  if (word === '(') {
    const inner = either(cursor);
    if (cursor.tokens[cursor.at++] !== ')') throw new FilterError(')');
    return inner;
  }
  if (word === undefined) throw new FilterError('end');
  return primitive(word, cursor);
}

function primitive(word: string, cursor: Cursor): FrameFilter {
  const next = () => cursor.tokens[cursor.at++] ?? '';
  switch (word) {
    case 'arp':
      return (frame) => frame.payload.type === 'arp';
    case 'ip':
      return (frame) => frame.payload.type === 'ipv4';
    case 'ip6':
      return () => false;
    case 'tcp':
    case 'udp':
    case 'icmp': {
      const isProtocol = onPacket((packet) => packet.payload.protocol === word);
      if (!/^(src|dst|port|portrange|host|net)$/.test(cursor.tokens[cursor.at] ?? '')) return isProtocol;
      const rest = primitive(next(), cursor);
      return (frame) => isProtocol(frame) && rest(frame);
    }
    case 'src':
    case 'dst':
      return qualified(next(), word, next);
    default:
      return qualified(word, undefined, next);
  }
}

function qualified(kind: string, direction: Direction, next: () => string): FrameFilter {
  switch (kind) {
    case 'host':
      return hosts(direction, next());
    case 'net':
      return hosts(direction, next());
    case 'port':
    case 'portrange': {
      const text = next();
      const range = /^(\d+)-(\d+)$/.exec(text);
      const low = range ? Number(range[1]) : (portNumber(text, 'tcp') ?? portNumber(text, 'udp'));
      if (low === undefined) throw new FilterError(text);
      const high = range ? Number(range[2]) : low;
      const within = (port: number) => port >= low && port <= high;
      return onPacket((packet) => {
        const ports = portsOf(packet);
        return ports !== undefined && ((direction !== 'dst' && within(ports.source)) || (direction !== 'src' && within(ports.destination)));
      });
    }
    default:
      // A bare address means a host.
      if (!parseIpv4(kind)) throw new FilterError(kind);
      return hosts(direction, kind);
  }
}

function hosts(direction: Direction, text: string): FrameFilter {
  const network: Cidr | undefined = parseCidr(text);
  if (!network) throw new FilterError(text);
  return (frame) => {
    const { payload } = frame;
    const [source, destination] = payload.type === 'arp' ? [payload.sender, payload.target] : [payload.source, payload.destination];
    return (direction !== 'dst' && contains(network, source)) || (direction !== 'src' && contains(network, destination));
  };
}

const onPacket = (fits: (packet: Ipv4Packet) => boolean): FrameFilter => (frame) => frame.payload.type === 'ipv4' && fits(frame.payload);
