/** Marks the packet for the kernel's rule trace. Ours is always on for who listens (see `net/trace.ts`), so this only goes on. */
import { CONTINUE, type TargetKind } from '../extension.ts';

export const trace: TargetKind = {
  name: 'TRACE',
  options: {},
  build: () => ({ name: 'TRACE', tables: ['raw'], apply: () => CONTINUE, toArgs: () => [], list: () => '' }),
};
