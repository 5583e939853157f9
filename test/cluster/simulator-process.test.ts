/** The simulator's process from within: what stands in its way at the start, and what it does when the disk refuses or nobody asks. */
import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Persistence } from '../../src/cluster/persistence.ts';
import { runSimulator } from '../../src/cluster/simulator-process.ts';
import type { SimulatorOptions } from '../../src/cluster/simulator-process.ts';
import { holderOf, isAlive } from '../../src/cluster/living.ts';
import { SimulatorFiles } from '../../src/cluster/simulator-files.ts';
import { seededRng } from '../../src/base/rng.ts';
import type { ClusterIdentity } from '../../src/server/identity.ts';
import { planNodes } from '../../src/sim/topology.ts';
import { bootFake } from './fake-simulation.ts';

const root = mkdtempSync(join(tmpdir(), 'cka-process-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const run = (name: string, options: Partial<SimulatorOptions> = {}) =>
  runSimulator({ name, workers: 1, cni: 'calico', proxyMode: 'iptables', folder: join(root, name), boot: bootFake, log: () => {}, ...options });

test('a port that is taken is refused by name; the former port gives way by itself', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  await expect(run('ports', { port })).rejects.toThrow(`Port ${port} of 127.0.0.1 is in use.`);

  writeFileSync(join(root, 'ports', 'port.json'), String(port));
  const running = await run('ports');
  expect(running.url).not.toContain(String(port));
  await running.stop();
  taken.close();
});

test('two processes do not serve one folder', async () => {
  const folder = join(root, 'locked');
  new SimulatorFiles(folder).create();
  // The parent of this test lives at least as long as the test.
  writeFileSync(join(folder, 'lock.json'), JSON.stringify(holderOf(process.ppid)));
  await expect(run('locked')).rejects.toThrow(`Cluster locked is already served by process ${process.ppid}.`);
});

test('what a killed process left behind is not in the way', async () => {
  const folder = join(root, 'stale');
  new SimulatorFiles(folder).create();
  // The number lives, but began at another time: it was given to somebody else.
  writeFileSync(join(folder, 'lock.json'), JSON.stringify({ pid: process.ppid, startedAt: '1' }));
  const running = await run('stale');
  await running.stop();
  expect([existsSync(join(folder, 'lock.json')), existsSync(join(folder, 'state.json'))]).toEqual([false, false]);
});

test('the server\'s certificate holds the address that the seed gives the control plane', async () => {
  let planned = '';
  const running = await run('names', { boot: (options) => ((planned = planNodes(options, seededRng(options.seed))[0]!.address), bootFake(options)) });
  await running.stop();
  const { server } = new SimulatorFiles(join(root, 'names')).read<ClusterIdentity>('identity.json')!;
  expect(new X509Certificate(server.certificate).subjectAltName).toContain(`IP Address:${planned}`);
});

test('nobody asks for long enough, and it stops by itself', async () => {
  const running = await run('idle', { idleHours: 50 / 3_600_000 });
  expect(await running.stopped).toBe('idle');
});

test('a folder that cannot be made is said with a way out', async () => {
  writeFileSync(join(root, 'file'), '');
  const attempt = run('x', { folder: join(root, 'file', 'x') });
  await expect(attempt).rejects.toMatchObject({ name: 'UserError', action: 'Set CKA_HOME to a folder that you can write to.' });
});

test('a full disk is reported once, tried again, and stops nothing', async () => {
  const files = new SimulatorFiles(join(root, 'full'));
  files.create();
  const lines: string[] = [];
  let full = true;
  const disk = Object.assign(Object.create(files) as SimulatorFiles, {
    writeLater: (file: string, text: string) => (full ? Promise.reject(new Error('ENOSPC: no space left on device, write')) : files.writeLater(file, text)),
  });
  const persistence = new Persistence(disk, (line) => lines.push(line));
  persistence.keep({ revision: 0, watch: () => () => {} }, () => ({ saved: true }));
  persistence.changed();
  await persistence.flush();
  persistence.changed();
  await persistence.flush();
  expect([lines, persistence.trouble()]).toEqual([
    ['the cluster could not be saved: ENOSPC: no space left on device, write'],
    { notSaved: 'ENOSPC: no space left on device, write' },
  ]);
  full = false;
  await persistence.flush();
  expect([lines.at(-1), persistence.trouble(), readFileSync(join(root, 'full', 'store.json'), 'utf8')]).toEqual(['the cluster is saved again', {}, '{"saved":true}']);
});

test.each([
  ['an object changed', '/registry/pods/default/web', false, true],
  ['a heartbeat, and nobody was on a node', 'coordination.k8s.io/leases/kube-node-lease/one', false, false],
  ['a heartbeat, and somebody was', 'coordination.k8s.io/leases/kube-node-lease/one', true, true],
])('what is saved when: %s', async (_what, key, wasUsed, isSaved) => {
  const files = new SimulatorFiles(join(root, `saved-${String(wasUsed)}-${String(isSaved)}`));
  files.create();
  const persistence = new Persistence(files, () => undefined);
  let tell: (event: { readonly key: string }) => void = () => undefined;
  persistence.keep({ revision: 0, watch: (_prefix, _from, listener) => ((tell = listener), () => {}) }, () => ({ saved: true }), () => wasUsed);
  tell({ key });
  await persistence.flush();
  expect(files.has('store.json')).toBe(isSaved);
});

test('a process is itself, and not another one with its number', () => {
  expect(isAlive(holderOf())).toBe(true);
  expect(isAlive({ pid: process.pid, startedAt: '1' })).toBe(process.platform !== 'linux');
});
