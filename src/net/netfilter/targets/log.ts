/** A line in the kernel log, and on with the next rule. See nf_log_syslog.c. */
import type { PacketInFlight } from '../../in-flight.ts';
import { ICMP_TYPES, isLaterFragment, type Ipv4Packet, sizeOf } from '../../packet.ts';
import { CONTINUE, given, parseNumber, quote, RuleSyntaxError, type TargetKind } from '../extension.ts';

/** As iptables says them. */
const LISTED = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'];
const LEVELS = ['emerg', 'alert', 'crit', 'error', 'warning', 'notice', 'info', 'debug'];

/** What else may be said of a packet: how `-L` names it, and its bit. In the order they are printed. */
const DETAILS = [['log-tcp-sequence', 1], ['log-tcp-options', 2], ['log-ip-options', 4], ['log-uid', 8]] as const;

export const log: TargetKind = {
  name: 'LOG',
  options: { 'log-level': 1, 'log-prefix': 1, ...Object.fromEntries(DETAILS.map(([option]) => [option, 0])) },
  build(all) {
    const text = given(all, 'log-level')?.values[0];
    const level = text === undefined ? 4 : LEVELS.includes(text) ? LEVELS.indexOf(text) : parseNumber(text, 7);
    if (level === undefined) throw new RuleSyntaxError(`log level "${text}" unknown\n`);
    // Cut off without a word, as the nftables variant does.
    const prefix = (given(all, 'log-prefix')?.values[0] ?? '').slice(0, 29);
    const details = DETAILS.filter(([option]) => given(all, option));
    const has = (option: string) => details.some(([name]) => name === option);
    const args = (quoted: (word: string) => string) => [...(prefix === '' ? [] : ['--log-prefix', quoted(prefix)]), ...(level === 4 ? [] : ['--log-level', String(level)]), ...details.map(([option]) => `--${option}`)];
    return {
      name: 'LOG',
      apply(flight, { namespace }) {
        namespace.netfilter.onLog?.(prefix + describe(flight, has));
        return CONTINUE;
      },
      toArgs: () => args((word) => word),
      save: () => args(quote).join(' '),
      list: (numeric) => `LOG ${numeric ? `flags ${details.reduce((bits, [, bit]) => bits | bit, 0)} level ${level}` : [`level ${LISTED[level]}`, ...details.map(([option]) => option.slice(4))].join(' ')}${prefix === '' ? '' : ` prefix "${prefix}"`}`,
    };
  },
};

/** The flags that a segment may have here, by tcpdump's letters, in the kernel's order. */
const FLAGS = [['.', 'ACK'], ['P', 'PSH'], ['R', 'RST'], ['S', 'SYN'], ['F', 'FIN']] as const;

/** Which of the details were asked for. */
type Wanted = (option: string) => boolean;
const NOTHING: Wanted = () => false;

/** As dump_ipv4_packet writes it. Differs from Linux: no MAC= behind the devices, since hooks here see packets without their frames. */
function describe({ packet, inDevice, outDevice, mark, owner }: PacketInFlight, has: Wanted): string {
  const who = has('log-uid') && owner ? `UID=${owner.uid ?? 0} GID=${owner.gid ?? 0} ` : '';
  return `IN=${inDevice?.name ?? ''} OUT=${outDevice?.name ?? ''} ${describeHeader(packet, has)}${who}${mark === 0 ? '' : `MARK=0x${mark.toString(16)} `}`;
}

function describeHeader(packet: Ipv4Packet, has: Wanted = NOTHING): string {
  return `SRC=${packet.source} DST=${packet.destination} LEN=${sizeOf(packet)} TOS=0x00 PREC=0x00 TTL=${packet.ttl} ID=${packet.id ?? 0} ${packet.dontFragment ? 'DF ' : ''}${packet.fragment?.more ? 'MF ' : ''}${isLaterFragment(packet) ? `FRAG:${packet.fragment!.offset / 8} ` : ''}${describePayload(packet, has)}`;
}

function describePayload(packet: Ipv4Packet, has: Wanted): string {
  const { payload } = packet;
  switch (payload.protocol) {
    case 'tcp': {
      const sequence = has('log-tcp-sequence') ? `SEQ=${payload.sequence} ACK=${payload.acknowledgement} ` : '';
      const options = has('log-tcp-options') && payload.mss !== undefined ? `OPT (0204${payload.mss.toString(16).toUpperCase().padStart(4, '0')}) ` : '';
      return `PROTO=TCP SPT=${payload.sourcePort} DPT=${payload.destinationPort} ${sequence}WINDOW=${payload.window} RES=0x00 ${FLAGS.map(([letter, word]) => (payload.flags.includes(letter) ? `${word} ` : '')).join('')}URGP=0 ${options}`;
    }
    case 'udp':
      if (isLaterFragment(packet)) return 'PROTO=UDP ';
      return `PROTO=UDP SPT=${payload.sourcePort} DPT=${payload.destinationPort} LEN=${sizeOf(packet) - 20} `;
    case 'icmp': {
      if (isLaterFragment(packet)) return 'PROTO=ICMP ';
      const [type, code] = ICMP_TYPES[payload.kind];
      const about = payload.quoted ? `[${describeHeader(payload.quoted)}] ` : `ID=${payload.id} SEQ=${payload.sequence} `;
      return `PROTO=ICMP TYPE=${type} CODE=${code} ${about}${payload.mtu === undefined ? '' : `MTU=${payload.mtu} `}`;
    }
    case 'ipip':
      return 'PROTO=4 ';
  }
}
