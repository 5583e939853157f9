/** `kubectl proxy` in front of a server that says what it was asked: who may ask, for what, and what is added. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runKubectl } from '../../src/kubectl/main.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubectl-proxy-'));
const stop = new AbortController();
const api = createServer((asked, answer) => answer.end(`${asked.method} ${asked.url} ${asked.headers.authorization}`));
let port = 0;
let ended: Promise<number>;

beforeAll(async () => {
  writeFileSync(join(folder, 'page.html'), '<p>hi</p>');
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  port = await new Promise<number>((resolve) => {
    ended = runKubectl(['proxy', '--port=0', `--www=${folder}`, '--reject-methods=^DELETE$', `--server=http://127.0.0.1:${(api.address() as AddressInfo).port}`, '--token=secret'], {
      env: { HOME: folder }, cwd: folder, signal: stop.signal, readStdin: () => Promise.resolve(new Uint8Array()), onStdin: () => () => {},
      stdout: (text) => resolve(Number(/:(\d+)\n$/.exec(String(text))?.[1])), stderr: () => {},
    });
  });
});

afterAll(() => {
  api.close();
  rmSync(folder, { recursive: true, force: true });
});

function check(method: string, path: string, host = 'localhost'): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, method, path, headers: { host } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk)).on('end', () => resolve(`${answer.statusCode} ${text}`));
    });
    asking.on('error', reject).end();
  });
}

test.each([
  ['GET', '/api/v1/pods?limit=1', 'localhost', '200 GET /api/v1/pods?limit=1 Bearer secret'],
  ['GET', '/version', 'evil.example', '403 Forbidden'],
  ['DELETE', '/api/v1/namespaces/x', 'localhost', '403 Forbidden'],
  ['POST', '/api/v1/namespaces/a/pods/b/exec?command=sh', 'localhost', '403 Forbidden'],
  ['GET', '/static/page.html', 'localhost', '200 <p>hi</p>'],
  ['GET', '/static/..%2f..%2fetc%2fpasswd', 'localhost', '404 404 page not found\n'],
])('%s %s by the name of %s', async (method, path, host, answer) => {
  expect(await check(method, path, host)).toBe(answer);
});

test('it ends with Ctrl-C', async () => {
  stop.abort();
  expect(await ended).toBe(130);
});
