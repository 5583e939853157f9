/** Runs another program in this terminal, as a shell would: it gets the streams and the signals, we pass on how it ended. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { UserError } from '../base/user-error.ts';

export interface ProgramHere {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** @returns its exit code; 128 + the signal's number when a signal ended it */
export async function runHere({ file, args, env, cwd }: ProgramHere): Promise<number> {
  const child = spawn(file, args, { stdio: 'inherit', ...(env ? { env } : {}), ...(cwd === undefined ? {} : { cwd }) });
  // The terminal sends Ctrl-C to both of us; it is the program's to handle.
  const ignore = () => undefined;
  process.on('SIGINT', ignore).on('SIGQUIT', ignore);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on('error', (error) => reject(new UserError(`${file} cannot be started: ${error.message}`, 'Set SHELL to a shell that exists.')));
      child.on('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    });
  } finally {
    process.off('SIGINT', ignore).off('SIGQUIT', ignore);
  }
}
