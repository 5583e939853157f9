/** One captured frame as a line of tcpdump 4.99. Knows frames, not captures. See print-ip.c, print-tcp.c, print-domain.c. */
import { ICMP_TYPES, isLaterFragment, portsOf, sizeOf, type Arp, type Frame, type Icmp, type Ipv4Packet, type Tcp, type Udp } from '../../net/packet.ts';
import { dataText, decode } from '../dns/message.ts';
import { serviceName } from '../services.ts';

export interface PrintOptions {
  /** `-n`: ports by number. */
  readonly numeric: boolean;
  /** `-e`: the link layer too. */
  readonly link: boolean;
  /** `-v`: the IP header too. */
  readonly verbose: boolean;
  /** `-q`: less of the protocol. */
  readonly quiet: boolean;
  /** `-A`: the payload as text. */
  readonly ascii: boolean;
}

/** Absolute sequence numbers of each direction's first segment; later ones are printed relative to it. */
export type Sequences = Map<string, number>;

export function printFrame(frame: Frame, options: PrintOptions, sequences: Sequences): string {
  const { payload } = frame;
  const length = payload.type === 'arp' ? 42 : 14 + sizeOf(payload);
  const link = options.link ? `${frame.from} > ${frame.to === 'ff:ff:ff:ff:ff:ff' ? 'Broadcast' : frame.to}, ethertype ${payload.type === 'arp' ? 'ARP (0x0806)' : 'IPv4 (0x0800)'}, length ${length}: ` : '';
  if (payload.type === 'arp') return `${link}${options.link ? '' : 'ARP, '}${printArp(payload)}`;
  return `${link}${options.link ? '' : 'IP '}${printPacket(payload, options, sequences)}`;
}

function printArp(arp: Arp): string {
  return arp.op === 'request' ? `Request who-has ${arp.target} tell ${arp.sender}, length 28` : `Reply ${arp.sender} is-at ${arp.senderMac}, length 28`;
}

function printPacket(packet: Ipv4Packet, options: PrintOptions, sequences: Sequences): string {
  const { payload } = packet;
  const protocol = { icmp: 'ICMP (1)', tcp: 'TCP (6)', udp: 'UDP (17)', ipip: 'IPIP (4)' }[payload.protocol];
  const header = options.verbose ? `(tos 0x0, ttl ${packet.ttl}, id ${packet.id ?? 0}, offset ${packet.fragment?.offset ?? 0}, flags [${packet.fragment?.more ? '+' : packet.dontFragment ? 'DF' : 'none'}], proto ${protocol}, length ${sizeOf(packet)})\n    ` : '';
  const ports = portsOf(packet);
  const name = (port: number) => (options.numeric ? String(port) : (serviceName(port, payload.protocol === 'udp' ? 'udp' : 'tcp') ?? String(port)));
  const source = ports ? `${packet.source}.${name(ports.source)}` : packet.source;
  const destination = ports ? `${packet.destination}.${name(ports.destination)}` : packet.destination;
  const ends = `${header}${source} > ${destination}: `;
  if (isLaterFragment(packet)) return `${ends}${payload.protocol === 'ipip' ? 'ip-proto-4' : payload.protocol}`;
  switch (payload.protocol) {
    case 'icmp':
      return ends + printIcmp(packet, payload);
    case 'tcp':
      return ends + printTcp(payload, `${source} ${destination}`, `${destination} ${source}`, options, sequences);
    case 'udp':
      return ends + printUdp(payload, options, sequences);
    case 'ipip':
      return `${ends}IP ${printPacket(payload.inner, options, sequences)}`;
  }
}

