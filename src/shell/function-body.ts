/** A function's body is a compound command, perhaps with redirections of its own; see "Function Definition Command" in POSIX. */
import type { Function as FunctionNode } from 'unbash';
import { runNode, runStatements } from './execute.ts';
import type { Shell } from './shell.ts';

export function runCompoundBody(shell: Shell, body: FunctionNode['body']): Promise<number> {
  return body.type === 'CompoundList' ? runStatements(shell, body.commands) : runNode(shell, body);
}
