/**
 * Every configuration in `kind/` against the real kind, which judges it with its own validator and goes through a whole
 * create and delete on an engine that makes no containers. Skipped where there is no kind (KIND_BIN or PATH).
 */
import { execFile } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import type { ClusterSpec } from '../../src/cluster/cluster.ts';
import { findProgram } from '../../src/cluster/find-program.ts';
import { kindBackend } from '../../src/cluster/kind.ts';
import { kindConfig } from '../../src/cluster/kind-config.ts';
import { nodeImageFor, parseKindVersion } from '../../src/cluster/pins.ts';
import { steps } from '../../src/cluster/steps/index.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const KIND = process.env['KIND_BIN'] ?? findProgram('kind', process.env['PATH']);
if (KIND === undefined) process.stderr.write('real-kind: skipped, there is no kind here (set KIND_BIN)\n');

const home = mkdtempSync(join(tmpdir(), 'cka real kind '));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const ADMIN = 'apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: "https://x-control-plane:6443"}}]\nusers: [{name: u, user: {}}]\ncontexts: [{name: u@c, context: {cluster: c, user: u}}]\ncurrent-context: u@c\n';

const envOf = (state: string) => ({ PATH: `${join(home, 'bin')}:/usr/bin:/bin`, HOME: home, FAKE_STATE: state, FAKE_KUBERNETES: imageOf()!.version, KIND_EXPERIMENTAL_PROVIDER: 'docker' });

function kind(args: readonly string[], state: string): Promise<{ readonly code: number; readonly err: string }> {
  return new Promise((resolve) => execFile(KIND!, args, { env: envOf(state) }, (error, _out, err) => resolve({ code: error ? 1 : 0, err })));
}

let version = '';
const imageOf = () => nodeImageFor(parseKindVersion(version)!);

const COMBINATIONS = (['calico', 'flannel'] as const).flatMap((cni) => (['iptables', 'ipvs', 'nftables'] as const).map((proxyMode): ClusterSpec => ({ name: `${cni}-${proxyMode}`, workers: 2, cni, proxyMode })));

test('there is one configuration for each combination', () => {
  expect(readdirSync(join(ROOT, 'kind')).filter((name) => name.endsWith('.yaml')).toSorted()).toEqual(COMBINATIONS.map(({ name }) => `${name}.yaml`));
});

/** A folder where an engine keeps its nodes, and a PATH with that engine and the real kind. */
async function engine(name: string): Promise<string> {
  version ||= await new Promise<string>((resolve) => execFile(KIND!, ['version'], (_error, out) => resolve(out)));
  const state = join(home, name);
  for (const folder of [join(home, 'bin'), join(state, 'nodes')]) mkdirSync(folder, { recursive: true });
  copyFileSync(fileURLToPath(new URL('./fakes/engine-for-kind.sh', import.meta.url)), join(home, 'bin', 'docker'));
  chmodSync(join(home, 'bin', 'docker'), 0o755);
  if (!existsSync(join(home, 'bin', 'kind'))) symlinkSync(KIND!, join(home, 'bin', 'kind'));
  writeFileSync(join(state, 'info'), JSON.stringify({ ServerVersion: '28.2.2', CgroupDriver: 'systemd', CgroupVersion: '2', MemoryLimit: true, PidsLimit: true, CPUShares: true, MemTotal: 2 ** 34, OperatingSystem: 'Docker Desktop', SecurityOptions: ['name=cgroupns'] }));
  writeFileSync(join(state, 'admin.conf'), ADMIN);
  return state;
}

test.skipIf(KIND === undefined).each(COMBINATIONS)('kind accepts $name, and leaves nothing behind', async (spec) => {
  const state = await engine(spec.name);
  const file = join(state, 'kind.yaml');
  writeFileSync(file, await kindConfig(ROOT, spec, imageOf()?.reference));
  const created = await kind(['create', 'cluster', '--name', spec.name, '--config', file, '--kubeconfig', join(state, 'kubeconfig')], state);
  expect(created.err).toContain('✓ Joining worker nodes');
  expect(created.code).toBe(0);
  const calls = readFileSync(join(state, 'calls'), 'utf8');
  // Nothing listens beyond this machine.
  expect([...calls.matchAll(/--publish=(\S+?):/g)].map(([, address]) => address)).toEqual(['127.0.0.1']);
  expect(readdirSync(join(state, 'nodes'))).toEqual([`${spec.name}-control-plane`, `${spec.name}-worker`, `${spec.name}-worker2`]);
  expect((await kind(['delete', 'cluster', '--name', spec.name, '--kubeconfig', join(state, 'kubeconfig')], state)).code).toBe(0);
  expect([readdirSync(join(state, 'nodes')), existsSync(join(home, '.kube'))]).toEqual([[], false]);
});

test.skipIf(KIND === undefined)('our driver and the real kind: looked at, made, listed, found again, removed', async () => {
  const state = await engine('driver');
  const backend = kindBackend({ data: join(home, 'our data'), cache: join(home, 'cache') }, { root: ROOT, env: envOf(state), steps: steps.slice(0, 3), plugin: { version: 'none', manifests: [], images: [] } });
  const spec: ClusterSpec = { name: 'driver', workers: 1, cni: 'calico', proxyMode: 'nftables' };
  const progress: string[] = [];
  const { info } = await backend.up(spec, (line) => void progress.push(line));
  expect(info.nodes).toEqual(['driver-control-plane', 'driver-worker']);
  expect(progress).toContain('[3/3] Creating the nodes: Joining worker nodes 🚜');
  expect(readFileSync(info.kubeconfig, 'utf8')).toContain('current-context: kind-driver');
  expect((await backend.list()).map(({ name, kubernetesVersion }) => [name, kubernetesVersion])).toEqual([['driver', 'unknown']]);
  progress.length = 0;
  await backend.up(spec, (line) => void progress.push(line));
  expect(progress).toContain('[3/3] Creating the nodes: the nodes are there already');
  expect([await backend.remove?.('driver'), readdirSync(join(state, 'nodes')), await backend.list(), existsSync(join(home, '.kube'))]).toEqual([true, [], [], false]);
});
