/** `kubectl cp`: tar on both sides, through exec. See kubectl/pkg/cmd/cp/cp.go. The local side is this machine's tar. */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, posix, resolve } from 'node:path';
import type { Run, Verb } from '../command.ts';
import { KubectlError, plainError, usageError } from '../io.ts';
import { containerOf, podOf, podPath } from '../pods.ts';
import { streamContainer } from '../streams.ts';

export const cp: Verb = {
  name: 'cp', short: 'Copy files and directories to and from containers', long: 'Copy files and directories to and from containers.\n\nRequires that the \'tar\' binary is present in the container image, and on this machine.',
  examples: '# Copy /tmp/foo local file to /tmp/bar in a remote pod in namespace <some-namespace>\nkubectl cp /tmp/foo <some-namespace>/<some-pod>:/tmp/bar\n\n# Copy /tmp/foo from a remote pod to /tmp/bar locally\nkubectl cp <some-namespace>/<some-pod>:/tmp/foo /tmp/bar', usage: 'cp <file-spec-src> <file-spec-dest> [options]',
  flags: [
    { name: 'container', short: 'c', type: 'string', value: '', help: 'Container name. If omitted, use the kubectl.kubernetes.io/default-container annotation for selecting the container to be attached or the first container in the pod will be chosen' },
    { name: 'no-preserve', type: 'bool', value: false, help: "The copied file/directory's ownership and permissions will not be preserved in the container" },
  ],
  run: async (run) => {
    if (run.args.length !== 2) throw usageError(run.command, 'source and destination are required');
    const [source, target] = run.args.map(specOf) as [Spec, Spec];
    if (source.pod && target.pod) throw plainError(`src doesn't exist in local filesystem`);
    if (!source.pod && !target.pod) throw plainError('one of src or dest must be a remote file specification');
    if (source.path === '' || target.path === '') throw plainError('filepath can not be empty');
    await (target.pod ? upload(run, source, target) : download(run, source, target));
    return 0;
  },
};

interface Spec {
  readonly pod?: string;
  readonly namespace?: string;
  readonly path: string;
}

/** `namespace/pod:path`, `pod:path` or a path of this machine. */
function specOf(text: string): Spec {
  const at = text.indexOf(':');
  if (at < 0) return { path: text };
  if (at === 0) throw plainError('filespec must match the canonical format: [[namespace/]pod:]file/path');
  const parts = text.slice(0, at).split('/');
  const path = text.slice(at + 1);
  if (parts.length === 1) return { pod: parts[0]!, path };
  if (parts.length === 2) return { namespace: parts[0]!, pod: parts[1]!, path };
  throw plainError('filespec must match the canonical format: [[namespace/]pod:]file/path');
}

async function execPath(run: Run, spec: Spec, command: readonly string[], stdin: boolean): Promise<string> {
  const pod = await podOf(run, spec.pod!, spec.namespace);
  const container = containerOf(run, pod, run.flags.text('container'), false);
  const query = new URLSearchParams(command.map((word): [string, string] => ['command', word]));
  for (const [key, value] of Object.entries({ container, ...(stdin ? { stdin: 'true' } : {}), stdout: 'true', stderr: 'true' })) query.set(key, value);
  return `${podPath(pod.metadata?.namespace ?? '', pod.metadata?.name ?? '', 'exec')}?${query.toString()}`;
}

async function upload(run: Run, source: Spec, target: Spec): Promise<void> {
  const local = resolve(run.io.cwd, source.path);
  if (!existsSync(local)) throw plainError(`${source.path} doesn't exist in local filesystem`);
  // A folder that is there takes the file under its own name.
  const isFolder = await remoteIsFolder(run, target);
  const remote = isFolder ? posix.join(target.path, basename(local)) : target.path.replace(/(?<=.)\/$/, '');
  const command = ['tar', ...(run.flags.bool('no-preserve') ? ['--no-same-permissions', '--no-same-owner'] : []), '-xmf', '-', ...(posix.dirname(remote) === '.' ? [] : ['-C', posix.dirname(remote)])];
  const path = await execPath(run, target, command, true);
  await streamContainer(run, path, { stdin: true, tty: false }, {
    onStdin: (listener) => {
      // Not before somebody reads: what a process that has ended left unread, Node.js throws away.
      const tar = spawn('tar', ['cf', '-', '-C', dirname(local), '--transform', `s,^${escapeSed(basename(local))},${escapeSed(posix.basename(remote))},`, basename(local)], { stdio: ['ignore', 'pipe', 'inherit'] });
      tar.stdout.on('data', (bytes: Buffer) => listener(bytes)).on('end', () => listener(undefined));
      tar.on('error', () => listener(undefined));
      return () => void tar.kill();
    },
  });
}

const escapeSed = (text: string) => text.replace(/[.*[\]^$\\,&]/g, '\\$&');

async function remoteIsFolder(run: Run, target: Spec): Promise<boolean> {
  try {
    await streamContainer(run, await execPath(run, target, ['test', '-d', target.path], false), { stdin: false, tty: false }, { stdout: () => {}, stderr: () => {} });
    return true;
  } catch (error) {
    if (error instanceof KubectlError) return false;
    throw error;
  }
}

async function download(run: Run, source: Spec, target: Spec): Promise<void> {
  const path = await execPath(run, source, ['tar', 'cf', '-', source.path], false);
  const staging = mkdtempSync(join(tmpdir(), 'kubectl-cp-'));
  try {
    const tar = spawn('tar', ['xmf', '-', '-C', staging], { stdio: ['pipe', 'ignore', 'inherit'] });
    const done = new Promise<number>((resolve_) => tar.on('exit', (code) => resolve_(code ?? 1)));
    await streamContainer(run, path, { stdin: false, tty: false }, { stdout: (bytes) => void tar.stdin.write(bytes) });
    tar.stdin.end();
    if ((await done) !== 0) throw plainError('unexpected EOF');
    const got = join(staging, source.path.replace(/^\/+/, ''));
    if (!existsSync(got)) throw plainError(`${source.path} no such file or directory`);
    const asked = resolve(run.io.cwd, target.path);
    const at = existsSync(asked) && statSync(asked).isDirectory() ? join(asked, posix.basename(source.path)) : asked;
    mkdirSync(dirname(at), { recursive: true });
    move(got, at);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** Across file systems as well. */
function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {
    cpSync(from, to, { recursive: true });
  }
}
