/**
 * What goes wrong around a command: each time a clear word, an exit code that is not 0, and nothing lost. Every command is
 * a process of its own, as a learner or a script starts it.
 */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noPty } from '../support/eyes.ts';
import { Learner } from '../support/learner.ts';
import { ownCommand } from '../support/self.ts';

const SLOW = { timeout: 180_000 };
const learner = new Learner();
const isRoot = process.getuid?.() === 0;

beforeAll(() => learner.json('lab start cross-node-pods'), 180_000);
afterAll(() => learner.leave(), 180_000);

describe('what was asked for does not exist', () => {
  test.each([
    ['lab start nope', 2, 'There is no lab "nope".'],
    ['lab check service-patch', 2, 'Lab networking/service-patch is not running on cluster cka-lab.'],
    ['node exec nope -- ls', 2, 'Cluster cka-lab has no node "nope".'],
    ['ssh nope', 2, 'has no node "nope".'],
    ['cluster status --name nope', 1, 'There is no cluster "nope".'],
    ['cluster up --name No_Name', 2, '"No_Name" cannot be the name of a cluster.'],
    ['cluster up --workers many', 2, '"many" cannot be the number of workers.'],
    ['cluster up --cni cilium', 2, "argument 'cilium' is invalid"],
    ['sim --port 123456', 2, '"123456" is not a port.'],
  ])('cka %s exits %i', SLOW, async (line, code, message) => {
    const ran = await learner.cka(line);
    expect({ code: ran.code, out: ran.out }).toEqual({ code, out: '' });
    expect(ran.err).toContain(message);
    expect(ran.err).toMatch(/^Error: .*\nTry: .*\n$/s);
  });
});

test('a program that a node does not have is missing as it is to an engine', SLOW, async () => {
  const missing = 'OCI runtime exec failed: exec failed: unable to start container process: exec: "no-such": executable file not found in $PATH: unknown\n';
  expect(await learner.cka('node exec cka-lab-worker -- no-such')).toEqual({ code: 127, out: '', err: missing });
});

