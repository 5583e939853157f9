/** Probes: what they ask, what they say, what follows. */
import { afterEach, expect, test } from 'vitest';
import { isReady, makeCluster, type Loose, type TestCluster } from './cluster.ts';

let cluster: TestCluster;
afterEach(() => cluster.close());

async function run(container: Loose): Promise<void> {
  cluster = makeCluster();
  await cluster.pass(500);
  cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image: 'nginx:1.27', ...container }] } });
}

const status = () => cluster.get('pods', 'p').status?.containerStatuses?.[0];
const unhealthy = () => cluster.events('p').filter((line) => line.startsWith('Warning Unhealthy')).map((line) => line.replace(/ x\d+/, ''));

test.each([
  ['a path that is there', { httpGet: { path: '/', port: 80 } }, true, []],
  ['a path that is not', { httpGet: { path: '/missing', port: 80 } }, false, ['Warning Unhealthy Readiness probe failed: HTTP probe failed with statuscode: 404']],
  ['a port by name', { httpGet: { path: '/', port: 'http' } }, true, []],
  ['a closed port, over HTTP', { httpGet: { path: '/x', port: 81 } }, false, ['Warning Unhealthy Readiness probe failed: Get "http://10.244.0.2:81/x": dial tcp 10.244.0.2:81: connect: connection refused']],
  ['an open port', { tcpSocket: { port: 80 } }, true, []],
  ['a closed port', { tcpSocket: { port: 81 } }, false, ['Warning Unhealthy Readiness probe failed: dial tcp 10.244.0.2:81: connect: connection refused']],
  ['a command that succeeds', { exec: { command: ['act', 'exit 0'] } }, true, []],
  ['a command that fails', { exec: { command: ['act', 'need /tmp/ready'] } }, false, ['Warning Unhealthy Readiness probe failed: cat: /tmp/ready: No such file or directory\n']],
  ['a command that hangs', { exec: { command: ['act', 'sleep 60'] } }, false, ['Warning Unhealthy Readiness probe failed: command timed out: "act sleep 60" timed out after 1s']],
])('readiness, %s', async (_title, probe, ready, events) => {
  await run({ ports: [{ name: 'http', containerPort: 80 }], readinessProbe: { ...probe, periodSeconds: 2 } });
  await cluster.pass(5000);
  expect(isReady(cluster.get('pods', 'p'))).toBe(ready);
  expect([...new Set(unhealthy())]).toEqual(events);
  expect(status().restartCount).toBe(0);
});

test('a container that fails its liveness probe is restarted', async () => {
  await run({ livenessProbe: { httpGet: { path: '/missing', port: 80 }, periodSeconds: 1, failureThreshold: 2 } });
  await cluster.until('a restart', () => status()?.restartCount === 1);
  expect(cluster.events('p')).toContain('Normal Killing Container c failed liveness probe, will be restarted');
  expect(status().lastState.terminated).toMatchObject({ exitCode: 137, reason: 'Error' });
});

test('the startup probe holds the others back', async () => {
  await run({ startupProbe: { exec: { command: ['act', 'need /started'] }, periodSeconds: 1, failureThreshold: 30 }, readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 1 } });
  await cluster.pass(4000);
  expect([status().started, status().ready]).toEqual([false, false]);
  await cluster.kubelets.get('worker')!.containers.exec({ namespace: 'default', pod: 'p' }, ['act', 'touch /started'], { tty: false, stdout: { write: async () => undefined }, stderr: { write: async () => undefined }, signal: new AbortController().signal });
  await cluster.pass(3000);
  expect([status().started, status().ready]).toEqual([true, true]);
});

test('hooks: postStart fails and the container is killed, preStop runs before TERM', async () => {
  await run({ args: ['act', 'on-term 0', 'sleep 3600'], lifecycle: { preStop: { exec: { command: ['act', 'sleep 1'] } } } });
  await cluster.until('Ready', () => isReady(cluster.get('pods', 'p')));
  const start = cluster.clock.now();
  cluster.registry.delete('pods', 'p', 'default', { gracePeriodSeconds: 10 });
  await cluster.until('gone', () => cluster.registry.find('pods', 'p', 'default') === undefined);
  expect(Math.round((cluster.clock.now() - start) / 100)).toBe(20);
  cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'q' }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image: 'nginx:1.27', lifecycle: { postStart: { exec: { command: ['act', 'exit 1'] } } } }] } });
  await cluster.until('a restart', () => cluster.get('pods', 'q').status?.containerStatuses?.[0].restartCount === 1);
  expect(cluster.events('q').map((line) => line.replace(/ x\d+/, ''))).toEqual(expect.arrayContaining(['Warning FailedPostStartHook PostStartHook failed', 'Normal Killing FailedPostStartHook']));
});
