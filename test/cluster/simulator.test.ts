/** The simulator's process, seen from the commands: found again, restarted after a kill, saved, reset, gone. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Cluster, ClusterSpec } from '../../src/cluster/cluster.ts';
import { simulatorBackend } from '../../src/cluster/simulator.ts';
import { SimulatorFiles } from '../../src/cluster/simulator-files.ts';
import { until } from '../support/until.ts';

const data = mkdtempSync(join(tmpdir(), 'cka-simulator-'));
const command = [process.execPath, '--import', 'tsx', fileURLToPath(new URL('./serve-fake.ts', import.meta.url))];
const backend = simulatorBackend({ data }, { command });
const spec: ClusterSpec = { name: 'one', workers: 2, cni: 'calico', proxyMode: 'iptables' };
const files = new SimulatorFiles(join(data, 'clusters', 'one'));
const CONFIGMAPS = '/api/v1/namespaces/default/configmaps';
let cluster: Cluster;

beforeAll(async () => {
  cluster = await backend.up(spec);
});
afterAll(async () => {
  for (const { name } of await backend.list()) await (await backend.find(name))?.down();
  rmSync(data, { recursive: true, force: true });
});

const names = async (of: Cluster) => ((await of.request('GET', CONFIGMAPS)).body as { items: { metadata: { name: string } }[] }).items.map((item) => item.metadata.name);
const add = (of: Cluster, name: string) => of.request('POST', CONFIGMAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

test('tells where it is, in files for their owner only', () => {
  expect(cluster.info).toEqual({
    backend: 'simulator', name: 'one', cni: 'calico', proxyMode: 'iptables', encapsulation: 'vxlan', kubernetesVersion: 'v1.35.0', kubeconfig: join(data, 'clusters', 'one', 'kubeconfig'),
    context: 'kind-one', nodes: ['one-control-plane', 'one-worker', 'one-worker2'], machines: ['node-0', 'node-1', 'node-2'], running: true,
  });
  expect([...cluster.offers]).toEqual(['nodes-2', 'node-shell', 'reset', 'plain-machines', 'ipvs', 'cni-calico', 'network-policy', 'cluster-wide', 'simulator']);
  for (const file of ['kubeconfig', 'identity.json', 'state.json', 'simulator.log']) expect([file, statSync(join(files.folder, file)).mode & 0o777]).toEqual([file, 0o600]);
  expect(readFileSync(cluster.info.kubeconfig, 'utf8')).toMatch(/current-context: kind-one\n/);
});

test('a second `up` finds the first one’s process', async () => {
  const pid = files.readState()?.pid;
  await backend.up(spec);
  expect(files.readState()?.pid).toBe(pid);
});

test('another shape under the same name is refused', async () => {
  await expect(backend.up({ ...spec, name: 'other', proxyMode: 'nftables' })).rejects.toThrow('The simulated kube-proxy has no nftables mode.');
  await expect(backend.up({ ...spec, cni: 'flannel' })).rejects.toThrow('The cluster one exists with cni calico, not cni flannel.');
});

test('commands run on nodes, with their exit codes and streams', async () => {
  expect(await cluster.exec({ node: 'one-worker' }, ['echo', 'hi'])).toEqual({ stdout: 'one-worker: hi\n', stderr: '', exitCode: 0 });
  expect(await cluster.exec({ node: 'one-worker' }, ['cat'], { stdin: 'text' })).toEqual({ stdout: 'one-worker: text', stderr: '', exitCode: 0 });
  expect((await cluster.exec({ node: 'one-worker' }, ['exit', '7'])).exitCode).toBe(7);
  await expect(cluster.exec({ node: 'nope' }, ['echo'])).rejects.toThrow('nodes "nope" not found');
  await expect(cluster.exec({ namespace: 'default', pod: 'nope' }, ['echo'])).rejects.toThrow('pods "nope" not found');
  await expect(cluster.exec({ node: 'one-worker' }, ['sleep'], { timeoutMs: 50 })).rejects.toThrow('sleep did not end within 50 ms.');
});

test('killed, it comes back with its objects, its port and its credentials', async () => {
  await add(cluster, 'kept');
  await until(() => existsSync(join(files.folder, 'store.json')) && readFileSync(join(files.folder, 'store.json'), 'utf8').includes('kept'));
  const before = files.readState()!;
  const kubeconfig = readFileSync(cluster.info.kubeconfig, 'utf8');
  process.kill(before.pid, 'SIGKILL');
  await until(() => !existsSync(`/proc/${before.pid}/exe`));
  expect((await backend.list()).map(({ name, nodes, running }) => ({ name, nodes, running }))).toEqual([{ name: 'one', nodes: ['one-control-plane', 'one-worker', 'one-worker2'], running: false }]);

  // Whoever held the cluster goes on with it: a screen, a check that runs by itself.
  const [found, kept] = await Promise.all([cluster.exec({ node: 'one-worker' }, ['echo', 'hi']), names(cluster)]);
  expect([found.stdout, kept]).toEqual(['one-worker: hi\n', ['kept']]);
  const again = (await backend.find('one'))!;
  expect([await names(again), files.readState()?.port, readFileSync(again.info.kubeconfig, 'utf8')]).toEqual([['kept'], before.port, kubeconfig]);
  cluster = again;
});

test('reset brings back the start; who watched before must list again', async () => {
  const { metadata } = (await cluster.request('GET', CONFIGMAPS)).body as { metadata: { resourceVersion: string } };
  await cluster.reset();
  expect(await names(cluster)).toEqual([]);
  const { status, body } = await cluster.request('GET', `${CONFIGMAPS}?watch=true&timeoutSeconds=1&resourceVersion=${metadata.resourceVersion}`);
  expect([status, (body as { reason: string }).reason]).toEqual([410, 'Expired']);
});

test('two commands that start the same cluster at once share it', async () => {
  const both = await Promise.all([1, 2].map(() => backend.up({ ...spec, name: 'shared' })));
  await add(both[0]!, 'seen');
  expect(await names(both[1]!)).toEqual(['seen']);
  await both[0]!.down();
});

test('two clusters by name live side by side', async () => {
  const other = await backend.up({ ...spec, name: 'other', workers: 1, cni: 'flannel' });
  await add(other, 'of-other');
  expect([await names(cluster), await names(other)]).toEqual([[], ['of-other']]);
  expect((await backend.list()).map(({ name, running }) => `${name} ${running}`)).toEqual(['one true', 'other true']);
  expect([...other.offers]).toEqual(['node-shell', 'reset', 'plain-machines', 'ipvs', 'cni-flannel', 'cluster-wide', 'simulator']);
  await other.down();
  expect([(await backend.list()).map(({ name }) => name), await backend.find('other')]).toEqual([['one'], undefined]);
  // Taken down is not killed: it stays away.
  await expect(other.request('GET', CONFIGMAPS)).rejects.toThrow(/The cluster other does not answer/);
});

test('a damaged store is set aside, and the cluster starts anew', async () => {
  const { pid } = files.readState()!;
  process.kill(pid, 'SIGKILL');
  await until(() => !existsSync(`/proc/${pid}/exe`));
  writeFileSync(join(files.folder, 'store.json'), '{"half of it');
  cluster = (await backend.find('one'))!;
  expect([await names(cluster), existsSync(join(files.folder, 'store.json.damaged'))]).toEqual([[], true]);
  expect(readFileSync(files.log(), 'utf8')).toMatch(/the saved cluster was damaged and starts anew; a copy of it is .*store\.json\.damaged/);
});

test('a lock that a full disk left empty is no lock, and what cannot start can be removed', async () => {
  const other = await backend.up({ ...spec, name: 'locked' });
  const { pid } = new SimulatorFiles(join(data, 'clusters', 'locked')).readState()!;
  process.kill(pid, 'SIGKILL');
  await until(() => !existsSync(`/proc/${pid}/exe`));
  const lock = join(data, 'clusters', 'locked', 'lock.json');
  writeFileSync(lock, '');
  utimesSync(lock, 1, 1);
  expect(await names(other)).toEqual([]);
  process.kill(new SimulatorFiles(join(data, 'clusters', 'locked')).readState()!.pid, 'SIGKILL');
  expect([await simulatorBackend({ data }, { command: ['false'] }).remove!('locked'), existsSync(join(data, 'clusters', 'locked'))]).toEqual([true, false]);
});

test('a process that cannot start says why', async () => {
  const broken = simulatorBackend({ data }, { command: [process.execPath, '-e', 'console.error("no such thing"); process.exit(3)'] });
  await expect(broken.up({ ...spec, name: 'broken' })).rejects.toThrow('The simulator could not be started: no such thing.');
});
