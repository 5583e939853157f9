/** How long the packet is, its header included. See xt_length.c. */
import { sizeOf } from '../../packet.ts';
import { given, type MatchKind, RuleSyntaxError } from '../extension.ts';

export const length: MatchKind = {
  name: 'length',
  options: { length: 1 },
  build(all) {
    const one = given(all, 'length');
    if (!one) throw new RuleSyntaxError('length: option "--length" must be specified\n');
    const parts = /^(\d*)(:?)(\d*)$/.exec(one.values[0]!);
    const low = Number(parts?.[1] ?? Number.NaN);
    const high = parts?.[2] === '' ? low : parts?.[3] === '' ? 0xffff : Number(parts?.[3]);
    if (!parts || one.values[0] === '' || high > 0xffff || low > high) throw new RuleSyntaxError(`length: bad value for option "--length", or out of range (0-65535).\n`);
    const printed = low === high ? String(low) : `${low}:${high}`;
    return {
      name: 'length',
      matches({ packet }) {
        const size = sizeOf(packet);
        return (size >= low && size <= high) !== one.negated;
      },
      toArgs: () => ['-m', 'length', ...(one.negated ? ['!'] : []), '--length', printed],
      list: () => `length ${one.negated ? '!' : ''}${printed}`,
    };
  },
};
