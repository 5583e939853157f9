/** The mark of the packet's connection. */
import { given, type MatchKind, printGiven, RuleSyntaxError } from '../extension.ts';
import { fitsMask, parseMasked, printMasked } from './masked.ts';

export const connmark: MatchKind = {
  name: 'connmark',
  options: { mark: 1 },
  build(all) {
    const one = given(all, 'mark');
    if (!one) throw new RuleSyntaxError('connmark: option "--mark" must be specified\n');
    const wanted = parseMasked(one.values[0]!, 'connmark', 'mark');
    return {
      name: 'connmark',
      usesConntrack: true,
      matches: ({ tracking }) => tracking?.entry !== undefined && fitsMask(tracking.entry.mark, wanted) !== one.negated,
      toArgs: () => ['-m', 'connmark', ...printGiven(one, printMasked(wanted))],
      list: () => `connmark match ${one.negated ? '! ' : ' '}${printMasked(wanted)}`,
    };
  },
};
