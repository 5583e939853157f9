/** A line in the kernel log, and on with the next rule. See nf_log_syslog.c. */
import { ICMP_TYPES } from '../../packet.ts';
import type { PacketInFlight } from '../../in-flight.ts';
import { sizeOf } from '../../packet.ts';
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

function describe({ packet, inDevice, outDevice, mark }: PacketInFlight): string {
  const { payload } = packet;
  const head = `IN=${inDevice?.name ?? ''} OUT=${outDevice?.name ?? ''} SRC=${packet.source} DST=${packet.destination} LEN=${sizeOf(packet)} TOS=0x00 PREC=0x00 TTL=${packet.ttl} ID=${packet.id ?? 0}${packet.dontFragment ? ' DF' : ''}`;
  const tail = mark === 0 ? '' : ` MARK=0x${mark.toString(16)}`;
  if (payload.protocol === 'tcp') return `${head} PROTO=TCP SPT=${payload.sourcePort} DPT=${payload.destinationPort}${tail}`;
  if (payload.protocol === 'udp') return `${head} PROTO=UDP SPT=${payload.sourcePort} DPT=${payload.destinationPort}${tail}`;
  if (payload.protocol === 'icmp') return `${head} PROTO=ICMP TYPE=${ICMP_TYPES[payload.kind][0]} CODE=${ICMP_TYPES[payload.kind][1]} ID=${payload.id} SEQ=${payload.sequence}${tail}`;
  return `${head} PROTO=4${tail}`;
}
