/** The packet's mark, which only this machine sees. */
import { given, type MatchKind, printGiven, RuleSyntaxError } from '../extension.ts';
import { fitsMask, parseMasked, printMasked } from './masked.ts';

export const mark: MatchKind = {
  name: 'mark',
  options: { mark: 1 },
  build(all) {
    const one = given(all, 'mark');
    if (!one) throw new RuleSyntaxError('mark: option "--mark" must be specified\n');
    const wanted = parseMasked(one.values[0]!, 'mark', 'mark');
    return {
      name: 'mark',
      matches: (flight) => fitsMask(flight.mark, wanted) !== one.negated,
      toArgs: () => ['-m', 'mark', ...printGiven(one, printMasked(wanted))],
      list: () => `mark match ${one.negated ? '! ' : ''}${printMasked(wanted)}`,
    };
  },
};
