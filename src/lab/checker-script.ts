/**
 * Runs a checker that is an executable of a pack: any language, exit code 0 for right, 1 for wrong, anything else for
 * "cannot tell". It gets the lab's kubeconfig and next to nothing else: a clean environment, a scratch home that is
 * removed afterwards, ten seconds, and an end to what it may print. Whether it may run at all, `trust.ts` knows.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, normalize, sep } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';
import { findProgram } from '../cluster/find-program.ts';
import type { CheckerScripts } from './checker.ts';
import type { Lab } from './lab.ts';
import { writeLabKubeconfig } from './shell/kubeconfig.ts';
import { commandLine } from './shell/quote.ts';
import { script } from './shell/stand-ins.ts';
import { endStrays } from './strays.ts';

const LIMIT_MS = 10_000;
const LIMIT_BYTES = 64 * 1024;
const LAST_WORDS_MS = 500;

/** @param self the command line that starts this program, whose kubectl serves where the machine has none */
export function scriptsOf(lab: Lab, cluster: Cluster, signal: AbortSignal, self?: readonly string[]): CheckerScripts {
  return async (path, args) => {
    const inside = normalize(path);
    if (!inside.startsWith(`checks${sep}`)) throw new Error(`${path} does not lie in the checks folder of the lab`);
    const home = await mkdtemp(join(tmpdir(), 'cka-check-'));
    try {
      const kubeconfig = join(home, 'kubeconfig');
      await writeLabKubeconfig(cluster.info.kubeconfig, kubeconfig, lab.namespaces[0] ?? 'default');
      const path = await pathWithKubectl(home, self);
      return await run(join(lab.folder, inside), args, { cwd: home, env: { ...environment(lab, kubeconfig, home), PATH: path }, signal });
    } finally {
      await endStrays(`HOME=${home}`);
      await rm(home, { recursive: true, force: true });
    }
  };
}

/** Clients are told by name, so there must be one: a lab is graded on a machine with nothing installed as anywhere else. */
async function pathWithKubectl(home: string, self: readonly string[] | undefined): Promise<string | undefined> {
  const path = process.env['PATH'];
  if (!self || findProgram('kubectl', path)) return path;
  const bin = join(home, 'bin');
  await mkdir(bin);
  await script(join(bin, 'kubectl'), `exec ${commandLine(self)} kubectl "$@"`);
  return [bin, ...(path ? [path] : [])].join(delimiter);
}

function environment(lab: Lab, kubeconfig: string, home: string): NodeJS.ProcessEnv {
  const drawn = Object.entries(lab.drawn?.values ?? {}).map(([name, value]) => [`CKA_${name.toUpperCase().replaceAll('-', '_')}`, value]);
  return { HOME: home, TMPDIR: home, LC_ALL: 'C.UTF-8', KUBECONFIG: kubeconfig, KUBECACHEDIR: join(home, 'kube'), CKA_LAB: lab.id, CKA_NAMESPACE: lab.namespaces[0], ...Object.fromEntries(drawn) as NodeJS.ProcessEnv };
}

interface Surroundings { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal }

function run(file: string, args: readonly string[], { cwd, env, signal }: Surroundings): ReturnType<CheckerScripts> {
  return new Promise((resolve, reject) => {
    // A group of its own, so that what it forked ends with it.
    const child = spawn(file, [...args], { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const kill = () => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended, and everything it started too.
      }
    };
    let problem: string | undefined;
    const give = (up: string) => {
      problem ??= up;
      kill();
    };
    const timer = setTimeout(() => give(`${file} did not end within ${LIMIT_MS / 1000} seconds`), LIMIT_MS);
    const onAbort = () => give('the check was ended');
    signal.addEventListener('abort', onAbort, { once: true });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        texts[name] += text;
        if (texts[name].length > LIMIT_BYTES) give(`${file} printed more than ${LIMIT_BYTES / 1024} kB`);
      });
    }
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    child.on('error', (error) => {
      done();
      reject(new Error(`${file} cannot be run: ${error.message}`));
    });
    child.on('exit', (code, killedBy) => {
      done();
      if (killedBy !== null) problem ??= `${file} ended with ${killedBy}`;
      const tell = () => (problem === undefined ? resolve({ ...texts, exitCode: code ?? 128 }) : reject(new Error(problem)));
      // What it printed last may still be in the pipes; what has left its group may hold them open for ever.
      child.once('close', tell);
      setTimeout(tell, LAST_WORDS_MS).unref();
      kill();
    });
  });
}
