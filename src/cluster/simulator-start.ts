/**
 * Starts the process that serves a cluster, and waits until it does. When another command starts the same cluster at the
 * same moment, its process is the one. Knows the simulation only by the files it writes.
 */
import { spawn } from 'node:child_process';
import { closeSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../base/user-error.ts';
import type { ClusterSpec } from './cluster.ts';
import { isAlive } from './living.ts';
import type { ServingState, SimulatorFiles } from './simulator-files.ts';
import { waitFor } from './wait-for.ts';

/** A process that needs longer than this to be Ready is stuck. */
const START_TIMEOUT_MS = 30_000;
/** A process comes and goes within a fraction of a second. */
export const POLL_MS = 20;

/** @throws UserError with what the process said */
export async function startServing(files: SimulatorFiles, spec: ClusterSpec, command: readonly string[], cache: string | undefined): Promise<ServingState> {
  files.create();
  const log = files.openLog();
  const [program = '', ...args] = command;
  const child = spawn(program, [...args, ...serveArguments(spec, files.folder)], {
    detached: true,
    stdio: ['ignore', log, log],
    // Node.js from 22 on keeps compiled code there: the next start is quicker.
    env: { ...process.env, ...(cache !== undefined && { NODE_COMPILE_CACHE: join(cache, 'compiled') }) },
  });
  closeSync(log);
  let failure: string | undefined;
  child.once('error', (error) => (failure = error.message));
  child.once('exit', (code, signal) => (failure ??= `it ended with ${signal ?? `exit code ${code}`}`));
  child.unref();
  let state: ServingState | undefined;
  await waitFor(() => {
    state = files.readState();
    if (state !== undefined && isAlive(state)) return true;
    // Another command may have been quicker than ours and be starting the same cluster: then its process is the one.
    const lock = files.read<Pick<ServingState, 'pid' | 'startedAt'>>('lock.json');
    return failure !== undefined && !(lock && isAlive(lock));
  }, { timeoutMs: START_TIMEOUT_MS, everyMs: POLL_MS });
  if (state && isAlive(state)) {
    // Ours came second. Left alone it could come to life when the other one is gone.
    if (state.pid !== child.pid) child.kill('SIGKILL');
    return state;
  }
  if (failure === undefined) child.kill('SIGKILL');
  throw new UserError(`The simulator could not be started: ${lastWords(files) ?? failure ?? 'it did not get ready in time'}.`, `See ${files.log()}.`);
}

/** What the hidden command that serves a cluster is given, after the program itself. */
export function serveArguments(spec: ClusterSpec, folder: string): string[] {
  return ['sim', '--serve', folder, '--name', spec.name, '--cni', spec.cni, '--workers', String(spec.workers), '--proxy-mode', spec.proxyMode, ...(spec.encapsulation === undefined ? [] : ['--encapsulation', spec.encapsulation]), ...(spec.because === undefined ? [] : ['--because', spec.because])];
}

/** The last line of the log that is not blank. */
function lastWords(files: SimulatorFiles): string | undefined {
  try {
    return readFileSync(files.log(), 'utf8').trim().split('\n').at(-1)?.replace(/\.$/, '') || undefined;
  } catch {
    return undefined;
  }
}
