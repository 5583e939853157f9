/** Parts of our kubectl by themselves: JSONPath templates, which kinds it was built with, and what a watch makes of its bytes. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { isBuiltIn } from '../../src/kubectl/built-in.ts';
import { Client } from '../../src/kubectl/client.ts';
import { KubectlError } from '../../src/kubectl/io.ts';
import { printJsonPath } from '../../src/kubectl/output/jsonpath.ts';
import { JsonPathError } from '../../src/kubectl/output/jsonpath-parse.ts';

const LIST = {
  kind: 'List',
  items: [
    { metadata: { name: 'web', labels: { 'k8s-app': 'front', 'a/b.c': 'x' } }, spec: { replicas: 3, paused: true, ports: [{ port: 80 }, { port: 443 }], note: null } },
    { metadata: { name: 'db', labels: {} }, spec: { replicas: 1, ports: [] } },
  ],
};

test.each([
  ['{.items[*].metadata.name}', 'web db'],
  ['{.items[-1].metadata.name}', 'db'],
  ['{.items[].metadata.name}', 'web'],
  ['{.items[:1].kind}{.items[0:2].metadata.name}', 'web db'],
  ['{.items[0].spec.ports[0]}', '{"port":80}'],
  ['{.items[0].spec.note}', 'null'],
  ["{.items[0].metadata.labels['k8s-app']}", 'front'],
  ['{.items[0].metadata.labels.a/b\\.c}', 'x'],
  ["{.items[*]['metadata.name', 'spec.replicas']}", 'web db 3 1'],
  ['{.items[?(@.spec.replicas>1)].metadata.name}', 'web'],
  ['{.items[?(@.spec.paused)].metadata.name}', 'web'],
  ['{range .items[*]}{.metadata.name}{"\\t"}{range .spec.ports[*]}{.port},{end}{"\\n"}{end}', 'web\t80,443,\ndb\t\n'],
  ['{range .items[*]}{.metadata.name}', 'webdb'],
  ['{range .nope[*]}{.x}{end}done', 'done'],
  ['.items[0].metadata.name', '.items[0].metadata.name'],
  ['{.items[5].metadata.name}', 'array index out of bounds: index 5, length 2'],
  ['{.items[1].spec.ports[0].port}', 'array index out of bounds: index 0, length 0'],
  ['{.items[0].metadata.labels["k8s-app"]}', 'invalid array index "k8s-app"'],
  ['{.items[?(@.spec.replicas=="3")].metadata.name}', 'incompatible types for comparison'],
  ['{.kind[0]}', 'string is not array or slice'],
  ['{items}', 'unrecognized identifier items'],
  ['{end}', 'not in range, nothing to end'],
  ['{.items[0', 'unterminated array'],
  ['{.kind', 'unclosed action'],
])('jsonpath %s: %s', (template, printed) => expect(jsonPath(template)).toBe(printed));

function jsonPath(template: string): string {
  try {
    return printJsonPath(template, LIST, { allowMissingKeys: true });
  } catch (error) {
    if (error instanceof JsonPathError) return error.message;
    throw error;
  }
}

test.each([
  ['', true],
  ['apps', true],
  ['networking.k8s.io', true],
  ['gateway.networking.k8s.io', false],
  ['snapshot.storage.k8s.io', false],
  ['apiextensions.k8s.io', false],
  ['example.com', false],
])('kinds of group "%s" are patched strategically: %s', (group, expected) => expect(isBuiltIn(group)).toBe(expected));

const EVENT = Buffer.from('{"type":"ADDED","object":{"note":"größer"}}\n');

test('a letter that arrives in two pieces stays one', async () => {
  const half = EVENT.indexOf(0xc3) + 1;
  const event = { type: 'ADDED', object: { note: 'größer' } };
  // The second half is sent when all before it has been read.
  const reply = (answer: ServerResponse) => {
    answer.write(Buffer.concat([EVENT, EVENT.subarray(0, half)]));
    return () => void answer.end(EVENT.subarray(half));
  };
  expect(await watched(reply)).toEqual([event, event]);
});

test('a watch whose time is over before the server has answered ends', async () => {
  const stop = new AbortController();
  expect(await watched(() => stop.abort(), stop.signal)).toEqual([]);
});

test('a watch whose time was over before it began ends', async () => {
  expect(await watched(() => {}, AbortSignal.abort())).toEqual([]);
});

async function watched(reply: (answer: ServerResponse) => (() => void) | undefined | void, signal = new AbortController().signal): Promise<readonly unknown[]> {
  let afterFirst = () => {};
  const server = createServer((_, answer) => (afterFirst = reply(answer) ?? afterFirst));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const io = { env: {}, cwd: '/', signal: new AbortController().signal, stdout: () => {}, stderr: () => {}, readStdin: () => Promise.reject(new KubectlError('nothing')), onStdin: () => () => {} };
  const client = new Client({ server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, timeoutMs: 0 } as Client['connection'], io);
  const seen: unknown[] = [];
  try {
    for await (const event of client.watch('/api/v1/pods?watch=true', 'application/json', signal)) if (seen.push(event) === 1) afterFirst();
    return seen;
  } finally {
    client.close();
    server.closeAllConnections();
    server.close();
  }
}
