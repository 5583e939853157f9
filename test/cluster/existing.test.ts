/** A cluster of one's own: which context, whose word, whose rights. No cluster answers here; see the conformance suite for one that does. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { existingBackend } from '../../src/cluster/existing.ts';
import { createIdentity } from '../../src/server/identity.ts';
import { Tools } from '../../src/cluster/tools.ts';
import { chooseContext, contextsIn, endpointOf, kubeconfigPaths } from '../../src/cluster/user-kubeconfig.ts';

const home = mkdtempSync(join(tmpdir(), 'cka existing '));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const one = join(home, 'one');
const two = join(home, 'two');
const entry = (name: string, server: string, user = 'token: t') => `clusters: [{name: ${name}-c, cluster: {server: "${server}", certificate-authority: ca.crt}}]\nusers: [{name: ${name}-u, user: {${user}}}]\ncontexts: [{name: ${name}, context: {cluster: ${name}-c, user: ${name}-u, namespace: mine}}]\n`;
writeFileSync(one, `# mine\napiVersion: v1\nkind: Config\ncurrent-context: dev\n${entry('dev', 'https://127.0.0.1:1')}`);
writeFileSync(two, `apiVersion: v1\nkind: Config\n${entry('shop-prod', 'https://10.0.0.1:6443')}`);
writeFileSync(join(home, 'ca.crt'), 'AUTHORITY');

test('kubeconfigs are found as kubectl finds them', async () => {
  expect(kubeconfigPaths({ HOME: '/home/me' })).toEqual(['/home/me/.kube/config']);
  expect(await contextsIn(kubeconfigPaths({ KUBECONFIG: `${one}:${two}:/no/such/file` }))).toEqual(['dev', 'shop-prod']);
});

test('of a context a kubeconfig of our own is made, with files by their full path', async () => {
  const { text, server } = await chooseContext([one, two], 'dev');
  expect(server).toBe('https://127.0.0.1:1');
  expect(text).toBe(`apiVersion: v1
kind: Config
current-context: dev
preferences: {}
clusters:
  - name: dev-c
    cluster:
      server: https://127.0.0.1:1
      certificate-authority: ${join(home, 'ca.crt')}
users:
  - name: dev-u
    user:
      token: t
contexts:
  - name: dev
    context:
      cluster: dev-c
      user: dev-u
      namespace: mine
`);
  expect(await endpointOf(text, new Tools({ env: {} }))).toEqual({ url: 'https://127.0.0.1:1', authority: 'AUTHORITY', token: 't' });
});

test('whoever proves themselves by a plugin is asked through it', async () => {
  writeFileSync(join(home, 'plugin'), '#!/bin/sh\necho "{\\"status\\":{\\"token\\":\\"of-$1-$WHO\\"}}"\n', { mode: 0o755 });
  writeFileSync(join(home, 'three'), entry('cloud', 'https://127.0.0.1:1', `exec: {command: "${join(home, 'plugin')}", args: [login], env: [{name: WHO, value: me}]}`));
  const { text } = await chooseContext([join(home, 'three')], 'cloud');
  expect(await endpointOf(text, new Tools({ env: { PATH: '/bin' } }))).toMatchObject({ token: 'of-login-me' });
});

interface Row {
  readonly context?: string;
  readonly confirmed?: string;
  readonly typed?: string;
  readonly says: string;
  readonly action: string;
}

const ROWS: Readonly<Record<string, Row>> = {
  'no context': { says: 'Which cluster?', action: 'Name a context of your kubeconfig: --backend existing --context NAME.' },
  'an unknown context': { context: 'nope', says: 'There is no context "nope"', action: 'Choose one of: dev, shop-prod.' },
  'nobody to ask': { context: 'dev', says: 'That needs your word.', action: 'Run it in a terminal, or add: --confirm yes' },
  'no for an answer': { context: 'dev', typed: 'no', says: 'Context "dev" was not confirmed; nothing was done.', action: 'Type yes when asked' },
  'production, by yes': { context: 'shop-prod', typed: 'yes', says: 'Context "shop-prod" was not confirmed; nothing was done.', action: 'Use a cluster that nobody depends on.' },
  'production, by the wrong word': { context: 'shop-prod', confirmed: 'shop', says: 'was not confirmed', action: '--confirm shop-prod' },
  'yes, and no answer': { context: 'dev', typed: ' yes ', says: 'The cluster of context "dev" does not answer: connect ECONNREFUSED 127.0.0.1:1.', action: 'Look whether kubectl works with that context.' },
};

test.each(Object.entries(ROWS))('%s', async (name, { context, confirmed, typed, says, action }) => {
  const before = readFileSync(one, 'utf8');
  const questions: string[] = [];
  const backend = existingBackend({ data: join(home, 'data') }, {
    env: { KUBECONFIG: `${one}:${two}` }, ...(context === undefined ? {} : { context }), ...(confirmed === undefined ? {} : { confirmed }),
    ...(typed === undefined ? {} : { ask: (question: string) => Promise.resolve((questions.push(question), typed)) }),
  });
  const error = await backend.up({ name: 'x', workers: 2, cni: 'calico', proxyMode: 'iptables' }).then(() => undefined, (reason: Error & { action?: string }) => reason);
  expect(error?.message).toContain(says);
  expect(error?.action).toContain(action);
  expect(questions.length).toBe(typed === undefined ? 0 : 1);
  if (name.startsWith('production, by yes')) expect(questions[0]).toContain('Type the name of the context to go on: ');
  expect([await backend.list(), readFileSync(one, 'utf8')]).toEqual([[], before]);
});

test('rights that labs need are asked for, and named when they are missing', async () => {
  mkdirSync(join(home, 'rights'), { recursive: true });
  const { server: key } = createIdentity({ clusterName: 'weak', unixMs: Date.now() });
  const server = createServer({ cert: key.certificate, key: key.key }, (request, response) => {
    response.setHeader('Content-Type', 'application/json');
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => response.end(JSON.stringify({ status: { allowed: !/namespaces|exec/.test(text) } })));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const file = join(home, 'four');
  writeFileSync(file, entry('weak', `https://127.0.0.1:${port}`).replace('certificate-authority: ca.crt', 'insecure-skip-tls-verify: true'));
  const backend = existingBackend({ data: join(home, 'rights') }, { env: { KUBECONFIG: file }, context: 'weak', confirmed: 'yes' });
  await expect(backend.up({ name: 'x', workers: 2, cni: 'calico', proxyMode: 'iptables' })).rejects.toThrow('You may not do in context "weak" what labs need: create namespaces, delete namespaces, create pods/exec.');
  server.close();
});

test('a cluster that is gone for good is forgotten, with a word', async () => {
  mkdirSync(join(home, 'gone/existing/mine'), { recursive: true });
  writeFileSync(join(home, 'gone/existing/mine/record.json'), JSON.stringify({ name: 'mine', context: 'dev', server: 'https://127.0.0.1:1', info: { nodes: [] } }));
  writeFileSync(join(home, 'gone/existing/mine/kubeconfig'), (await chooseContext([one], 'dev')).text.replace(/.*certificate-authority.*\n/, ''));
  const backend = existingBackend({ data: join(home, 'gone') }, { env: { KUBECONFIG: one } });
  const told = await (await backend.find('mine'))!.down().then(() => undefined, (error: Error & { action?: string }) => [error.message, error.action]);
  expect(told).toEqual(['The cluster of context "dev" (https://127.0.0.1:1) does not answer: connect ECONNREFUSED 127.0.0.1:1.', 'Look whether kubectl works with that context. If it is gone for good: cka cluster down --name mine --forget']);
  expect([await backend.forget?.('mine'), await backend.list(), await backend.forget?.('mine')]).toEqual([true, [], false]);
});

test('one cluster under two names is refused: each would take away what the other\'s labs made', async () => {
  mkdirSync(join(home, 'taken/existing/mine'), { recursive: true });
  writeFileSync(join(home, 'taken/existing/mine/record.json'), JSON.stringify({ name: 'mine', context: 'the-same', server: 'https://127.0.0.1:1', info: { nodes: [] } }));
  const backend = existingBackend({ data: join(home, 'taken') }, { env: { KUBECONFIG: one }, context: 'dev', confirmed: 'yes' });
  await expect(backend.up({ name: 'x', workers: 2, cni: 'calico', proxyMode: 'iptables' })).rejects.toThrow('The cluster of context "dev" (https://127.0.0.1:1) is here already, as mine.');
});
