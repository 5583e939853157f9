/** The old name of `conntrack --ctstate`. */
import { given, type MatchKind, printGiven, RuleSyntaxError } from '../extension.ts';
import { parseStates, printStates, statesOf } from './conntrack.ts';

export const state: MatchKind = {
  name: 'state',
  options: { state: 1 },
  build(all) {
    const one = given(all, 'state');
    if (!one) throw new RuleSyntaxError('state: option "--state" must be specified\n');
    const states = parseStates(one.values[0]!, 'state');
    return {
      name: 'state',
      usesConntrack: true,
      matches(flight) {
        const actual = statesOf(flight);
        return states.some((name) => actual.has(name)) !== one.negated;
      },
      toArgs: () => ['-m', 'state', ...printGiven(one, printStates(states))],
      list: () => `${one.negated ? '! ' : ''}state ${printStates(states)}`,
    };
  },
};
