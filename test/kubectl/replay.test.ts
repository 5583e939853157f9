/**
 * What real kubectl and a real cluster said to each other, played with our kubectl as a learner has it: a program in PATH.
 * `REPLAY=id,id` plays those, `REPLAY=all` all.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { KNOWN } from '../recorded/known-differences.ts';
import { alike, chosenScenarios, isKnown, stale } from '../recorded/scenarios.ts';
import { replay, type Scenario } from '../support/replayer.ts';
import { ownCommand } from '../support/self.ts';
import { serveSimulation, type ServedSimulation } from '../support/served-simulation.ts';
import { OURS } from './known-differences.ts';

const scenarios = chosenScenarios(['flag-errors']);
const SPEED = 4;
const LIMIT_MS = 180_000;

const folder = mkdtempSync(join(tmpdir(), 'kubectl-replay-'));
const kubectl = join(folder, 'kubectl');
let cluster: ServedSimulation;

beforeAll(async () => {
  writeFileSync(kubectl, `#!/bin/sh\nCKA_HOME='${folder}' exec ${[...ownCommand(), 'kubectl'].map((word) => `'${word}'`).join(' ')} "$@"\n`);
  chmodSync(kubectl, 0o755);
  cluster = await serveSimulation(SPEED);
}, LIMIT_MS);

afterAll(async () => {
  await cluster.end();
  rmSync(folder, { recursive: true, force: true });
  expect(cluster.bugs).toEqual([]);
});

async function check(scenario: Scenario, { expect }: TestContext): Promise<void> {
  const differences = await replay(scenario, cluster, kubectl, { skip: (step) => isKnown([...KNOWN, ...OURS], scenario, step), alike });
  for (const { command, expected, got } of differences) expect.soft(`$ ${command}\n${got}`).toBe(`$ ${command}\n${expected}`);
}

const isShared = ({ exclusive }: Scenario): boolean => !exclusive;

describe.skipIf(!scenarios.some(isShared))('side by side', () => {
  test.concurrent.for(scenarios.filter(isShared))('$scenario: $title', { timeout: LIMIT_MS }, check);
});

describe.skipIf(scenarios.every(isShared))('one at a time', () => {
  test.for(scenarios.filter((scenario) => !isShared(scenario)))('$scenario: $title', { timeout: LIMIT_MS }, check);
});

test('every difference that is known of ours names a step that is recorded', () => {
  expect(stale(OURS, scenarios)).toEqual([]);
});
