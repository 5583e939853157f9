/** How many routers the packet may still pass. See xt_hl.c, libipt_ttl.c. */
import { given, type MatchKind, parseNumber, RuleSyntaxError } from '../extension.ts';

const SIGNS = { 'ttl-eq': '==', 'ttl-lt': '<', 'ttl-gt': '>' } as const;

export const ttl: MatchKind = {
  name: 'ttl',
  options: { 'ttl-eq': 1, 'ttl-lt': 1, 'ttl-gt': 1 },
  build(all) {
    const one = given(all, 'ttl-eq') ?? given(all, 'ttl-lt') ?? given(all, 'ttl-gt');
    if (!one) throw new RuleSyntaxError("TTL match: You must specify one of `--ttl-eq', `--ttl-lt', `--ttl-gt");
    const value = parseNumber(one.values[0]!, 255);
    if (value === undefined) throw new RuleSyntaxError(`ttl: bad value for option "--${one.option}", or out of range (0-255).\n`);
    const sign = SIGNS[one.option as keyof typeof SIGNS];
    return {
      name: 'ttl',
      matches: ({ packet }) => (sign === '==' ? (packet.ttl === value) !== one.negated : sign === '<' ? packet.ttl < value : packet.ttl > value),
      toArgs: () => ['-m', 'ttl', ...(one.negated ? ['!'] : []), `--${one.option}`, String(value)],
      list: () => `TTL match TTL ${one.negated ? '!=' : sign} ${value}`,
    };
  },
};
