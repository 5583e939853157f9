/** Joins streams of ours to a program: through a terminal of its own where one is wanted, else through pipes. Knows no cluster. */
import { spawn } from 'node:child_process';
import { UserError } from '../base/user-error.ts';
import type { SessionIo } from './cluster.ts';

/** @returns its exit code @throws UserError when it cannot be started */
export async function runAttached(program: string, args: readonly string[], io: SessionIo, env: Readonly<Record<string, string | undefined>>): Promise<number> {
  if (io.tty) return inTerminal(program, args, io, env);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'pipe', env: env as NodeJS.ProcessEnv });
    child.stdout.on('data', (bytes: Buffer) => io.stdout(bytes));
    child.stderr.on('data', (bytes: Buffer) => io.stderr(bytes));
    child.stdin.on('error', () => undefined);
    io.stdin((bytes) => (bytes === undefined ? child.stdin.end() : child.stdin.write(bytes)));
    child.on('error', (error) => reject(new UserError(`${program} cannot be started: ${error.message}`, 'See `cka doctor`.')));
    child.on('close', (code) => resolve(code ?? 255));
  });
}

/** docker and its like refuse `-t` without a terminal. */
async function inTerminal(program: string, args: readonly string[], io: SessionIo, env: Readonly<Record<string, string | undefined>>): Promise<number> {
  const { spawn: spawnTerminal } = await import('@lydell/node-pty').catch(() => {
    throw new UserError('There is no terminal for that node on this platform.', 'Use `cka ssh` in a terminal of your own.');
  });
  const size = { cols: io.columns ?? 80, rows: io.rows ?? 24 };
  const terminal = spawnTerminal(program, [...args], { ...size, name: env['TERM'] ?? 'xterm-256color', env: env as Record<string, string> });
  terminal.onData((text) => io.stdout(Buffer.from(text)));
  io.stdin((bytes) => terminal.write(bytes === undefined ? '\x04' : Buffer.from(bytes).toString()));
  io.onResize?.((columns, rows) => terminal.resize(columns, rows));
  return new Promise((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)));
}
