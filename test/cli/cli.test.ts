/** The command line without a cluster: what is printed, where, and with which exit code. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, expect, test } from 'vitest';
import type { Cli } from '../../src/cli/command.ts';
import { commands } from '../../src/cli/commands.ts';
import { runCommandLine, tell } from '../../src/cli/program.ts';
import { screens } from '../../src/cli/screens.ts';

/** Two labs of the program and no other, so that what is printed does not change with every new lab. */
const ROOT = mkdtempSync(join(tmpdir(), 'cka-root-'));
const LABS = new URL('../../labs/networking/', import.meta.url).pathname;
mkdirSync(join(ROOT, 'labs', 'networking'), { recursive: true });
for (const name of ['pack.yaml', '01-cross-node-pods', '02-service-patch']) cpSync(join(LABS, name), join(ROOT, 'labs', 'networking', name), { recursive: true });
afterAll(() => rmSync(ROOT, { recursive: true, force: true }));

async function cka(line: string, env: Cli['env'] = {}) {
  const home = env['CKA_HOME'] ?? mkdtempSync(join(tmpdir(), 'cka-cli-'));
  let out = '';
  let err = '';
  const cli: Cli = { root: ROOT, version: '1.2.3', self: ['cka'], env: { CKA_HOME: home, PATH: process.env['PATH'], ...env }, isTerminal: false, out: (text) => void (out += text), err: (text) => void (err += text) };
  const code = await runCommandLine(line === '' ? [] : line.split(' '), cli, commands, (options) => screens(cli, options));
  return { code, out, err, home };
}

test('without a terminal, cka alone is a page of plain text', async () => {
  const { code, out, err } = await cka('');
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatchInlineSnapshot(`
    "cka-trainer 1.2.3: hands-on labs for the CKA exam, on a simulated cluster.

    Labs
      Services and Networking
        networking/cross-node-pods   new   -   Pods on two nodes talk to each other
        networking/service-patch     new   -   A Service that leads nowhere

    Clusters
      none

    Next
      cka lab start cross-node-pods
      cka lab shell cross-node-pods
      cka lab check cross-node-pods
      cka --help
    "
  `);
});

test.each([
  ['started with npx', { npm_command: 'exec' }, '`npx cka lab list` shows all labs'],
  ['started with npm start', { npm_command: 'start' }, '`npx cka lab list` shows all labs'],
  ['in a shell of a lab that npm start opened', { npm_command: 'start', CKA_LAB: 'no-such' }, '`cka lab list` shows all labs'],
  ['installed', {}, '`cka lab list` shows all labs'],
])('advice is typed as it works here: %s', async (_where, env, advice) => {
  expect((await cka('lab show no-such', env)).err).toContain(advice);
});

