/** Lets a packet live longer or shorter. See xt_HL.c, libipt_TTL.c. */
import { CONTINUE, parseNumber, RuleSyntaxError, type TargetKind } from '../extension.ts';

const WORDS = { 'ttl-set': 'set to', 'ttl-dec': 'decrement by', 'ttl-inc': 'increment by' } as const;

export const ttl: TargetKind = {
  name: 'TTL',
  options: { 'ttl-set': 1, 'ttl-dec': 1, 'ttl-inc': 1 },
  build(all) {
    const one = all.at(-1);
    if (!one) throw new RuleSyntaxError('TTL: You must specify an action');
    const what = one.option as keyof typeof WORDS;
    const value = parseNumber(one.values[0]!, 255);
    if (value === undefined) throw new RuleSyntaxError(`TTL: bad value for option "--${what}", or out of range (0-255).\n`);
    return {
      name: 'TTL',
      tables: ['mangle'],
      apply(flight) {
        const { ttl: before } = flight.packet;
        const after = what === 'ttl-set' ? value : what === 'ttl-inc' ? Math.min(255, before + value) : Math.max(0, before - value);
        flight.packet = { ...flight.packet, ttl: after };
        return CONTINUE;
      },
      toArgs: () => [`--${what}`, String(value)],
      list: () => `TTL ${WORDS[what]} ${value}`,
    };
  },
};
