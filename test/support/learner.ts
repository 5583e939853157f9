/**
 * A learner's surroundings for tests that run the whole program: a home of their own with a kubeconfig of their own in it,
 * a folder for what the program keeps, and a PATH with or without kubectl.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findProgram } from '../../src/cluster/find-program.ts';
import { Eyes, type EyesOptions } from './eyes.ts';
import { ownCommand } from './self.ts';

const KUBECONFIG = 'apiVersion: v1\nkind: Config\n# mine, not yours\n';
/** What a shell, the lab scripts and the tests call; everything but kubectl. */
const TOOLS = ['bash', 'sh', 'env', 'cat', 'sleep', 'ls', 'grep', 'sed', 'stty', 'rm', 'mkdir', 'tr', 'head', 'curl', 'dirname', 'readlink', 'uname'];

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export class Learner {
  readonly home = mkdtempSync(join(tmpdir(), 'cka-learner-'));
  /** The program's folder. */
  readonly folder = join(this.home, 'cka');
  readonly kubeconfig = join(this.home, '.kube', 'config');
  readonly env: Readonly<Record<string, string>>;
  readonly #self = ownCommand();

  constructor(options: { readonly kubectl?: boolean } = {}) {
    mkdirSync(join(this.home, '.kube'));
    writeFileSync(this.kubeconfig, KUBECONFIG);
    this.env = { PATH: options.kubectl === false ? this.#pathWithoutKubectl() : (process.env['PATH'] ?? ''), HOME: this.home, SHELL: '/bin/bash', LANG: 'C.UTF-8', TERM: 'xterm-256color', CKA_HOME: this.folder, KUBECONFIG: this.kubeconfig };
  }

  /** A command to its end, without a terminal. */
  cka(line: string, env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    return this.run([...this.#self, ...line.split(' ').filter((word) => word !== '')], env);
  }

  run([file = '', ...args]: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    return new Promise((resolve) => {
      const child = execFile(file, args, { env: { ...this.env, ...env }, cwd: this.home, timeout: 150_000 }, (error, out, err) => resolve({ code: error ? Number(error.code ?? 255) : 0, out, err }));
      child.stdin?.end();
    });
  }

  /** The JSON that a command prints. @throws Error when it did not end well */
  async json(line: string): Promise<Record<string, unknown>> {
    const { code, out, err } = await this.cka(`${line} --json`);
    if (code !== 0) throw new Error(`cka ${line}: exit code ${code}\n${out}${err}`);
    return JSON.parse(out) as Record<string, unknown>;
  }

  /** The program on a pseudo-terminal, between two looks of a shell at the terminal's settings. */
  screen(words = '', options: EyesOptions = {}): Promise<Eyes> {
    const script = `echo before the program; settings=$(stty -g); ${this.#self.map((word) => `'${word}'`).join(' ')} ${words} & echo $! > pid; fg %1 > /dev/null; echo "exit code $?"; [ "$(stty -g)" = "$settings" ] && echo terminal restored; read -r _`;
    return Eyes.open('/bin/bash', ['--norc', '-m', '-c', script], { cwd: this.home, columns: 150, rows: 42, ...options, env: { ...this.env, ...options.env } });
  }

  /** Process of the program that `screen` started last. */
  get pid(): number {
    return Number(readFileSync(join(this.home, 'pid'), 'utf8'));
  }

  /** The process behind a cluster. */
  simulatorPid(cluster = 'cka-lab'): number {
    return (JSON.parse(readFileSync(join(this.folder, 'data', 'clusters', cluster, 'state.json'), 'utf8')) as { readonly pid: number }).pid;
  }

  /** Nothing of the learner's own was written. */
  get ownKubeconfigIsUntouched(): boolean {
    return readFileSync(this.kubeconfig, 'utf8') === KUBECONFIG;
  }

  async leave(): Promise<void> {
    const { out } = await this.cka('cluster list --json');
    for (const { name } of JSON.parse(out || '[]') as { name: string }[]) await this.cka(`cluster down --name ${name}`);
    // Shells that were just hung up still write their history there.
    rmSync(this.home, { recursive: true, force: true, maxRetries: 50 });
  }

  #pathWithoutKubectl(): string {
    const bin = join(this.home, 'bin');
    mkdirSync(bin);
    symlinkSync(process.execPath, join(bin, 'node'));
    for (const tool of TOOLS) {
      const found = findProgram(tool, process.env['PATH']);
      if (found !== undefined) symlinkSync(found, join(bin, tool));
    }
    return [bin].join(delimiter);
  }
}
