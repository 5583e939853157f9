/** How the programs that start others say that it did not work: the words of util-linux, coreutils and BusyBox. */
import { StartError } from '../../machine/machine.ts';
import { Exit, type Process } from '../../machine/program.ts';
import { isGnu } from '../coreutils/tool.ts';

/** Run `start`; a command that cannot be started is told and becomes 126 or 127. */
export async function orFailedStart(process: Process, name: string, start: () => Promise<number>): Promise<number> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    const words = error.code === 'ENOENT' ? 'No such file or directory' : error.code === 'ENOEXEC' ? 'Exec format error' : error.code === 'EAGAIN' ? 'Resource temporarily unavailable' : 'Permission denied';
    const gnu = name === 'chroot' ? `failed to run command \xe2\x80\x98${error.command}\xe2\x80\x99: ${words}` : `failed to execute ${error.command}: ${words}`;
    await process.stderr.write(`${name}: ${isGnu(process) ? gnu : `can't execute '${error.command}': ${words}`}\n`);
    throw new Exit(error.code === 'ENOENT' ? 127 : 126);
  }
}

/** What util-linux runs when no command is given: the user's shell, as a login would name it. */
export function ownShell(process: Process): string {
  return process.env.get('SHELL') || '/bin/sh';
}

/** Wait for a child in another namespace. ^C is meant for it; the parent lives on until it has ended. */
export async function waitFor(process: Process, child: { readonly exited: Promise<number> }): Promise<number> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT'] as const) process.onSignal(signal, () => undefined);
  return await child.exited;
}
