/** Not for conntrack: the packet belongs to no connection and is never translated. `CT --notrack` is the same. */
import type { PacketInFlight } from '../../in-flight.ts';
import { CONTINUE, given, RuleSyntaxError, type TargetKind } from '../extension.ts';

const untrack = (flight: PacketInFlight) => {
  flight.tracking ??= { state: 'UNTRACKED' };
  return CONTINUE;
};

export const notrack: TargetKind = {
  name: 'NOTRACK',
  options: {},
  // iptables has kept the old name as another spelling, and prints the new one.
  build: () => ct.build([{ option: 'notrack', values: [], negated: false }], { table: 'raw', protocol: undefined }),
};

export const ct: TargetKind = {
  name: 'CT',
  options: { notrack: 0 },
  build(all) {
    if (!given(all, 'notrack')) throw new RuleSyntaxError('CT: only --notrack is supported');
    return { name: 'CT', apply: untrack, toArgs: () => ['--notrack'], list: () => 'NOTRACK' };
  },
};