test('lab list for scripts', async () => {
  const { code, out } = await cka('lab list --json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject([{ id: 'networking/cross-node-pods', state: 'new', attempts: 0, minutes: 12 }, { id: 'networking/service-patch', domain: 'Services and Networking' }]);
});

test('lab show has the task and its links', async () => {
  const { code, out } = await cka('lab show service-patch');
  expect([code, out.split('\n')[0], out.includes('https://kubernetes.io/docs/')]).toEqual([0, 'A Service that leads nowhere', true]);
});

test.each([
  ['foo', 2, "Error: Unknown command 'foo'\nTry: cka --help\n"],
  ['lab lst', 2, "Error: Unknown command 'lst'\nTry: cka lab list\n"],
  ['lab list --jso', 2, "Error: Unknown option '--jso'\nTry: cka lab list --json\n"],
  ['next --count x', 2, 'Error: "x" cannot be --count.\nTry: Use a number from 1.\n'],
  ['exam start --per-cluster 99', 2, 'Error: "99" cannot be --per-cluster.\nTry: Use a number from 1 to 16.\n'],
  ['pack test networking --jobs abc', 2, 'Error: "abc" cannot be --jobs.\nTry: Use a number from 1 to 16.\n'],
  ['--lab no-such', 2, 'Error: There is no lab "no-such".\nTry: `cka lab list` shows all labs.\n'],
  ['--lab', 2, "Error: Option '--lab <lab>' argument missing\nTry: cka --help\n"],
  ['lab start', 2, "Error: Missing required argument 'lab'\nTry: cka lab start --help\n"],
  ['lab start nope', 2, 'Error: There is no lab "nope".\nTry: `cka lab list` shows all labs.\n'],
  ['lab start cross-nod-pods', 2, 'Error: There is no lab "cross-nod-pods".\nTry: cross-node-pods. `cka lab list` shows all labs.\n'],
  ['lab check cross-node-pods', 2, 'Error: Lab networking/cross-node-pods is not running on cluster cka-lab.\nTry: Start it: cka lab start networking/cross-node-pods\n'],
  ['lab check', 2, 'Error: Which lab?\nTry: Name one: `cka lab list` shows them.\n'],
  ['cluster up --backend docker', 2, "Error: Option '--backend <backend>' argument 'docker' is invalid. Allowed choices are simulator, kind, existing.\nTry: cka cluster up --help\n"],
  ['cluster up --workers 99', 2, 'Error: "99" cannot be the number of workers.\nTry: Use a number from 1 to 9.\n'],
  ['cluster up --name Big_One', 2, 'Error: "Big_One" cannot be the name of a cluster.\nTry: Use up to 40 lower-case letters, digits and dashes.\n'],
  ['cluster kubeconfig --name x', 3, 'Error: There is no running cluster "x".\nTry: cka cluster up --name x\n'],
  ['cluster status', 1, 'Error: There is no cluster "cka-lab".\nTry: `cka cluster up` creates one; `cka cluster list` shows those that exist.\n'],
  ['sim --port 99999', 2, 'Error: "99999" is not a port.\nTry: Use a number from 1 to 65535.\n'],
  ['--prefix x', 2, 'Error: x cannot be the key that leaves the terminal pane.\nTry: Choose Ctrl with another letter or sign, as in ctrl-] or ctrl-g.\n'],
  ['completion tcsh', 2, 'Error: There is no completion for "tcsh".\nTry: Use one of bash, zsh, fish.\n'],
])('cka %s exits %i', async (line, code, err) => {
  expect(await cka(line)).toMatchObject({ code, out: '', err });
});

test.each([
  ['lab start nope --json', 2, { error: 'There is no lab "nope".', try: '`npx cka lab list` shows all labs.', exitCode: 2 }],
  ['lab start --json', 2, { error: "Missing required argument 'lab'", try: 'npx cka lab start --help', exitCode: 2 }],
  ['lba list --json', 2, { error: "Unknown command 'lba'", try: 'npx cka lab', exitCode: 2 }],
  ['cluster kubeconfig --name x --json', 3, { error: 'There is no running cluster "x".', try: 'npx cka cluster up --name x', exitCode: 3 }],
])('a script that runs cka %s gets the refusal as a value too', async (line, code, value) => {
  const ran = await cka(line, { npm_command: 'exec' });
  expect([ran.code, JSON.parse(ran.out), ran.err]).toEqual([code, value, `Error: ${value.error}\nTry: ${value.try}\n`]);
});

test.each([
  ['ENOSPC', 'ENOSPC: no space left on device, copyfile', 'Error: The disk is full: ENOSPC: no space left on device, copyfile\nTry: Free some space, then do it again.\n'],
  ['EROFS', 'EROFS: read-only file system, mkdir', 'Error: The disk cannot be written: EROFS: read-only file system, mkdir\nTry: Set CKA_HOME to a folder that you can write to.\n'],
  ['EOTHER', 'odd', 'Error: odd\nTry: `cka doctor` looks for what is broken; if it finds nothing, this is a bug in cka.\n'],
])('what goes wrong in the middle with %s is told with a way out', (code, message, told) => {
  let err = '';
  expect([tell(Object.assign(new Error(message), { code }), { env: {}, out: () => {}, err: (text) => void (err += text) }), err]).toEqual([3, told]);
});

test.each([
  ['help', ''],
  ['help lab start', 'lab start'],
  ['lab help start', 'lab start'],
  ['lab help', 'lab'],
])('cka %s is cka %s --help', async (line, command) => {
  expect(await cka(line)).toMatchObject({ code: 0, err: '', out: (await cka(`${command} --help`.trim())).out });
});

test('the version, however it is asked for', async () => {
  for (const line of ['--version', '-V', 'version']) expect(await cka(line)).toMatchObject({ code: 0, out: '1.2.3\n', err: '' });
});

test('taking down what is not there is done', async () => {
  expect(await cka('cluster down --name x --json')).toMatchObject({ code: 0, out: '{\n  "name": "x",\n  "existed": false\n}\n', err: '' });
});

test.each(commands.filter(({ hidden, passThrough }) => !hidden && !passThrough).map(({ name }) => name))('cka %s --help has examples and exits 0', async (name) => {
  const { code, out, err } = await cka(`${name} --help`);
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain(`Usage: cka ${name} `);
  expect(out).toContain('\nExamples:\n  ');
});

test('a damaged progress file is told on standard error, and the list still comes', async () => {
  const home = mkdtempSync(join(tmpdir(), 'cka-cli-'));
  mkdirSync(join(home, 'data'));
  writeFileSync(join(home, 'data', 'progress.json'), '{"vers');
  const { code, out, err } = await cka('lab list', { CKA_HOME: home });
  expect([code, out.split('\n').length, /^Note: .*progress\.json was damaged\. It is kept as .*; progress starts anew\.\n$/.test(err)]).toEqual([0, 4, true]);
  expect(readdirSync(join(home, 'data')).filter((name) => name.includes('damaged'))).toHaveLength(1);
});

test.each([
  ['lab start ', ['cross-node-pods', 'service-patch']],
  ['lab st', ['start', 'stop']],
  ['lab start cross-node-pods --cni ', ['calico', 'flannel']],
  ['completion ', ['bash', 'zsh', 'fish']],
  ['ssh ', ['cka-lab-control-plane', 'cka-lab-worker', 'cka-lab-worker2']],
])('completing `cka %s` offers %j', async (line, offered) => {
  const { out } = await cka(`complete -- ${line}`);
  expect(out.split('\n').filter((row) => row !== '' && !row.startsWith(':')).map((row) => row.split('\t')[0])).toEqual(offered);
});

test('completing offers the labs of installed packs, and the nodes that a cluster has', async () => {
  const home = mkdtempSync(join(tmpdir(), 'cka-cli-'));
  for (const folder of ['packs/mine/01-of-my-own', 'packs/mine/pictures', 'clusters/cka-lab']) mkdirSync(join(home, 'data', folder), { recursive: true });
  writeFileSync(join(home, 'data', 'packs', 'mine', '01-of-my-own', 'lab.yaml'), '');
  writeFileSync(join(home, 'data', 'clusters', 'cka-lab', 'cluster.json'), JSON.stringify({ name: 'cka-lab', workers: 1, cni: 'calico', proxyMode: 'iptables' }));
  expect((await cka('complete -- lab start ', { CKA_HOME: home })).out).toBe('cross-node-pods\nservice-patch\nof-my-own\n:4\n');
  expect((await cka('complete -- ssh ', { CKA_HOME: home })).out).toBe('cka-lab-control-plane\ncka-lab-worker\n:4\n');
});

test('words have a description or nothing behind them', async () => {
  expect((await cka('complete -- cluster up --cni ')).out).toBe('calico\nflannel\n:4\n');
  expect((await cka('complete -- lab sto')).out).toBe('stop\tend a lab and remove what it made; the cluster stays\n:4\n');
});

test.each(['bash', 'zsh', 'fish'])('the completion script of %s asks `cka complete`', async (shell) => {
  const { code, out } = await cka(`completion ${shell}`);
  expect([code, out.includes('cka complete --')]).toEqual([0, true]);
});

test('Tab completes in a bash that has nothing else, however often the script was evaluated', async () => {
  const { out } = await cka('completion bash');
  const line = 'COMP_WORDS=(cka lab sta); COMP_CWORD=2; __cka_complete; echo "${COMPREPLY[@]}"';
  const { stdout, stderr } = await execa('bash', ['--norc', '-c', `cka() { echo start; echo stop; echo status; }\n${out}\n${out}\n${line}`], { env: { PATH: process.env['PATH'] }, extendEnv: false });
  expect([stdout, stderr.replaceAll(/^.*compopt: not currently executing completion function\n?/gm, '')]).toEqual(['start status', '']);
});

test('the doctor looks at everything, and a folder that cannot be had is a failure with a way out', async () => {
  const well = await cka('doctor --json');
  // How many rows kind has depends on whether it works here.
  const rows = (JSON.parse(well.out) as { readonly id: string; readonly for?: string }[]).filter((row) => row.for !== 'kind').map(({ id }) => id);
  expect([well.code, rows]).toEqual([0, ['node', 'kubectl', 'data', 'run', 'disk', 'loopback', 'terminal', 'editor', 'backend-kind', 'backend-simulator', 'backend-existing', 'labs']]);
  const ill = await cka('doctor', { CKA_HOME: '/dev/null/x' });
  expect(ill.code).toBe(3);
  expect(ill.out).toContain("FAIL  Folder for lab shells: ENOTDIR: not a directory, mkdir '/dev/null/x/run'\n      Try: Give yourself access to it, or set CKA_HOME to a folder that you can write to.\n");
});
