/** `break`, `continue`, `return`, `exit`. */
import { ExitShell, LoopControl, Return, ShellError } from '../control.ts';
import { failureStatus } from '../dialect.ts';
import type { Shell } from '../shell.ts';

export const breakLoop = (shell: Shell, args: readonly string[]) => leaveLoop(shell, 'break', args);
export const continueLoop = (shell: Shell, args: readonly string[]) => leaveLoop(shell, 'continue', args);

async function leaveLoop(shell: Shell, kind: 'break' | 'continue', args: readonly string[]): Promise<number> {
  const levels = args[0] === undefined ? 1 : Number(args[0]);
  if (!Number.isInteger(levels) || levels < 1) {
    throw new ShellError(shell.dialect === 'bash' ? (Number.isInteger(levels) ? `${args[0]}: loop count out of range` : `${args[0]}: numeric argument required`) : `Illegal number: ${args[0]}`, failureStatus(shell.dialect), true, kind);
  }
  if (shell.loopDepth === 0) {
    if (shell.dialect === 'bash') await shell.complain("only meaningful in a `for', `while', or `until' loop", kind);
    return 0;
  }
  throw new LoopControl(kind, Math.min(levels, shell.loopDepth));
}

export async function returnFrom(shell: Shell, args: readonly string[]): Promise<number> {
  const status = number(shell, args[0], 'return');
  if (shell.functionDepth === 0 && shell.sourceDepth === 0) {
    if (shell.dialect !== 'bash') throw new ExitShell(status);
    await shell.complain("can only `return' from a function or sourced script", 'return');
    return 2;
  }
  throw new Return(status);
}

export async function exit(shell: Shell, args: readonly string[]): Promise<number> {
  if (shell.mode === 'interactive' && shell.dialect === 'bash') await shell.stderr.write('exit\n');
  throw new ExitShell(number(shell, args[0], 'exit'));
}

function number(shell: Shell, text: string | undefined, builtin: string): number {
  if (text === undefined) return shell.lastStatus;
  if (/^\d+$/.test(text) || (shell.dialect === 'bash' && /^-\d+$/.test(text))) return Number(text) & 255;
  throw new ShellError(shell.dialect === 'bash' ? `${text}: numeric argument required` : `Illegal number: ${text}`, 2, true, builtin);
}
