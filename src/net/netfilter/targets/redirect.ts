/** DNAT to this machine itself: to 127.0.0.1 for what it sends, to the incoming device's address for what arrives. */
import { LOCALHOST } from '../../../base/address.ts';
import { setupNat } from '../../nat.ts';
import { ACCEPT, given, type TargetKind } from '../extension.ts';
import { parsePorts, printPorts } from './range.ts';

export const redirect: TargetKind = {
  name: 'REDIRECT',
  options: { 'to-ports': 1, 'to-port': { same: 'to-ports' }, random: 0 },
  build(all, { protocol }) {
    const to = given(all, 'to-ports')?.values[0];
    const ports = to === undefined ? {} : parsePorts(to, protocol);
    const printed = ports.firstPort === undefined ? undefined : printPorts({ firstPort: ports.firstPort, lastPort: ports.lastPort! });
    const random = given(all, 'random') !== undefined;
    return {
      name: 'REDIRECT',
      usesConntrack: true,
      tables: ['nat'],
      hooks: ['prerouting', 'output'],
      apply({ tracking, inDevice }, { namespace, hook }) {
        const first = hook === 'output' ? LOCALHOST : inDevice && namespace.addresses(inDevice.name)[0]?.address.address;
        if (!first) return { verdict: 'drop', reason: 'nat-exhausted' };
        if (tracking?.entry && !setupNat(namespace, tracking.entry, 'destination', { ...ports, first, last: first, random })) return { verdict: 'drop', reason: 'nat-exhausted' };
        return ACCEPT;
      },
      toArgs: () => [...(printed === undefined ? [] : ['--to-ports', printed]), ...(random ? ['--random'] : [])],
      list: () => [...(printed === undefined ? [] : [`redir ports ${printed}`]), ...(random ? ['random'] : [])].join(' '),
    };
  },
};
