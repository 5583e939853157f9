/** Sleeps until a signal, and holds a pod's namespaces open meanwhile. See kubernetes/build/pause/linux/pause.c. */
import type { Program } from '../../machine/program.ts';

export const pause: Program = {
  name: 'pause',
  async run(process) {
    const signal = await new Promise<number>((resolve, reject) => {
      process.onSignal('SIGINT', () => resolve(2));
      process.onSignal('SIGTERM', () => resolve(15));
      process.signal.addEventListener('abort', () => reject(process.signal.reason as Error), { once: true });
    });
    await process.stderr.write(`Shutting down, got signal: ${signal === 15 ? 'Terminated' : 'Interrupt'}\n`);
    return 0;
  },
};