describe('manifests that the API refuses', () => {
  const pod = (spec: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: ${spec}\n`;
  test.each([
    ['unknown fields', pod('{containers: [{name: a, image: nginx, foo: 1}], conteners: []}'), 'Error from server (BadRequest): error when creating "FILE": Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.containers[0].foo", unknown field "spec.conteners"\n'],
    ['a value of the wrong type', pod('{containers: [{name: a, image: nginx, ports: [{containerPort: "80"}]}]}'), 'Error from server (BadRequest): error when creating "FILE": Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32\n'],
    ['a field that is missing', pod('{containers: [{name: a}]}'), 'The Pod "x" is invalid: spec.containers[0].image: Required value\n'],
    ['a kind that nobody knows', 'apiVersion: v1\nkind: Pood\nmetadata: {name: x}\n', 'error: resource mapping not found for name: "x" namespace: "" from "FILE": no matches for kind "Pood" in version "v1"\nensure CRDs are installed first\n'],
  ])('%s', SLOW, async (_name, manifest, message) => {
    const file = join(learner.home, 'manifest.yaml');
    writeFileSync(file, manifest);
    const { KUBECONFIG = '' } = (await learner.json('lab env cross-node-pods')) as Readonly<Record<string, string>>;
    const { code, out, err } = await learner.cka(`kubectl apply -f ${file}`, { KUBECONFIG });
    expect({ code, out, err }).toEqual({ code: 1, out: '', err: message.replace('FILE', file) });
  });
});

test.skipIf(await noPty()).each([['Ctrl-C', '\x03'], ['Ctrl-D', '\x04'], ['Enter', '\r']])('a question that is answered with %s is answered with no', SLOW, async (_key, typed) => {
  const { KUBECONFIG = '' } = (await learner.json('lab env cross-node-pods')) as Readonly<Record<string, string>>;
  const screen = await learner.screen('cluster up --backend existing --context kind-cka-lab --name mine', { env: { KUBECONFIG } });
  await screen.see('Type yes to go on:');
  screen.type(typed);
  await screen.see('terminal restored');
  screen.close();
  expect(screen.output).toContain('Error: Context "kind-cka-lab" was not confirmed; nothing was done.');
  expect(screen.output).toContain('exit code 2');
});

test.skipIf(!existsSync('/dev/full')).each(['lab list', 'lab list --json', '--version', 'kubectl version --client'])('cka %s into a file on a full disk does not pretend', SLOW, async (line) => {
  const { code, err } = await learner.run(['sh', '-c', `'${ownCommand().join("' '")}' ${line} > /dev/full`]);
  expect([code, err]).toEqual([3, expect.stringMatching(/^Error: What was to be said could not be written: ENOSPC.*\nTry: Free some space, then do it again\.\n$/)]);
});

test('a port in use is told, and the cluster is not made', SLOW, async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { readonly port: number };
  expect(await learner.cka(`sim --name taken --port ${port}`)).toEqual({ code: 3, out: '', err: `Error: Port ${port} of 127.0.0.1 is in use.\nTry: Choose another port, or none to get any that is free.\n` });
  server.close();
});

test('a damaged progress file is kept as a copy, told once, and progress goes on', SLOW, async () => {
  const file = join(learner.folder, 'data', 'progress.json');
  const before = readFileSync(file, 'utf8');
  writeFileSync(file, before.slice(0, 40));
  const first = await learner.cka('lab list');
  expect([first.code, first.err]).toEqual([0, expect.stringContaining('was damaged. It is kept as')]);
  const copy = readdirSync(join(learner.folder, 'data')).find((name) => name.startsWith('progress.json.damaged-'))!;
  expect(readFileSync(join(learner.folder, 'data', copy), 'utf8')).toBe(before.slice(0, 40));
  expect((await learner.cka('lab list')).err).toBe('');
  writeFileSync(file, before);
});

test.skipIf(isRoot)('a home that cannot be written is told with a way out', SLOW, async () => {
  const home = join(learner.home, 'locked');
  mkdirSync(home);
  chmodSync(home, 0o500);
  const { code, err } = await learner.cka('lab start cross-node-pods', { CKA_HOME: join(home, 'cka') });
  expect([code, err]).toEqual([3, expect.stringMatching(/^Error: .*\nTry: .*CKA_HOME.*\n$/s)]);
});

test('a home that is a file is told with a way out', SLOW, async () => {
  const file = join(learner.home, 'file');
  writeFileSync(file, '');
  for (const line of ['lab start cross-node-pods', 'cluster up']) {
    const { code, out, err } = await learner.cka(line, { CKA_HOME: join(file, 'cka') });
    expect([line, code, out, err]).toEqual([line, 3, '', expect.stringMatching(/^Error: .*\nTry: .*CKA_HOME.*\n$/ms)]);
  }
});

test('Ctrl-C while a cluster starts leaves one that the next command finds or makes', SLOW, async () => {
  const [node = '', ...main] = ownCommand();
  for (const afterMs of [60, 250, 500]) {
    const child = spawn(node, [...main, 'lab', 'start', 'cross-node-pods', '--name', 'hasty'], { env: learner.env, stdio: 'ignore' });
    setTimeout(() => child.kill('SIGINT'), afterMs);
    await new Promise((resolve) => child.once('exit', resolve));
  }
  expect(await learner.json('lab start cross-node-pods --name hasty')).toMatchObject({ cluster: 'hasty', namespaces: ['crossing'] });
  expect((await learner.cka('lab check cross-node-pods --name hasty')).code).toBe(1);
  await learner.cka('cluster down --name hasty');
});

test('the learner\'s own kubeconfig is as it was', () => {
  expect(learner.ownKubeconfigIsUntouched).toBe(true);
});
