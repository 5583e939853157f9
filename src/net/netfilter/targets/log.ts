/** A line in the kernel log, and on with the next rule. See nf_log_syslog.c. */
import type { PacketInFlight } from '../../in-flight.ts';
import { ICMP_TYPES, type Ipv4Packet, sizeOf } from '../../packet.ts';
import { CONTINUE, given, parseNumber, quote, RuleSyntaxError, type TargetKind } from '../extension.ts';

const LEVELS = ['emerg', 'alert', 'crit', 'error', 'warning', 'notice', 'info', 'debug'];

export const log: TargetKind = {
  name: 'LOG',
  options: { 'log-level': 1, 'log-prefix': 1 },
  build(all) {
    const text = given(all, 'log-level')?.values[0];
    const level = text === undefined ? 4 : LEVELS.includes(text) ? LEVELS.indexOf(text) : parseNumber(text, 7);
    if (level === undefined) throw new RuleSyntaxError(`log level "${text}" unknown\n`);
    // Cut off without a word, as the nftables variant does.
    const prefix = (given(all, 'log-prefix')?.values[0] ?? '').slice(0, 29);
    const args = (quoted: (word: string) => string) => [...(prefix === '' ? [] : ['--log-prefix', quoted(prefix)]), ...(level === 4 ? [] : ['--log-level', String(level)])];
    return {
      name: 'LOG',
      apply(flight, { namespace }) {
        namespace.netfilter.onLog?.(prefix + describe(flight));
        return CONTINUE;
      },
      toArgs: () => args((word) => word),
      save: () => args(quote).join(' '),
      list: () => `LOG flags 0 level ${level}${prefix === '' ? '' : ` prefix "${prefix}"`}`,
    };
  },
};

/** The flags that a segment may have here, by tcpdump's letters, in the kernel's order. */
const FLAGS = [['.', 'ACK'], ['P', 'PSH'], ['R', 'RST'], ['S', 'SYN'], ['F', 'FIN']] as const;

/** As dump_ipv4_packet writes it. Differs from Linux: no MAC= behind the devices, since hooks here see packets without their frames. */
function describe({ packet, inDevice, outDevice, mark }: PacketInFlight): string {
  const tail = mark === 0 ? '' : `MARK=0x${mark.toString(16)} `;
  return `IN=${inDevice?.name ?? ''} OUT=${outDevice?.name ?? ''} ${describeHeader(packet)}${tail}`;
}

function describeHeader(packet: Ipv4Packet): string {
  return `SRC=${packet.source} DST=${packet.destination} LEN=${sizeOf(packet)} TOS=0x00 PREC=0x00 TTL=${packet.ttl} ID=${packet.id ?? 0} ${packet.dontFragment ? 'DF ' : ''}${describePayload(packet)}`;
}

function describePayload(packet: Ipv4Packet): string {
  const { payload } = packet;
  switch (payload.protocol) {
    case 'tcp':
      return `PROTO=TCP SPT=${payload.sourcePort} DPT=${payload.destinationPort} WINDOW=${payload.window} RES=0x00 ${FLAGS.map(([letter, word]) => (payload.flags.includes(letter) ? `${word} ` : '')).join('')}URGP=0 `;
    case 'udp':
      return `PROTO=UDP SPT=${payload.sourcePort} DPT=${payload.destinationPort} LEN=${sizeOf(packet) - 20} `;
    case 'icmp': {
      const [type, code] = ICMP_TYPES[payload.kind];
      const about = payload.quoted ? `[${describeHeader(payload.quoted)}] ` : `ID=${payload.id} SEQ=${payload.sequence} `;
      return `PROTO=ICMP TYPE=${type} CODE=${code} ${about}${payload.mtu === undefined ? '' : `MTU=${payload.mtu} `}`;
    }
    case 'ipip':
      return 'PROTO=4 ';
  }
}
