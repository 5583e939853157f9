/** Another source, chosen once per connection. */
import { setupNat } from '../../nat.ts';
import { ACCEPT, given, RuleSyntaxError, type TargetKind } from '../extension.ts';
import { parseRange, printRange } from './range.ts';

export const snat: TargetKind = {
  name: 'SNAT',
  options: { 'to-source': 1, random: 0, 'random-fully': 0, persistent: 0 },
  build(all, { protocol }) {
    const to = given(all, 'to-source')?.values[0];
    if (to === undefined) throw new RuleSyntaxError('SNAT: option "--to-source" must be specified\n');
    const flags = ['random', 'random-fully', 'persistent'].filter((flag) => given(all, flag));
    const range = { ...parseRange(to, protocol), random: flags.some((flag) => flag.startsWith('random')), persistent: flags.includes('persistent') };
    return {
      name: 'SNAT',
      usesConntrack: true,
      tables: ['nat'],
      hooks: ['postrouting', 'input'],
      apply({ tracking }, { namespace }) {
        if (tracking?.entry && !setupNat(namespace, tracking.entry, 'source', range)) return { verdict: 'drop', reason: 'nat-exhausted' };
        return ACCEPT;
      },
      toArgs: () => ['--to-source', printRange(range), ...flags.map((flag) => `--${flag}`)],
      list: () => [`to:${printRange(range)}`, ...flags].join(' '),
    };
  },
};
