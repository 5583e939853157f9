/**
 * Real kubectl talked to a real cluster and was recorded; here it talks to the simulator and must hear the same.
 * `REPLAY=id,id` plays those, `REPLAY=all` all. Needs a kubectl in PATH or in `KUBECTL`.
 */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { replay, type Scenario } from '../support/replayer.ts';
import { serveSimulation, type ServedSimulation } from '../support/served-simulation.ts';
import { KNOWN } from './known-differences.ts';
import { alike, chosenScenarios, isKnown, stale } from './scenarios.ts';

/** Played by every `npm test`; all of them take some minutes. */
const scenarios = chosenScenarios(['deploy-apply-merge', 'deploy-basics', 'exam-flow-one', 'jobs', 'podsecurity', 'svc-troubleshoot']);

const kubectl = findKubectl();
if (!kubectl) console.log('skipped: no kubectl in PATH, and KUBECTL names none');

/** Fast enough that nobody waits for a grace period, slow enough that a client sees what passes. */
const SPEED = 4;
const LIMIT_MS = 180_000;

let cluster: ServedSimulation;

async function check(scenario: Scenario, { expect }: TestContext): Promise<void> {
  const differences = await replay(scenario, cluster, kubectl!, { skip: (step) => isKnown(KNOWN, scenario, step), alike });
  for (const { command, expected, got } of differences) expect.soft(`$ ${command}\n${got}`).toBe(`$ ${command}\n${expected}`);
}

describe.skipIf(!kubectl)('recorded conversations', () => {
  beforeAll(async () => {
    cluster = await serveSimulation(SPEED);
  });
  afterAll(async () => {
    await cluster.end();
    expect(cluster.bugs).toEqual([]);
  });

  describe('side by side', () => {
    const shared = scenarios.filter(({ exclusive }) => !exclusive);
    test.concurrent.for(shared)('$scenario: $title', { timeout: LIMIT_MS }, check);
  });

  const alone = scenarios.filter(({ exclusive }) => exclusive);
  describe.skipIf(alone.length === 0)('one at a time', () => {
    test.for(alone)('$scenario: $title', { timeout: LIMIT_MS }, check);
  });
});

test('every known difference names a step that is recorded', () => {
  expect(stale(KNOWN, scenarios)).toEqual([]);
});

function findKubectl(): string | undefined {
  try {
    return execFileSync('sh', ['-c', 'command -v "${KUBECTL:-kubectl}"'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}
