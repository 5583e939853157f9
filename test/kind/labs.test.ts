/**
 * Every lab on real clusters, for a day with Docker: `npm run test:kind` builds a kind cluster for each network plugin and
 * each mode of kube-proxy that labs start in, proves each lab on it (red, then green, then every mistake caught), puts it
 * back, and prints a table beside the simulator's results. `-t` with a part of a lab's name chooses among them.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkers } from '../../checkers/index.ts';
import { formatTable } from '../../src/base/table.ts';
import type { Cluster, ClusterBackend, ClusterSpec } from '../../src/cluster/cluster.ts';
import { simulatorBackend } from '../../src/cluster/simulator.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { loadPacks } from '../../src/lab/load.ts';
import { type Bench, Ground } from '../../src/lab/prove/ground.ts';
import { proveLab } from '../../src/lab/prove/prove.ts';
import { prepareShell } from '../../src/lab/shell/lab-shell.ts';
import { ownCommand } from '../support/self.ts';
import { kindAtHand } from './at-hand.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MINUTE = 60_000;

const kind = await kindAtHand(process.env);
if (!kind) process.stderr.write('labs on kind: skipped, kind was not asked for (npm run test:kind)\n');

const home = mkdtempSync(join(tmpdir(), 'cka-labs-on-kind-'));
// Labs by hand need machines that only the simulator has, on every cluster alike.
const labs = kind ? (await loadPacks([join(ROOT, 'labs')], checkers)).labs.filter(({ needs }) => !needs.includes('simulator')) : [];
const modes = [...new Set(labs.map(({ proxyMode }) => proxyMode ?? 'iptables'))];
const simulator = simulatorBackend({ data: join(home, 'simulator') }, { command: ownCommand() });

interface Place {
  readonly title: string;
  readonly spec: ClusterSpec;
  readonly backend: () => Promise<ClusterBackend>;
  /** Longest time that a script's changes may need to reach every node. */
  readonly patienceMs: number;
}

const places = (['calico', 'flannel'] as const).flatMap((cni) => modes.flatMap((proxyMode): Place[] => {
  const spec: ClusterSpec = { name: `cka-${cni}-${proxyMode}`, workers: 2, cni, proxyMode };
  return [
    { title: `simulator ${cni} ${proxyMode}`, spec, backend: () => Promise.resolve(simulator), patienceMs: 10_000 },
    { title: `${kind?.title} ${cni} ${proxyMode}`, spec, backend: async () => kind!.backend(cni), patienceMs: 2 * MINUTE },
  ];
}));

/** By lab, then by place. */
const results = new Map<string, Map<string, string>>();

if (!kind) test.skip('every lab on kind');

describe.each(places)('labs on $title', ({ title, spec, backend, patienceMs }) => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await (await backend()).up(spec);
  }, 60 * MINUTE);
  afterAll(async () => cluster?.down(), 10 * MINUTE);

  test.each(labs.filter((lab) => (lab.proxyMode ?? 'iptables') === spec.proxyMode).map((lab) => [lab.id, lab] as const))('%s', async (id, lab) => {
    const told = await judge(lab, cluster, patienceMs).catch((error: Error) => error.message);
    results.set(id, (results.get(id) ?? new Map<string, string>()).set(title, told));
    expect(told).toMatch(/^(proved|not here: )/);
  }, 60 * MINUTE);
});

afterAll(async () => {
  if (kind && results.size > 0) process.stdout.write(`\n${formatTable([['LAB', ...places.map(({ title }) => title.toUpperCase())], ...[...results].map(([id, by]) => [id, ...places.map(({ title }) => by.get(title) ?? '-')])])}\n`);
  await kind?.close();
  rmSync(home, { recursive: true, force: true });
}, 10 * MINUTE);

/** @returns `proved`, or what went otherwise */
async function judge(lab: Lab, cluster: Cluster, patienceMs: number): Promise<string> {
  const missing = lab.needs.filter((need) => !cluster.offers.has(need));
  if (missing.length > 0) return `not here: ${missing.join(', ')}`;
  const bench: Bench = { cluster, run: (script) => run(script, lab, cluster), close: () => Promise.resolve() };
  // One cluster, one proof at a time.
  const proofs = await proveLab(lab, new Ground(() => Promise.resolve(bench), 1), { checkers, patienceMs });
  await cluster.reset();
  const problems = proofs.filter(({ problem }) => problem !== undefined).map(({ name, problem }) => `${name}: ${problem}`);
  return problems.length === 0 ? `proved, ${proofs.length} ways` : problems.join('; ');
}

/** As a learner's shell would run it; the end of it is the end of what it set in motion. */
async function run(script: string, lab: Lab, cluster: Cluster): ReturnType<Bench['run']> {
  const folders = { run: join(home, 'run'), data: join(home, 'progress'), cache: join(home, 'cache'), self: ownCommand(), env: process.env };
  const { env, cwd } = await prepareShell(lab, cluster, folders);
  mkdirSync(cwd, { recursive: true });
  const file = join(home, 'script.sh');
  writeFileSync(file, script);
  const ended = await new Promise<Awaited<ReturnType<Bench['run']>>>((resolve) => {
    execFile('bash', [file], { env, cwd, timeout: 5 * MINUTE }, (error, stdout, stderr) => resolve({ exitCode: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }));
  });
  await quiet(lab, cluster);
  return ended;
}

/** Until nothing about the lab's pods changes from one second to the next, or a minute has gone: some faults never rest. */
async function quiet(lab: Lab, cluster: Cluster): Promise<void> {
  const look = async () => JSON.stringify(await Promise.all(lab.namespaces.map(async (name) => (await cluster.request('GET', `/api/v1/namespaces/${name}/pods`)).body)), (key, value: unknown) => (key === 'resourceVersion' ? undefined : value));
  for (let left = 60, last = ''; left > 0; left--) {
    const now = await look();
    if (now === last) return;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
