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
  build: () => ({ name: 'NOTRACK', listName: 'CT', tables: ['raw'], apply: untrack, toArgs: () => [], list: () => 'NOTRACK' }),
};

export const ct: TargetKind = {
  name: 'CT',
  options: { notrack: 0 },
  build(all) {
    if (!given(all, 'notrack')) throw new RuleSyntaxError('CT: no option given; of its options the simulated kernel knows --notrack');
    return { name: 'CT', tables: ['raw'], apply: untrack, toArgs: () => ['--notrack'], list: () => 'CT notrack' };
  },
};
