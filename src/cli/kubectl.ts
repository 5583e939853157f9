/**
 * `cka kubectl`: the kubectl for machines without one, joined to this terminal. Speaks to what KUBECONFIG says, else to
 * the cluster that labs run on, if there is one; never to a cluster that the learner did not name.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { KubectlIo } from '../kubectl/io.ts';
import type { Cli, CliCommand } from './command.ts';

export const kubectl: CliCommand = {
  name: 'kubectl',
  summary: 'a kubectl of our own, for machines without one',
  arguments: [{ name: '[words...]', description: 'as kubectl takes them' }],
  passThrough: true,
  examples: ['cka kubectl get pods -A'],
  run: (cli, words) => kubectlHere(words, cli),
};

/** @returns the exit code */
export async function kubectlHere(words: readonly string[], cli: Cli): Promise<number> {
  const [{ runKubectl }, env] = await Promise.all([import('../kubectl/main.ts'), environment(cli)]);
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.on('SIGINT', interrupt);
  try {
    return await runKubectl(words, { ...terminalOf(cli), env, cwd: process.cwd(), signal: interrupted.signal, stdout: (text) => void process.stdout.write(text), stderr: (text) => void process.stderr.write(text), readStdin, onStdin });
  } finally {
    process.off('SIGINT', interrupt);
  }
}

async function environment(cli: Cli): Promise<Cli['env']> {
  const [{ clusterFolder }, { DEFAULT_CLUSTER, paths }] = await Promise.all([import('../cluster/paths.ts'), import('./labs.ts')]);
  const folders = await paths(cli);
  // What it keeps, it keeps where the rest of this program does.
  const env: Cli['env'] = { KUBECACHEDIR: join(folders.cache, 'kubectl'), ...cli.env };
  if (env['KUBECONFIG']) return env;
  const file = join(clusterFolder(folders, cli.env['CKA_CLUSTER'] ?? DEFAULT_CLUSTER), 'kubeconfig');
  return existsSync(file) ? { ...env, KUBECONFIG: file } : env;
}

function terminalOf(cli: Cli): Pick<KubectlIo, 'terminal'> {
  if (!cli.isTerminal) return {};
  const { stdin, stdout } = process;
  return {
    terminal: {
      get columns() { return stdout.columns; },
      get rows() { return stdout.rows; },
      setRaw: (raw) => void stdin.setRawMode(raw),
      onResize(listener) {
        stdout.on('resize', listener);
        return () => void stdout.off('resize', listener);
      },
    },
  };
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function onStdin(listener: (bytes: Uint8Array | undefined) => void): () => void {
  const { stdin } = process;
  const onData = (bytes: Buffer) => listener(bytes);
  const onEnd = () => listener(undefined);
  stdin.on('data', onData).on('end', onEnd).resume();
  return () => void stdin.off('data', onData).off('end', onEnd).pause();
}
