/** The learner's shell on a lab: started for real, with start-up files that must stay as they are. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type LabShell, prepareShell, type ShellFolders } from '../../src/lab/shell/lab-shell.ts';
import { FakeCluster } from '../support/fake-cluster.ts';
import { makeFolders, makeLab, scratch } from './lab-support.ts';

const PATH = '/usr/bin:/bin';

async function prepare(env: ShellFolders['env'] = {}) {
  const home = scratch();
  writeFileSync(join(home, '.bashrc'), 'export FROM_BASHRC=yes\nPATH=/from/bashrc:/usr/bin:/bin\nPS1="mine> "\nKUBECONFIG=/wrong\n');
  const folders = makeFolders({ HOME: home, PATH, SHELL: '/bin/bash', TERM: 'dumb', ...env });
  const lab = makeLab({ id: 'pack/first', namespaces: ['shop', 'other'] });
  const cluster = new FakeCluster({ kubeconfig: folders.kubeconfig });
  return { home, folders, lab, cluster, shell: await prepareShell(lab, cluster, folders) };
}

/** What the started shell prints for these commands. */
function run(shell: LabShell, commands: string): string {
  return execFileSync(shell.file, [...shell.args, '-c', commands], { env: shell.env, cwd: shell.cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

test('bash reads the learner\'s own file first, then works on this lab only', async () => {
  const { home, shell, folders } = await prepare();
  const out = run(shell, 'echo $FROM_BASHRC; echo $KUBECONFIG; echo ${PATH%%:*}; echo $CKA_LAB; alias k; eval "$PROMPT_COMMAND"; echo "$PS1"; echo $HISTFILE; echo $KUBECACHEDIR');
  const run_ = folders.run;
  expect(out.split('\n')).toEqual([
    'yes', `${run_}/shells/cka-lab/pack.first/kubeconfig`, `${run_}/shells/cka-lab/bin`, 'pack/first', "alias k='kubectl'", '[first] mine> ', `${run_}/shells/cka-lab/pack.first/history`, `${folders.cache}/kube`, '',
  ]);
  expect(readdirSync(home)).toEqual(['.bashrc']);
});

test('the kubeconfig is the cluster\'s with the lab\'s namespace, for its owner only, and the learner\'s changes to it stay', async () => {
  const { shell, lab, cluster, folders } = await prepare();
  const file = shell.environment['KUBECONFIG']!;
  expect(readFileSync(file, 'utf8')).toContain('namespace: shop');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(file, readFileSync(file, 'utf8').replace('namespace: shop', 'namespace: other'));
  await prepareShell(lab, cluster, folders);
  expect(readFileSync(file, 'utf8')).toContain('namespace: other');
  writeFileSync(folders.kubeconfig, readFileSync(folders.kubeconfig, 'utf8').replace('127.0.0.1:1', '127.0.0.1:2'));
  await prepareShell(lab, cluster, folders);
  expect(readFileSync(file, 'utf8')).toMatch(/127\.0\.0\.1:2[\s\S]*namespace: shop/);
});

test('kubectl is ours only where there is none', async () => {
  const bin = scratch();
  writeFileSync(join(bin, 'kubectl'), '#!/bin/sh\n', { mode: 0o755 });
  const own = await prepare({ PATH: '/usr/sbin' });
  const real = await prepare({ PATH: bin });
  const standIns = ({ folders }: { readonly folders: ShellFolders }) => readdirSync(join(folders.run, 'shells', 'cka-lab', 'bin'));
  expect(standIns(own)).toEqual(['cka', 'kubectl', 'scp', 'ssh']);
  expect(standIns(real)).toEqual(['cka', 'scp', 'ssh']);
  expect(readFileSync(join(own.folders.run, 'shells/cka-lab/bin/kubectl'), 'utf8')).toBe('#!/bin/sh\nexec /usr/bin/node /opt/cka/main.js kubectl "$@"\n');
});

test.each([
  ['ssh cka-lab-worker', 'cka: ssh --name cka-lab cka-lab-worker'],
  ['ssh root@cka-lab-worker2 ip route', 'cka: ssh --name cka-lab cka-lab-worker2 -- ip route'],
  ['ssh -o StrictHostKeyChecking=no -v cka-lab-worker uptime', 'cka: ssh --name cka-lab cka-lab-worker -- uptime'],
  ['ssh cka-lab-worker -t -o X=y -- ls -l', 'cka: ssh --name cka-lab cka-lab-worker -- ls -l'],
  ['ssh cka-lab-worker -q', 'cka: ssh --name cka-lab cka-lab-worker'],
  ['ssh -p 22 elsewhere.example ls', 'real ssh: -p 22 elsewhere.example ls'],
  ['ssh', 'real ssh:'],
])('%s', async (line, said) => {
  const bin = scratch();
  writeFileSync(join(bin, 'ssh'), '#!/bin/sh\necho real ssh: "$@"\n', { mode: 0o755 });
  const ours = scratch();
  writeFileSync(join(ours, 'cka'), '#!/bin/sh\necho cka: "$@"\n', { mode: 0o755 });
  const folders = { ...makeFolders({ PATH: `${bin}:${PATH}`, HOME: scratch() }), self: [join(ours, 'cka')] };
  const shell = await prepareShell(makeLab(), new FakeCluster({ kubeconfig: folders.kubeconfig }), folders);
  expect(execFileSync('/bin/sh', ['-c', line], { env: { PATH: shell.environment['PATH']! }, encoding: 'utf8' }).trim()).toBe(said);
});

test('`cka lab env` can be evaluated twice and in any POSIX shell', async () => {
  const { shell, folders } = await prepare();
  const out = execFileSync('/bin/sh', ['-c', `eval "$ENVIRONMENT"; eval "$ENVIRONMENT"; echo "$PATH"; echo "$KUBECONFIG"`], { env: { PATH, ENVIRONMENT: shell.posix }, encoding: 'utf8' });
  expect(out).toBe(`${folders.run}/shells/cka-lab/bin:${PATH}\n${folders.run}/shells/cka-lab/pack.first/kubeconfig\n`);
});

test('other shells get the same by their own way', async () => {
  expect((await prepare({ SHELL: '/bin/zsh', ZDOTDIR: '/home/me/zsh' })).shell).toMatchObject({ file: '/bin/zsh', args: ['-i'] });
  const fish = await prepare({ SHELL: '/usr/bin/fish' });
  expect(fish.shell.args).toEqual(['-i', '--init-command', `source '${fish.folders.run}/shells/cka-lab/pack.first/config.fish'`]);
  // A home may have an apostrophe in it.
  const zsh = await prepare({ SHELL: '/usr/bin/zsh', ZDOTDIR: "/home/o'brien" });
  expect(readFileSync(join(zsh.shell.env['ZDOTDIR']!, '.zshenv'), 'utf8')).toBe(`[ -r '/home/o'\\''brien/.zshenv' ] && . '/home/o'\\''brien/.zshenv'\n`);
  expect(fish.shell.fish).toContain(`set -gx CKA_LAB 'pack/first'`);
});

test('an editor is chosen only when the learner has chosen none', async () => {
  const bin = scratch();
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'nano'), '', { mode: 0o755 });
  expect((await prepare({ PATH: bin })).shell.environment['EDITOR']).toBe('nano');
  expect((await prepare({ PATH: bin, KUBE_EDITOR: 'emacs' })).shell.environment['EDITOR']).toBeUndefined();
});

test('a run-time folder that others may write to is refused', async () => {
  const folders = makeFolders({ PATH });
  mkdirSync(folders.run);
  chmodSync(folders.run, 0o777);
  await expect(prepareShell(makeLab(), new FakeCluster({ kubeconfig: folders.kubeconfig }), folders)).rejects.toThrow(`${folders.run} belongs to somebody else, or others may write to it.`);
});
