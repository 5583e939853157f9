/**
 * Topologies by lot. On our kernel alone: the same world answers the same twice, who is answered is answered by whom it
 * asked, and what was said dies down. Where namespaces can be made: the machine's own kernel says the same to every
 * probe. `SEED=100 npx vitest run test/net/random-topologies.test.ts` tries others; a failing row prints its script.
 */
import { describe, expect, test } from 'vitest';
import { RealRig, whyNotReal } from './real-rig.ts';
import { SimulatedRig } from './simulated-rig.ts';
import { randomTopology } from './topologies/random.ts';

const FIRST = Number(process.env['SEED'] ?? 1);
const seeds = (count: number) => Array.from({ length: count }, (_, index) => FIRST + index);

async function simulate({ script, probes }: { readonly script: string; readonly probes: readonly string[] }) {
  const rig = new SimulatedRig();
  await rig.build(script);
  const outcomes: (readonly [probe: string, outcome: string])[] = [];
  for (const probe of probes) outcomes.push([probe, await rig.probe(probe)]);
  return { rig, outcomes };
}

test.each(seeds(25))('seed %i on our kernel', async (seed) => {
  const topology = randomTopology(seed);
  const { rig, outcomes } = await simulate(topology);
  expect((await simulate(topology)).outcomes, topology.script).toEqual(outcomes);
  for (const [probe, outcome] of outcomes) {
    const asked = / ([\d.]+)(?: \d+)?$/.exec(probe)![1]!;
    if (outcome.startsWith('reply')) expect([probe, outcome], topology.script).toEqual([probe, expect.stringContaining(`reply from ${asked} ttl`)]);
  }
  // Half a minute for the neighbours that were just used, and then silence.
  await rig.lab.run(30_000);
  rig.lab.trace.length = 0;
  await rig.lab.run(600_000);
  expect(rig.lab.trace, topology.script).toEqual([]);
});

const reason = whyNotReal();
if (reason) console.info(`random topologies in real namespaces skipped: ${reason}`);

describe.skipIf(reason !== undefined)('and in real namespaces', () => {
  test.concurrent.each(seeds(5))('seed %i', { retry: 1, timeout: 90_000 }, async (seed) => {
    const topology = randomTopology(seed);
    const { outcomes } = await simulate(topology);
    const rig = new RealRig();
    try {
      expect(await rig.build(topology.script)).toBeUndefined();
      const answers = await rig.probeAll(outcomes);
      expect(answers.map((answer, index) => [topology.probes[index], answer]), topology.script).toEqual(outcomes);
    } finally {
      rig.close();
    }
  });
});
