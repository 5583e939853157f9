/**
 * Real kubectl and ours against our streams: SPDY/3.1 up to 1.29, WebSocket from 1.30 on; a real port-forward is SPDY
 * inside either, ours is channels.
 */
import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownCommand } from '../support/self.ts';
import { until } from '../support/until.ts';
import { kubectls, startTestServer } from './api-server.ts';
import type { TestServer } from './api-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  server.addPod('web');
  server.addPod('two', ['a', 'b']);
});
afterAll(() => server.end());

const THREE_MB = 3_000_000;
const BIG = Buffer.from(Array.from({ length: THREE_MB }, (_, i) => (i % 10_000) % 256));

/** Ours as a file to start. */
const folder = mkdtempSync(join(tmpdir(), 'own-kubectl-'));
const own = { name: 'of our own', binary: join(folder, 'kubectl') };
writeFileSync(own.binary, `#!/bin/sh\nexec ${ownCommand().map((word) => `'${word}'`).join(' ')} kubectl "$@"\n`);
chmodSync(own.binary, 0o755);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each([...kubectls(), own])('kubectl $name', ({ binary }) => {
  const check = async (args: string, expected: { code: number; stdout?: string; stderr?: string }, input?: string | Buffer) => {
    const result = await server.kubectl(binary, args.split(' '), input);
    expect({ code: result.code, ...(expected.stdout !== undefined && { stdout: result.stdout }), ...(expected.stderr !== undefined && { stderr: result.stderr }) }).toEqual(expected);
  };

  test.each([
    ['exec web -- echo hello there', 0, 'hello there\n', ''],
    ['exec web -- exit 3', 3, '', 'command terminated with exit code 3\n'],
    ['exec web -- stderr oops', 0, 'out\n', 'oops\n'],
    ['exec web -- nosuch', 1, '', 'Error from server (BadRequest): unable to upgrade connection: exec: "nosuch": executable file not found in $PATH\n'],
    ['exec ghost -- ls', 1, '', 'Error from server (NotFound): pods "ghost" not found\n'],
    ['logs web', 0, 'one\ntwo\nthree\n', ''],
    ['logs web --tail=1', 0, 'three\n', ''],
    ['logs web -p', 1, '', 'Error from server (BadRequest): previous terminated container "c" in pod "web" not found\n'],
    ['attach web', 0, 'attached\n', undefined],
  ])('%s', (args, code, stdout, stderr) => check(args, { code, stdout, ...(stderr !== undefined && { stderr }) }));

  test('exec -i sends standard input and its end', () => check('exec -i web -- cat', { code: 0, stdout: 'from here\n' }, 'from here\n'));

  test('3 MB arrive unchanged', async () => {
    const { stdout, code } = await server.kubectl(binary, ['exec', 'web', '--', 'big', String(THREE_MB)]);
    expect([code, md5(Buffer.from(stdout, 'latin1'))]).toEqual([0, md5(BIG)]);
  });

  test('3 MB go there and come back unchanged', async () => {
    const { stdout } = await server.kubectl(binary, ['exec', '-i', 'web', '--', 'cat'], BIG);
    expect(md5(Buffer.from(stdout, 'latin1'))).toBe(md5(BIG));
  });

  test('attach -i talks to the running process', async () => {
    const { stdout } = await server.kubectl(binary, ['attach', '-i', 'web'], 'hi\n');
    expect(stdout).toBe('attached\nhi\n');
  });

  test('logs -f shows lines as they come, and ends with the container', async () => {
    server.containers.followers.clear();
    const following = server.kubectl(binary, ['logs', '-f', 'web', '--tail=1']);
    await until(() => server.containers.followers.size === 1);
    for (const line of ['four', 'five', 'END']) for (const follower of server.containers.followers) follower(line);
    expect((await following).stdout).toBe('three\nfour\nfive\n');
  });

  test('exec -it sends the size of the terminal and what is typed', async () => {
    const size = await inTerminal(binary, ['exec', '-it', 'web', '--', 'size'], 101, 33);
    expect(size).toContain('101x33');
    server.containers.heard.length = 0;
    expect(await inTerminal(binary, ['exec', '-it', 'web', '--', 'read-line'], 80, 24, 'typed\r')).toContain('got typed');
  });

  test('port-forward carries two connections, one after the other', async () => {
    server.containers.ports.set(80, (text) => `HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n${/GET \/(\S+)/.exec(text)?.[1]?.padEnd(5)}`);
    const forward = await portForward(binary, ['port-forward', 'pod/web', ':80']);
    try {
      expect(await fetchText(forward.port, 'first')).toBe('first');
      expect(await fetchText(forward.port, '2nd')).toBe('2nd  ');
    } finally {
      forward.stop();
    }
  });

  test('port-forward tells why a connection failed', async () => {
    const forward = await portForward(binary, ['port-forward', 'pod/web', ':81']);
    try {
      await expect(fetchText(forward.port, 'x')).rejects.toThrow();
      await until(() => /failed to connect to localhost:81: connection refused/.test(forward.output()));
    } finally {
      forward.stop();
    }
  });

  test('a client that leaves is noticed', async () => {
    server.containers.heard.length = 0;
    const child = spawn(binary, ['exec', 'web', '--', 'sleep'], { env: { ...process.env, KUBECONFIG: server.kubeconfig }, stdio: 'ignore' });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    await until(() => server.containers.heard.includes('sleep runs'));
    child.kill('SIGKILL');
    await exited;
    await until(() => server.containers.heard.includes('client gone'));
  });

  async function inTerminal(file: string, args: string[], cols: number, rows: number, typed?: string): Promise<string> {
    const { spawn: spawnPty } = await import('@lydell/node-pty');
    const pty = spawnPty(file, args, { cols, rows, env: { ...process.env, KUBECONFIG: server.kubeconfig } as Record<string, string> });
    let output = '';
    pty.onData((data) => (output += data));
    if (typed !== undefined) {
      await until(() => server.containers.heard.includes('read-line runs'));
      pty.write(typed);
    }
    await new Promise<void>((resolve) => pty.onExit(() => resolve()));
    return output;
  }

  async function portForward(file: string, args: string[]) {
    const child = spawn(file, args, { env: { ...process.env, KUBECONFIG: server.kubeconfig } });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (output += data.toString()));
    await until(() => /127\.0\.0\.1:(\d+) ->/.test(output));
    return { port: Number(/127\.0\.0\.1:(\d+) ->/.exec(output)![1]), output: () => output, stop: () => void child.kill() };
  }
});

test('nothing of this was a bug of ours', () => expect(server.bugs).toEqual([]));

const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');

const fetchText = (port: number, path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get({ port, path: `/${path}`, host: '127.0.0.1', agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString())).on('end', () => resolve(text)).on('error', reject);
    }).on('error', reject);
  });
