/**
 * Every lab on real clusters, for a day with Docker: `npm run test:kind` builds one kind cluster for each network plugin,
 * proves each lab on it (red, then green, then every mistake caught) and prints a table beside the simulator's results.
 * Skipped, with the reason, everywhere else.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { checkers } from '../../checkers/index.ts';
import { formatTable } from '../../src/base/table.ts';
import type { ClusterBackend, ClusterSpec } from '../../src/cluster/cluster.ts';
import { kindBackend } from '../../src/cluster/kind.ts';
import { simulatorBackend } from '../../src/cluster/simulator.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { loadPacks } from '../../src/lab/load.ts';
import { Progress } from '../../src/lab/progress.ts';
import { LabSession } from '../../src/lab/session.ts';
import { checkUntilFull, checkUntilStable, runScript } from '../labs/lab-clusters.ts';
import { ownCommand } from '../support/self.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const reason = process.env['TEST_KIND'] === undefined ? 'set TEST_KIND=1 (npm run test:kind)' : works('docker', ['info']) && works('kind', ['version']) ? undefined : 'there is no kind with a Docker that works here';
if (reason !== undefined) process.stderr.write(`labs on kind: skipped, ${reason}\n`);

const home = mkdtempSync(join(tmpdir(), 'cka-labs-on-kind-'));
const { labs } = await loadPacks([join(ROOT, 'labs')], checkers);
const spec = (name: string, cni: ClusterSpec['cni']): ClusterSpec => ({ name, workers: 2, cni, proxyMode: 'iptables' });
const places: readonly { readonly title: string; readonly spec: ClusterSpec; readonly backend: ClusterBackend }[] = (['calico', 'flannel'] as const).flatMap((cni) => [
  { title: `simulator, ${cni}`, spec: spec(`sim-${cni}`, cni), backend: simulatorBackend({ data: join(home, 'data') }, { command: ownCommand() }) },
  { title: `kind, ${cni}`, spec: spec(`cka-${cni}`, cni), backend: kindBackend({ data: join(home, 'data'), cache: join(home, 'cache') }, { root: ROOT, env: process.env }) },
]);
/** By lab, then by place. */
const results = new Map<string, Map<string, string>>();

describe.skipIf(reason !== undefined).each(places)('labs on $title', ({ title, spec: wanted, backend }) => {
  afterAll(async () => {
    await (await backend.find(wanted.name))?.down();
  }, 300_000);

  test.each(labs.map((lab) => [lab.id, lab] as const))('%s', async (id, lab) => {
    const told = await prove(lab, backend, wanted).catch((error: Error) => error.message);
    results.set(id, (results.get(id) ?? new Map<string, string>()).set(title, told));
    expect(told).toMatch(/^(proved|not here: )/);
  }, 1_800_000);
});

afterAll(() => {
  if (reason === undefined) process.stdout.write(`\n${formatTable([['LAB', ...places.map(({ title }) => title.toUpperCase())], ...[...results].map(([id, by]) => [id, ...places.map(({ title }) => by.get(title) ?? '-')])])}\n`);
  rmSync(home, { recursive: true, force: true });
});

/** @returns `proved`, or what went otherwise */
async function prove(lab: Lab, backend: ClusterBackend, wanted: ClusterSpec): Promise<string> {
  const cluster = (await backend.find(wanted.name)) ?? (await backend.up(wanted));
  const missing = lab.needs.filter((need) => !cluster.offers.has(need));
  if (missing.length > 0) return `not here: ${missing.join(', ')}`;
  const folders = { run: join(home, 'run'), data: join(home, 'progress'), cache: join(home, 'cache'), self: ownCommand(), env: process.env };
  const session = await LabSession.start({ lab, backend, checkers, spec: wanted, progress: new Progress({ folder: join(home, 'progress') }), folders });
  const red = await session.check();
  const early = red.criteria.filter(({ finding }) => finding.status !== 'fail').map(({ id }) => id);
  if (early.length > 0) return `not red: ${early.join(', ')}`;
  await runScript(session, lab.proof.solution);
  const green = await checkUntilFull(session);
  if (green.points !== green.of) return `not green: ${green.criteria.filter(({ finding }) => finding.status !== 'pass').map(({ id }) => id).join(', ')}`;
  for (const { script, caughtBy } of lab.proof.mistakes) {
    await session.reset();
    await runScript(session, script);
    const report = await checkUntilStable(session);
    const missed = caughtBy.filter((id) => report.criteria.find((criterion) => criterion.id === id)?.finding.status === 'pass');
    if (missed.length > 0) return `mistake not caught by ${missed.join(', ')}`;
  }
  await session.stop();
  return 'proved';
}

function works(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore', timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}
