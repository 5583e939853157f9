/** SCTP ports. Nothing here speaks SCTP, so no packet fits; kube-proxy and Calico write such rules all the same. */
import type { MatchKind } from '../extension.ts';
import { PORT_OPTIONS, portConditions } from './transport.ts';

export const sctp: MatchKind = {
  name: 'sctp',
  options: PORT_OPTIONS,
  build(all, { protocol }) {
    const ports = portConditions(all);
    return {
      name: 'sctp',
      // Only the kernel minds another protocol: such a rule fits at no hook.
      ...(protocol === 'sctp' ? {} : { hooks: [] }),
      matches: () => false,
      toArgs: () => ['-m', 'sctp', ...ports.toArgs()],
      list: () => ['sctp', ...ports.list()].join(' '),
    };
  },
};
