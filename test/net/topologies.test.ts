/** The topologies on our kernel. A row that fails prints the packet's path. */
import { expect, test } from 'vitest';
import { SimulatedRig } from './simulated-rig.ts';
import { topologies } from './topologies/index.ts';

test.each(topologies)('$title', async ({ script, probes }) => {
  const rig = new SimulatedRig();
  await rig.build(script);
  const paths: string[] = [];
  const outcomes: (readonly [string, string])[] = [];
  for (const [probe, expected] of probes) {
    const outcome = await rig.probe(probe);
    outcomes.push([probe, outcome]);
    if (outcome !== expected) paths.push(`${probe}:`, ...rig.lab.trace.slice(0, 60));
  }
  expect(outcomes, paths.join('\n')).toEqual(probes);
});
