/** The topologies on our kernel. A row that fails prints the packet's path. */
import { describe, expect, test } from 'vitest';
import { SimulatedRig } from './simulated-rig.ts';
import { topologies } from './topologies.ts';

describe.each(topologies)('$title', ({ script, probes }) => {
  test.each(probes)('%s: %s', async (probe, outcome) => {
    const rig = new SimulatedRig();
    rig.build(script);
    expect(await rig.probe(probe), rig.lab.trace.slice(0, 60).join('\n')).toBe(outcome);
  });
});
