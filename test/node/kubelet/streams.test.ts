/** exec, attach, logs and port-forward, and the words when they cannot be. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ApiError } from '../../../src/api/status.ts';
import type { LogOptions } from '../../../src/node/kubelet/log.ts';
import { isReady, makeCluster, type TestCluster } from './cluster.ts';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = makeCluster();
  await cluster.pass(500);
  cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'two' }, spec: { containers: [{ name: 'a', image: 'busybox:1.36', args: ['act', 'say alpha 1', 'complain alpha 2', 'sleep 60', 'say alpha 3', 'sleep 3600'] }, { name: 'b', image: 'nginx:1.27' }] } });
  cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pull' }, spec: { containers: [{ name: 'c', image: 'ngnix' }] } });
  cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'crash' }, spec: { containers: [{ name: 'c', image: 'busybox:1.36', args: ['act', 'say dying', 'exit 1'] }] } });
  await cluster.until('two Ready', () => isReady(cluster.get('pods', 'two')));
  await cluster.pass(4000);
});
afterEach(() => cluster.close());

const containers = () => cluster.kubelets.get('worker')!.containers;
const never = new AbortController().signal;

async function log(pod: string, container: string | undefined, options: LogOptions & { previous?: boolean } = {}): Promise<string> {
  let text = '';
  await containers().log({ namespace: 'default', pod, ...(container ? { container } : {}) }, options, (bytes) => void (text += bytes), never);
  return text;
}

async function words(action: () => Promise<unknown>): Promise<string> {
  try {
    const result = action();
    result.catch(() => undefined);
    await cluster.pass(200);
    return JSON.stringify(await result);
  } catch (error) {
    if (error instanceof ApiError) return `${error.code} ${error.message}`;
    return String(error);
  }
}

test.each([
  ['everything', {}, 'alpha 1\nalpha 2\n'],
  ['the last line', { tailLines: 1 }, 'alpha 2\n'],
  ['nothing', { tailLines: 0 }, ''],
  ['so many bytes', { limitBytes: 9 }, 'alpha 1\na'],
  ['what is younger than that', { sinceSeconds: 1 }, ''],
  ['with times', { tailLines: 1, timestamps: true }, '2026-01-01T00:00:'],
])('logs: %s', async (_title, options, expected) => {
  const text = await log('two', 'a', options);
  if (options && 'timestamps' in options) expect(text.startsWith(expected) && text.endsWith('Z alpha 2\n')).toBe(true);
  else expect(text).toBe(expected);
});

test('logs that are followed go on until the reader leaves', async () => {
  let text = '';
  const leave = new AbortController();
  const reading = containers().log({ namespace: 'default', pod: 'two', container: 'a' }, { follow: true, tailLines: 1 }, (bytes) => void (text += bytes), leave.signal);
  await cluster.pass(60_000);
  expect(text).toBe('alpha 2\nalpha 3\n');
  leave.abort();
  await reading;
});

test('logs that are not there', async () => {
  expect(await words(() => log('two', 'a', { previous: true }))).toBe('400 previous terminated container "a" in pod "two" not found');
  expect(await words(() => log('pull', 'c'))).toBe('400 container "c" in pod "pull" is waiting to start: trying and failing to pull image');
  expect(await log('crash', undefined, { previous: true })).toBe('dying\n');
});

test('exec: exit code, output, and what runc says of a command that is not there', async () => {
  const output: string[] = [];
  const io = { tty: false, stdout: { write: async (bytes: string) => void output.push(bytes) }, stderr: { write: async (bytes: string) => void output.push(`err ${bytes}`) }, signal: never };
  expect(await containers().exec({ namespace: 'default', pod: 'two', container: 'b' }, ['act', 'say hi', 'env HOSTNAME', 'complain ouch', 'exit 42'], io)).toEqual({ exitCode: 42 });
  expect(output).toEqual(['hi\n', 'HOSTNAME=two\n', 'err ouch\n']);
  expect(await words(() => containers().exec({ namespace: 'default', pod: 'two', container: 'b' }, ['nope'], io))).toMatch(/^500 Internal error occurred: Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "[0-9a-f]{64}": OCI runtime exec failed: exec failed: unable to start container process: exec: "nope": executable file not found in \$PATH: unknown$/);
  expect(await words(() => containers().exec({ namespace: 'default', pod: 'pull' }, ['act'], io))).toBe('404 unable to upgrade connection: container not found ("c")');
});

test('port-forward reaches what listens on localhost in the pod', async () => {
  const requests = ['GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'];
  let answer = '';
  const forward = containers().portForward({ namespace: 'default', pod: 'two' }, 80, { read: async () => requests.shift() ?? (await new Promise<undefined>(() => undefined)), write: async (bytes) => void (answer += bytes), end: () => undefined, signal: never });
  await cluster.pass(200);
  await forward;
  expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*hello\n$/);
  const refused = await words(() => containers().portForward({ namespace: 'default', pod: 'two' }, 81, { read: async () => undefined, write: async () => undefined, end: () => undefined, signal: never }));
  expect(refused).toContain('failed to connect to localhost:81 inside namespace');
});

test('attach hears what is written from now on, and ends with the container', async () => {
  cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'short' }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox:1.36', args: ['act', 'say early', 'sleep 5', 'say late', 'exit 4'] }] } });
  await cluster.until('short runs', () => cluster.get('pods', 'short').status?.phase === 'Running');
  let heard = '';
  const attached = containers().attach({ namespace: 'default', pod: 'short' }, { tty: false, stdout: { write: async (bytes) => void (heard += bytes) }, stderr: { write: async () => undefined }, signal: never });
  await cluster.pass(6000);
  expect(await attached).toEqual({ exitCode: 0 });
  expect(heard).toBe('late\n');
});
