/**
 * Real kubectl talked to a real cluster and was recorded; here it talks to the simulator and must hear the same.
 * `REPLAY=id,id` plays those, `REPLAY=all` all. Needs a kubectl in PATH or in `KUBECTL`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { replay, type Scenario, type Step } from '../support/replayer.ts';
import { serveSimulation, type ServedSimulation } from '../support/served-simulation.ts';
import { ALIKE, KNOWN } from './known-differences.ts';

const FOLDER = new URL('./kubectl/', import.meta.url);
/** Played by every `npm test`; all of them take some minutes. */
const DAILY = ['deploy-apply-merge', 'deploy-basics', 'exam-flow-one', 'jobs', 'podsecurity', 'svc-troubleshoot'];
const asked = process.env['REPLAY'];
const only = asked === 'all' ? undefined : (asked?.split(',') ?? DAILY);
const scenarios = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Scenario)
  .filter(({ scenario }) => only?.includes(scenario) ?? true);

const kubectl = findKubectl();
if (!kubectl) console.log('skipped: no kubectl in PATH, and KUBECTL names none');

/** Fast enough that nobody waits for a grace period, slow enough that a client sees what passes. */
const SPEED = 4;
const LIMIT_MS = 180_000;

let cluster: ServedSimulation;

async function check(scenario: Scenario, { expect }: TestContext): Promise<void> {
  const differences = await replay(scenario, cluster, kubectl!, { skip: (step) => isKnown(scenario, step), alike });
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
  const stale = KNOWN.filter((known) => (only?.includes(known.scenario) ?? true) && !scenarios.some((scenario) => scenario.steps.some((step) => 'command' in step && matches(known, scenario, step))));
  expect(stale).toEqual([]);
});

const matches = (known: (typeof KNOWN)[number], { scenario }: Scenario, step: Step): boolean => known.scenario === scenario && step.command.startsWith(known.command);

const isKnown = (scenario: Scenario, step: Step): boolean => KNOWN.some((known) => matches(known, scenario, step));

const alike = (text: string): string => ALIKE.reduce((result, { pattern, replacement }) => result.replace(pattern, replacement), text);

function findKubectl(): string | undefined {
  try {
    return execFileSync('sh', ['-c', 'command -v "${KUBECTL:-kubectl}"'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}
