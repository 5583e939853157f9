/** The kind of an ICMP message, by name or by `type/code`. */
import { ICMP_TYPES, isLaterFragment } from '../../packet.ts';
import { given, type MatchKind, RuleSyntaxError } from '../extension.ts';

/** Names that iptables knows, with type and codes; a type alone covers all of its codes. */
const NAMES: Readonly<Record<string, readonly [type: number, code: number | undefined]>> = {
  any: [255, undefined],
  'echo-reply': [0, undefined],
  pong: [0, undefined],
  'destination-unreachable': [3, undefined],
  'network-unreachable': [3, 0],
  'host-unreachable': [3, 1],
  'protocol-unreachable': [3, 2],
  'port-unreachable': [3, 3],
  'fragmentation-needed': [3, 4],
  'network-prohibited': [3, 9],
  'host-prohibited': [3, 10],
  'communication-prohibited': [3, 13],
  redirect: [5, undefined],
  'echo-request': [8, undefined],
  ping: [8, undefined],
  'time-exceeded': [11, undefined],
  'ttl-exceeded': [11, undefined],
  'ttl-zero-during-transit': [11, 0],
  'ttl-zero-during-reassembly': [11, 1],
};

export const icmp: MatchKind = {
  name: 'icmp',
  options: { 'icmp-type': 1 },
  build(all) {
    const one = given(all, 'icmp-type');
    const [type, code] = one ? parseType(one.values[0]!) : [255, undefined];
    const printed = type === 255 ? 'any' : code === undefined ? String(type) : `${type}/${code}`;
    return {
      name: 'icmp',
      matches({ packet }) {
        const { payload } = packet;
        if (payload.protocol !== 'icmp' || isLaterFragment(packet)) return false;
        const [actualType, actualCode] = ICMP_TYPES[payload.kind];
        const hit = type === 255 || (type === actualType && (code === undefined || code === actualCode));
        return hit !== (one?.negated ?? false);
      },
      toArgs: () => ['-m', 'icmp', ...(one ? [...(one.negated ? ['!'] : []), '--icmp-type', printed] : [])],
      list: (numeric) => (one ? listType([type, code], one.negated, numeric) : ''),
    };
  },
};

function listType([type, code]: readonly [number, number | undefined], negated: boolean, numeric: boolean): string {
  const name = Object.entries(NAMES).find(([, known]) => known[0] === type && known[1] === code)?.[0];
  const bang = negated ? '!' : '';
  if (!numeric && name !== undefined) return `icmp ${bang}${name}`;
  // libipt_icmp.c has two ways to say it, and which is taken depends on the `!`.
  return `${negated ? 'icmp !type' : 'icmptype'} ${type}${code === undefined ? '' : ` code ${code}`}`;
}

function parseType(text: string): readonly [number, number | undefined] {
  const named = NAMES[text.toLowerCase()];
  if (named) return named;
  const numbers = /^(\d{1,3})(?:\/(\d{1,3}))?$/.exec(text);
  if (!numbers) throw new RuleSyntaxError(`Unknown ICMP type \`${text}'`);
  return [Number(numbers[1]), numbers[2] === undefined ? undefined : Number(numbers[2])];
}
