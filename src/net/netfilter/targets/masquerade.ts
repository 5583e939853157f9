/** SNAT to whatever address the outgoing device has. See nf_nat_masquerade.c. */
import { setupNat } from '../../nat.ts';
import { ACCEPT, given, type TargetKind } from '../extension.ts';
import { parsePorts, printPorts } from './range.ts';

export const masquerade: TargetKind = {
  name: 'MASQUERADE',
  options: { 'to-ports': 1, random: 0, 'random-fully': 0 },
  build(all, { protocol }) {
    const to = given(all, 'to-ports')?.values[0];
    const ports = to === undefined ? {} : parsePorts(to, protocol);
    const printed = ports.firstPort === undefined ? undefined : printPorts({ firstPort: ports.firstPort, lastPort: ports.lastPort! });
    const flags = ['random', 'random-fully'].filter((flag) => given(all, flag));
    return {
      name: 'MASQUERADE',
      usesConntrack: true,
      tables: ['nat'],
      hooks: ['postrouting'],
      apply(flight, { namespace }) {
        const { tracking, outDevice, packet } = flight;
        if (!tracking?.entry || !outDevice) return ACCEPT;
        // Source 0.0.0.0 is a DHCP client's and must stay.
        if (packet.source === '0.0.0.0') return ACCEPT;
        const route = namespace.routes.lookup(packet.destination, { mark: flight.mark });
        const nextHop = route.kind === 'found' ? route.nextHop : packet.destination;
        const first = namespace.selectSource(outDevice.name, nextHop, 'global');
        if (!first) return { verdict: 'drop', reason: 'nat-exhausted' };
        const done = setupNat(namespace, tracking.entry, 'source', { ...ports, first, last: first, random: flags.length > 0 });
        return done ? ACCEPT : { verdict: 'drop', reason: 'nat-exhausted' };
      },
      toArgs: () => [...(printed === undefined ? [] : ['--to-ports', printed]), ...flags.map((flag) => `--${flag}`)],
      list: () => [...(printed === undefined ? [] : [`masq ports: ${printed}`]), ...flags].join(' '),
    };
  },
};
