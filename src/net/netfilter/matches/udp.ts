/** UDP ports. */
import { type MatchKind, RuleSyntaxError } from '../extension.ts';
import { PORT_OPTIONS, portConditions } from './transport.ts';

export const udp: MatchKind = {
  name: 'udp',
  options: PORT_OPTIONS,
  build(all, { protocol }) {
    if (protocol !== 'udp') throw new RuleSyntaxError("UDP match requires '-p udp'");
    const ports = portConditions(all);
    return {
      name: 'udp',
      matches: (flight) => flight.packet.payload.protocol === 'udp' && ports.fits(flight),
      toArgs: () => ['-m', 'udp', ...ports.toArgs()],
      list: () => ['udp', ...ports.list()].join(' '),
    };
  },
};
