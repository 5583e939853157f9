/** How often our kubectl asks a server what it offers: once in ten minutes, and again when it does not know a word. */
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runKubectl } from '../../src/kubectl/main.ts';
import { startTestServer, type TestServer } from '../server/api-server.ts';

let server: TestServer;
const folder = mkdtempSync(join(tmpdir(), 'kubectl-cache-'));

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await server.end();
  rmSync(folder, { recursive: true, force: true });
});

const ASKED = ['/api', '/apis', '/api/v1/namespaces/default/pods?limit=500'];

test('discovery is asked once in ten minutes', async () => {
  expect(await asked('get pods')).toEqual(ASKED);
  expect(await asked('get pods')).toEqual(ASKED.slice(2));
  const old = Date.now() / 1000 - 601;
  utimesSync(cacheFile(), old, old);
  expect(await asked('get pods')).toEqual(ASKED);
});

test('without a folder nothing is kept', async () => {
  expect(await asked('get pods', {})).toEqual(ASKED);
});

test('what the cache does not know may be new to the server', async () => {
  writeFileSync(cacheFile(), '[]');
  expect(await asked('get pods')).toEqual(ASKED);
  const unknown = await kubectl('get nosuch');
  expect(unknown.paths).toEqual(ASKED.slice(0, 2));
  expect(unknown.said).toEqual(['error: the server doesn\'t have a resource type "nosuch"']);
});

test('a manifest from standard input is read once', async () => {
  writeFileSync(cacheFile(), '[]');
  const { said } = await kubectl('create -f -', { KUBECACHEDIR: folder }, '{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}');
  expect(said).toEqual(['configmap/c created']);
});

test('a damaged cache is none', async () => {
  writeFileSync(cacheFile(), '[{"plural":');
  expect(await asked('get pods')).toEqual(ASKED);
});

function cacheFile(): string {
  const [own] = readdirSync(join(folder, 'discovery'));
  return join(folder, 'discovery', own!, 'resources.json');
}

const asked = async (command: string, env: Record<string, string> = { KUBECACHEDIR: folder }) => (await kubectl(command, env)).paths;

async function kubectl(command: string, env: Record<string, string> = { KUBECACHEDIR: folder }, input = ''): Promise<{ paths: readonly string[]; said: readonly string[] }> {
  let output = '';
  const say = (text: string | Uint8Array) => void (output += Buffer.from(text as Uint8Array).toString('utf8'));
  await runKubectl([...command.split(' '), '-v=6'], { env: { ...env, KUBECONFIG: server.kubeconfig }, cwd: folder, signal: new AbortController().signal, readStdin: () => Promise.resolve(Buffer.from(input)), onStdin: () => () => {}, stdout: say, stderr: say });
  const lines = output.split('\n').filter(Boolean);
  return { paths: lines.flatMap((line) => /verb="GET" url="https:\/\/[^/]+(\S+)"/.exec(line)?.[1] ?? []), said: lines.filter((line) => !line.startsWith('I')) };
}