function printIcmp(packet: Ipv4Packet, icmp: Icmp): string {
  const length = sizeOf(packet) - 20;
  const about = icmp.quoted;
  const port = about && portsOf(about)?.destination;
  switch (icmp.kind) {
    case 'echo-request':
    case 'echo-reply':
      return `ICMP ${icmp.kind.replace('-', ' ')}, id ${icmp.id}, seq ${icmp.sequence}, length ${length}`;
    case 'port-unreachable':
      return `ICMP ${about?.destination} ${about?.payload.protocol} port ${port} unreachable, length ${length}`;
    case 'host-unreachable':
      return `ICMP host ${about?.destination} unreachable, length ${length}`;
    case 'network-unreachable':
      return `ICMP net ${about?.destination} unreachable, length ${length}`;
    case 'fragmentation-needed':
      return `ICMP ${about?.destination} unreachable - need to frag (mtu ${icmp.mtu ?? 0}), length ${length}`;
    case 'ttl-zero-during-transit':
      return `ICMP time exceeded in-transit, length ${length}`;
    case 'ttl-zero-during-reassembly':
      return `ICMP ip reassembly time exceeded, length ${length}`;
    case 'host-prohibited':
    case 'network-prohibited':
    case 'communication-prohibited':
      return `ICMP host ${about?.destination} unreachable - admin prohibited${icmp.kind === 'communication-prohibited' ? ' filter' : ''}, length ${length}`;
    case 'protocol-unreachable':
      return `ICMP ${about?.destination} protocol ${about ? ICMP_TYPES['protocol-unreachable'][1] : ''} unreachable, length ${length}`;
  }
}

function printTcp(tcp: Tcp, way: string, back: string, options: PrintOptions, sequences: Sequences): string {
  if (options.quiet) return `tcp ${tcp.data.length}`;
  if (tcp.flags.startsWith('S')) sequences.set(way, tcp.sequence);
  const sequence = (value: number, base: number | undefined) => (base === undefined || tcp.flags.startsWith('S') ? value : (value - base) >>> 0);
  const from = sequence(tcp.sequence, sequences.get(way));
  const words = [`Flags [${tcp.flags}]`];
  if (/[SFR]/.test(tcp.flags) || tcp.data !== '') words.push(tcp.data === '' ? `seq ${from}` : `seq ${from}:${from + tcp.data.length}`);
  if (tcp.flags.includes('.')) words.push(`ack ${tcp.flags.startsWith('S') ? tcp.acknowledgement : sequence(tcp.acknowledgement, sequences.get(back))}`);
  words.push(`win ${tcp.window}`);
  if (tcp.mss !== undefined) words.push(`options [mss ${tcp.mss}]`);
  words.push(`length ${tcp.data.length}`);
  const http = /^((?:GET|POST|HEAD|PUT|DELETE|PATCH|OPTIONS) \S+ HTTP\/1\.\d|HTTP\/1\.\d \d+ [^\r\n]*)/.exec(tcp.data);
  return words.join(', ') + (http ? `: HTTP: ${http[1]}` : '') + (options.ascii && tcp.data !== '' ? `\n${tcp.data.replaceAll(/[^\x20-\x7e\n\t]/g, (byte) => (byte === '\r' ? '' : '.'))}` : '');
}

function printUdp(udp: Udp, options: PrintOptions, sequences: Sequences): string {
  if (typeof udp.data !== 'string') {
    // Port 8472 is Linux's old one for VXLAN; tcpdump takes it for Cisco's OTV.
    const otv = udp.destinationPort === 8472;
    return `${otv ? 'OTV' : 'VXLAN'}, flags [I] (0x08), ${otv ? 'overlay 0, instance' : 'vni'} ${udp.data.vni}\n${printFrame(udp.data.frame, options, sequences)}`;
  }
  if (options.quiet) return `UDP, length ${udp.data.length}`;
  const dns = udp.destinationPort === 53 || udp.sourcePort === 53 ? decode(udp.data) : undefined;
  if (!dns) return `UDP, length ${udp.data.length}`;
  if (!dns.response) return `${dns.id}${dns.recursionDesired ? '+' : ''} ${dns.edns ? '[1au] ' : ''}${dns.questions.map(({ name, type }) => `${type}? ${name}.`).join(' ')} (${udp.data.length})`;
  const rcode = { NOERROR: '', NXDOMAIN: ' NXDomain', SERVFAIL: ' ServFail', REFUSED: ' Refused', FORMERR: ' FormErr', NOTIMP: ' NotImp' }[dns.rcode];
  const counts = `${dns.answers.length}/${dns.authorities.length}/${dns.additionals.length + (dns.edns ? 1 : 0)}`;
  return `${dns.id}${rcode}${dns.authoritative ? '*' : ''}${dns.recursionAvailable ? '' : '-'} ${counts}${dns.answers.map((record) => ` ${record.type} ${dataText(record)}`).join(',')} (${udp.data.length})`;
}
