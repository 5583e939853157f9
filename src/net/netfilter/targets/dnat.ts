/** Another destination, chosen once per connection: how a Service's address becomes a pod's. */
import { setupNat } from '../../nat.ts';
import { ACCEPT, given, RuleSyntaxError, type TargetKind } from '../extension.ts';
import { parseRange, printRange } from './range.ts';

export const dnat: TargetKind = {
  name: 'DNAT',
  options: { 'to-destination': 1, random: 0, persistent: 0 },
  build(all, { protocol }) {
    const to = given(all, 'to-destination')?.values[0];
    if (to === undefined) throw new RuleSyntaxError('DNAT: option "--to-destination" must be specified\n');
    const random = given(all, 'random') !== undefined;
    const persistent = given(all, 'persistent') !== undefined;
    const range = { ...parseRange(to, protocol), random, persistent };
    const flags = [...(random ? ['random'] : []), ...(persistent ? ['persistent'] : [])];
    return {
      name: 'DNAT',
      usesConntrack: true,
      tables: ['nat'],
      hooks: ['prerouting', 'output'],
      apply({ tracking }, { namespace }) {
        if (tracking?.entry && !setupNat(namespace, tracking.entry, 'destination', range)) return { verdict: 'drop', reason: 'nat-exhausted' };
        return ACCEPT;
      },
      toArgs: () => ['--to-destination', printRange(range), ...flags.map((flag) => `--${flag}`)],
      list: () => [`to:${printRange(range)}`, ...flags].join(' '),
    };
  },
};
