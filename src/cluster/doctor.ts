/**
 * Looks whether everything that labs need works on this machine, and says what to do when not. Looks only: nothing is
 * installed, started or repaired. A failure means that labs cannot run; a warning, that they run with less comfort.
 */
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { findProgram } from './find-program.ts';

export interface DoctorRow {
  readonly id: string;
  readonly title: string;
  readonly status: 'ok' | 'warning' | 'failure';
  readonly detail: string;
  readonly action?: string;
  /** Matters to this backend only: labs run without it. */
  readonly for?: 'kind';
}

export interface DoctorOptions {
  readonly data: string;
  readonly run: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Everything, in the order a learner would ask. Never throws. */
export async function examine(options: DoctorOptions): Promise<readonly DoctorRow[]> {
  const folders = await Promise.all([folder('data', 'Folder for progress and clusters', options.data), folder('run', 'Folder for lab shells', options.run)]);
  const [client, disk, listening, pane] = await Promise.all([kubectl(options.env), space(options.data), loopback(), terminal()]);
  return [node(), client, ...folders, disk, listening, pane, editor(options.env)];
}

function node(): DoctorRow {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const row = { id: 'node', title: 'Node.js', detail: process.versions.node };
  return major > 20 || (major === 20 && minor >= 19) ? { ...row, status: 'ok' } : { ...row, status: 'failure', action: 'Install Node.js 20.19 or newer.' };
}

async function kubectl(env: DoctorOptions['env']): Promise<DoctorRow> {
  const row = { id: 'kubectl', title: 'kubectl' };
  const file = findProgram('kubectl', env['PATH']);
  if (file === undefined) return { ...row, status: 'ok', detail: 'not installed: lab shells use the one built into cka' };
  const version = await output(file, ['version', '--client']);
  const number = /v\d+\.\d+\.\d+/.exec(version ?? '')?.[0];
  return number === undefined
    ? { ...row, status: 'warning', detail: `${file} does not tell its version`, action: `Look whether \`${file} version --client\` works.` }
    : { ...row, status: 'ok', detail: `${number} (${file})` };
}

async function folder(id: string, title: string, path: string): Promise<DoctorRow> {
  const probe = join(path, `.probe-${process.pid}`);
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await writeFile(probe, '');
    await rm(probe);
    return { id, title, status: 'ok', detail: path };
  } catch (error) {
    return { id, title, status: 'failure', detail: (error as Error).message, action: 'Give yourself access to it, or set CKA_HOME to a folder that you can write to.' };
  }
}

/** A cluster keeps a few megabytes of state. */
const ENOUGH_BYTES = 50 * 2 ** 20;

async function space(path: string): Promise<DoctorRow> {
  const row = { id: 'disk', title: 'Free disk space' };
  try {
    const { bavail, bsize } = await statfs(path);
    const free = bavail * bsize;
    const detail = `${Math.floor(free / 2 ** 20)} MiB`;
    return free >= ENOUGH_BYTES ? { ...row, status: 'ok', detail } : { ...row, status: 'warning', detail, action: 'Free some space: clusters keep their state there.' };
  } catch (error) {
    return { ...row, status: 'warning', detail: (error as Error).message };
  }
}

/** The simulated API server listens on 127.0.0.1. */
async function loopback(): Promise<DoctorRow> {
  const row = { id: 'loopback', title: 'Listening on 127.0.0.1' };
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
    return { ...row, status: 'ok', detail: 'works' };
  } catch (error) {
    return { ...row, status: 'failure', detail: (error as Error).message, action: 'Allow this program to listen on the loopback interface (sandbox, firewall).' };
  } finally {
    server.close();
  }
}

async function terminal(): Promise<DoctorRow> {
  const row = { id: 'terminal', title: 'Terminal inside the screen' };
  try {
    await import('@lydell/node-pty');
    return { ...row, status: 'ok', detail: 'works' };
  } catch {
    return { ...row, status: 'warning', detail: 'not available on this platform', action: 'Use your own second terminal: the lab screen shows the line to paste.' };
  }
}

function editor(env: DoctorOptions['env']): DoctorRow {
  const row = { id: 'editor', title: 'Editor for kubectl edit' };
  const chosen = env['KUBE_EDITOR'] ?? env['EDITOR'] ?? ['vim', 'vi', 'nano'].find((name) => findProgram(name, env['PATH']));
  if (chosen === undefined) return { ...row, status: 'warning', detail: 'none of vim, vi and nano is installed', action: 'Install one, or set EDITOR.' };
  return { ...row, status: 'ok', detail: chosen };
}

async function output(file: string, args: readonly string[]): Promise<string | undefined> {
  const { execa } = await import('execa');
  const { failed, stdout } = await execa(file, args, { reject: false, timeout: 5_000 });
  return failed ? undefined : stdout;
}
