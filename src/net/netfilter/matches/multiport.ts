/** Up to fifteen ports or ranges at once. */
import { portsOf } from '../../packet.ts';
import { type MatchKind, RuleSyntaxError } from '../extension.ts';
import { inRange, parsePortRange, printPortRange } from './ports.ts';

const SIDES = { sports: 'sports', dports: 'dports', ports: 'ports' } as const;
const LIMIT = 15;

export const multiport: MatchKind = {
  name: 'multiport',
  options: { sports: 1, 'source-ports': { same: 'sports' }, dports: 1, 'destination-ports': { same: 'dports' }, ports: 1 },
  build(all, { protocol }) {
    if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'sctp') {
      throw new RuleSyntaxError('multiport needs `-p tcp\', `-p udp\', `-p udplite\', `-p sctp\' or `-p dccp\'');
    }
    const one = all.at(-1);
    if (!one) throw new RuleSyntaxError('multiport expection an option');
    const side = SIDES[one.option as keyof typeof SIDES];
    const ranges = one.values[0]!.split(',').map(parsePortRange);
    const count = ranges.reduce((sum, { low, high }) => sum + (low === high ? 1 : 2), 0);
    if (count > LIMIT) throw new RuleSyntaxError('too many ports specified');
    const printed = ranges.map(printPortRange).join(',');
    return {
      name: 'multiport',
      matches({ packet }) {
        const ports = portsOf(packet);
        if (!ports) return false;
        const fits = (port: number) => ranges.some((range) => inRange(range, port));
        const hit = (side !== 'dports' && fits(ports.source)) || (side !== 'sports' && fits(ports.destination));
        return hit !== one.negated;
      },
      toArgs: () => ['-m', 'multiport', ...(one.negated ? ['!'] : []), `--${side}`, printed],
      list: () => `multiport ${side} ${one.negated ? ' !' : ''}${printed}`,
    };
  },
};
