/**
 * The same topologies in the machine's own kernel: proof that the rows are true and not only what we believe.
 * Skipped, with the reason printed, where namespaces cannot be made.
 */
import { describe, expect, test, vi } from 'vitest';
import { RealRig, whyNotReal } from './real-rig.ts';
import { topologies } from './topologies/index.ts';

const reason = whyNotReal();
if (reason) console.info(`real topologies skipped: ${reason}`);

// Most of a row's time is waiting for silence.
vi.setConfig({ maxConcurrency: 10 });

describe.skipIf(reason !== undefined)('in real namespaces', () => {
  // A kernel under load may lose one of several errors sent at once: a second look is fair, a third is not needed.
  test.concurrent.each(topologies)('$title', { retry: 1, timeout: 90_000 }, async ({ script, probes, title }) => {
    const rig = new RealRig();
    try {
      const lacking = await rig.build(script);
      if (lacking) return console.info(`"${title}" skipped: ${lacking}`);
      const outcomes = await rig.probeAll(probes);
      expect(outcomes.map((outcome, index) => [probes[index]![0], outcome])).toEqual(probes);
    } finally {
      rig.close();
    }
  });
});
