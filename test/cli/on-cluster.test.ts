/**
 * The command line on a real simulator process, as a script would use it: every step its own process, in order. The
 * learner's own kubeconfig lies beside and must stay as it is, byte for byte.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { scratch } from '../lab/lab-support.ts';
import { ownCommand } from '../support/self.ts';

const [NODE, ...MAIN] = ownCommand();
const HOME = scratch();
const OWN_KUBECONFIG = join(HOME, '.kube', 'config');
mkdirSync(join(HOME, '.kube'));
writeFileSync(OWN_KUBECONFIG, 'apiVersion: v1\nkind: Config\n# mine\n');
const ENV = { PATH: process.env['PATH'], HOME, SHELL: '/bin/bash', CKA_HOME: join(HOME, 'cka'), KUBECONFIG: OWN_KUBECONFIG };

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(file: string, args: readonly string[], env: NodeJS.ProcessEnv = ENV): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(file, args, { env, cwd: HOME, timeout: 150_000 }, (error, out, err) => resolve({ code: error ? Number(error.code ?? 255) : 0, out, err }));
    child.stdin?.end();
  });
}

const cka = (line: string): Promise<Ran> => run(NODE!, [...MAIN, ...line.split(' ')]);

async function json(line: string): Promise<Record<string, unknown>> {
  const { code, out, err } = await cka(`${line} --json`);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Record<string, unknown>;
}

afterAll(async () => {
  await cka('cluster down --name one');
  await cka('cluster down --name two');
  rmSync(HOME, { recursive: true, force: true, maxRetries: 50 });
}, 180_000);

const SLOW = 180_000;

test('two clusters of different names come up side by side', async () => {
  const [one, two] = await Promise.all([json('cluster up --backend simulator --name one'), json('cluster up --name two --cni flannel --workers 1')]);
  expect(one).toEqual({
    backend: 'simulator', because: 'you named it', name: 'one', context: 'kind-one', cni: 'calico', proxyMode: 'iptables', encapsulation: 'vxlan', kubernetesVersion: expect.stringMatching(/^v1\.35\./) as string, readyMs: expect.any(Number) as number,
    kubeconfig: join(ENV.CKA_HOME, 'data', 'clusters', 'one', 'kubeconfig'), nodes: ['one-control-plane', 'one-worker', 'one-worker2'],
  });
  expect(two).toMatchObject({ cni: 'flannel', nodes: ['two-control-plane', 'two-worker'] });
  expect(statSync(one['kubeconfig'] as string).mode & 0o777).toBe(0o600);
}, SLOW);

test('coming up again is finding again; coming up otherwise is refused', async () => {
  expect(await json('cluster up --name two')).toMatchObject({ cni: 'flannel' });
  expect(await cka('cluster up --name one --cni flannel')).toEqual({ code: 2, out: '', err: 'Error: Cluster one exists, with calico.\nTry: Give another --name, or remove it: cka cluster down --name one\n' });
}, SLOW);

test('commands run on nodes, with their exit codes', async () => {
  expect(await cka('node exec one-worker --name one -- hostname')).toEqual({ code: 0, out: 'one-worker\n', err: '' });
  expect((await cka('node exec node01 --name one -- hostname')).out).toBe('one-worker\n');
  expect((await cka('node tools controlplane --name one -- hostname')).out).toBe('one-control-plane\n');
  expect(await cka('node exec one-worker --name one sysctl -n net.ipv4.ip_forward')).toEqual({ code: 0, out: '1\n', err: '' });
  expect(await cka('node exec nope --name one -- hostname')).toEqual({ code: 2, out: '', err: 'Error: Cluster one has no node "nope".\nTry: Its nodes: one-control-plane, one-worker, one-worker2. Machines beside it: node-0, node-1, node-2.\n' });
}, SLOW);

test('a lab is started, graded, hinted and stopped by script', async () => {
  expect(await json('lab start service-patch --name one')).toMatchObject({ lab: 'networking/service-patch', cluster: 'one', backend: 'simulator', resumed: false, namespaces: ['shop', 'visitors'] });
  expect(await json('lab start service-patch --name one')).toMatchObject({ resumed: true });
  const check = await cka('lab check service-patch --name one --json');
  expect(check.code).toBe(1);
  expect(JSON.parse(check.out)).toMatchObject({ lab: 'networking/service-patch', outcome: 'failed', points: 0, of: 10, criteria: [{ id: 'endpoints', status: 'fail', points: 0, of: 3, seen: 'Service catalog has no endpoints' }, {}, {}, {}] });
  expect(await json('lab hint service-patch --name one')).toMatchObject({ taken: 1, of: 4 });
  expect(await json('cluster status --name one')).toMatchObject({ running: true, lab: 'networking/service-patch', nodes: [{ ready: true }, { ready: true }, { ready: true }] });
  expect(await json('lab list')).toContainEqual(expect.objectContaining({ id: 'networking/service-patch', state: 'running', attempts: 1 }));
}, SLOW);

test('what `lab env` prints makes any shell work on the lab, by name of node too', async () => {
  const { out } = await cka('lab env service-patch --name one');
  const { out: said, err } = await run('/bin/sh', ['-c', 'eval "$ENVIRONMENT"; echo "$CKA_CLUSTER"; cka lab check >/dev/null; echo $?; ssh one-worker hostname; ssh one-worker "echo twice; exit 7"; echo $?; kubectl get pod till -o jsonpath="{.status.phase}"'], { ...ENV, ENVIRONMENT: out });
  expect({ said, err }).toEqual({ said: 'one\n1\none-worker\ntwice\n7\nRunning', err: '' });
}, SLOW);

test('a simulator that was killed comes back with the lab in it', async () => {
  const { pid } = JSON.parse(readFileSync(join(ENV.CKA_HOME, 'data', 'clusters', 'one', 'state.json'), 'utf8')) as { readonly pid: number };
  // Changes reach the disk a moment after they are made.
  await expect.poll(() => readFileSync(join(ENV.CKA_HOME, 'data', 'clusters', 'one', 'store.json'), 'utf8').includes('catalog'), { timeout: 10_000 }).toBe(true);
  process.kill(pid, 'SIGKILL');
  const check = await cka('lab check service-patch --name one --json');
  expect(JSON.parse(check.out)).toMatchObject({ points: 0, of: 10, outcome: 'failed' });
  expect(await json('lab start service-patch --name one')).toMatchObject({ resumed: true });
}, SLOW);

test('reset and stop leave a clean cluster, down leaves none', async () => {
  await json('lab reset service-patch --name one');
  await json('lab stop service-patch --name one');
  expect((await cka('lab check service-patch --name one')).code).toBe(2);
  await json('cluster down --name one');
  await json('cluster down --name two');
  expect(await json('cluster list')).toEqual([]);
  expect(readdirSync(join(ENV.CKA_HOME, 'data', 'clusters'))).toEqual([]);
}, SLOW);

test('the learner\'s own files are as they were', () => {
  expect(readFileSync(OWN_KUBECONFIG, 'utf8')).toBe('apiVersion: v1\nkind: Config\n# mine\n');
  expect(readdirSync(HOME).toSorted()).toEqual(['.kube', 'cka']);
  expect(readdirSync(join(HOME, '.kube'))).toEqual(['config']);
});
