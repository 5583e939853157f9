/** TCP ports and flags. */
import type { Tcp, TcpFlags } from '../../packet.ts';
import { given, type Given, hex, type MatchKind, parseNumber, printGiven, RuleSyntaxError } from '../extension.ts';
import { PORT_OPTIONS, portConditions } from './transport.ts';

const FLAGS = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32 } as const;
const ALL = 63;

const LETTERS: Readonly<Record<string, number>> = { F: FLAGS.FIN, S: FLAGS.SYN, R: FLAGS.RST, P: FLAGS.PSH, '.': FLAGS.ACK };
const bitsOf = (flags: TcpFlags) => flags.split('').reduce((bits, letter) => bits | LETTERS[letter]!, 0);

interface FlagCondition {
  readonly mask: number;
  readonly set: number;
  readonly negated: boolean;
}

export const tcp: MatchKind = {
  name: 'tcp',
  options: { ...PORT_OPTIONS, 'tcp-flags': 2, syn: 0, 'tcp-option': 1 },
  build(all, { protocol }) {
    if (protocol !== 'tcp') throw new RuleSyntaxError("TCP match requires '-p tcp'");
    const ports = portConditions(all);
    const flags = readFlags(all);
    const option = given(all, 'tcp-option');
    const wanted = option && parseNumber(option.values[0]!, 255);
    if (option && !wanted) throw new RuleSyntaxError(`Invalid TCP option "${option.values[0]}"`);
    return {
      name: 'tcp',
      matches(flight) {
        const { payload } = flight.packet;
        if (payload.protocol !== 'tcp' || !ports.fits(flight)) return false;
        if (option && optionsOf(payload).includes(wanted!) === option.negated) return false;
        return !flags || ((bitsOf(payload.flags) & flags.mask) === flags.set) !== flags.negated;
      },
      toArgs: () => ['-m', 'tcp', ...ports.toArgs(), ...(flags ? [...(flags.negated ? ['!'] : []), '--tcp-flags', printFlags(flags.mask), printFlags(flags.set)] : []), ...printGiven(option)],
      list(numeric) {
        const bits = numeric ? (value: number) => `0x${hexPair(value)}` : printFlags;
        return ['tcp', ...ports.list(), ...(option ? [`option=${option.negated ? '!' : ''}${wanted}`] : []), ...(flags ? [`flags:${flags.negated ? '!' : ''}${bits(flags.mask)}/${bits(flags.set)}`] : [])].join(' ');
      },
    };
  },
};

/** What Linux sends along: segment size, selective acknowledgements, timestamps and scaling at first, then timestamps only. */
const optionsOf = ({ flags }: Tcp): readonly number[] => (flags.startsWith('S') ? [2, 4, 8, 1, 3] : flags.startsWith('R') ? [] : [1, 8]);

function readFlags(all: readonly Given[]): FlagCondition | undefined {
  const syn = given(all, 'syn');
  if (syn) return { mask: FLAGS.SYN | FLAGS.RST | FLAGS.ACK | FLAGS.FIN, set: FLAGS.SYN, negated: syn.negated };
  const flags = given(all, 'tcp-flags');
  return flags && { mask: parseFlags(flags.values[0]!), set: parseFlags(flags.values[1]!), negated: flags.negated };
}

function parseFlags(text: string): number {
  return text.split(',').reduce((bits, word) => {
    const name = word.toUpperCase();
    if (name === 'ALL') return bits | ALL;
    if (name === 'NONE') return bits;
    if (!(name in FLAGS)) throw new RuleSyntaxError(`Unknown TCP flag \`${word}'`);
    return bits | FLAGS[name as keyof typeof FLAGS];
  }, 0);
}

function printFlags(bits: number): string {
  const names = Object.entries(FLAGS).flatMap(([name, bit]) => (bits & bit ? [name] : []));
  return names.length > 0 ? names.join(',') : 'NONE';
}

const hexPair = (bits: number) => hex(bits).slice(2).padStart(2, '0').toUpperCase();
