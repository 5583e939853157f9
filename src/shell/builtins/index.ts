/** The builtins by name. Adding one is a line here and a function in a file of its group. */
import type { Dialect } from '../dialect.ts';
import type { Shell } from '../shell.ts';
import type { invoke } from '../simple-command.ts';
import { declare, exportVariables, local, readonlyVariables, unset } from './declare.ts';
import { changeDirectory, directoryStack, printDirectory, umask } from './directory.ts';
import { command, evaluate, exec, hash, source, type } from './evaluation.ts';
import { breakLoop, continueLoop, exit, returnFrom } from './flow.ts';
import { background, foreground, jobs, kill, trap, wait } from './job-control.ts';
import { alias, history, letArithmetic, shopt, times, ulimit, unalias } from './surroundings.ts';
import { echo, printf, read } from './output.ts';
import { getopts, set, shift } from './set.ts';
import { test } from './test.ts';

export interface Builtin {
  run(shell: Shell, args: readonly string[], call: { readonly argv: readonly string[]; readonly invocation: Parameters<typeof invoke>[2] }): Promise<number> | number;
  /** Shells that have it; all when absent. */
  readonly dialects?: readonly Dialect[];
}

const everywhere = (run: Builtin['run']): Builtin => ({ run });
const only = (dialects: readonly Dialect[], run: Builtin['run']): Builtin => ({ run, dialects });

export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [':', everywhere(() => 0)], ['true', everywhere(() => 0)], ['false', everywhere(() => 1)],
  ['.', everywhere(source)], ['source', only(['ash', 'bash'], source)],
  ['[', everywhere(test)], ['test', everywhere(test)], ['[[', only(['ash'], test)],
  ['alias', everywhere(alias)], ['unalias', everywhere(unalias)],
  ['bg', everywhere(background)], ['fg', everywhere(foreground)], ['jobs', everywhere(jobs)], ['wait', everywhere(wait)], ['kill', everywhere(kill)], ['trap', everywhere(trap)],
  ['break', everywhere(breakLoop)], ['continue', everywhere(continueLoop)], ['return', everywhere(returnFrom)], ['exit', everywhere(exit)],
  ['cd', everywhere(changeDirectory)], ['pwd', everywhere(printDirectory)], ['pushd', only(['bash'], directoryStack)], ['popd', only(['bash'], directoryStack)], ['dirs', only(['bash'], directoryStack)],
  ['command', everywhere(command)], ['eval', everywhere(evaluate)], ['exec', everywhere(exec)], ['hash', everywhere(hash)], ['type', everywhere(type)],
  ['declare', only(['bash'], declare)], ['typeset', only(['bash'], declare)], ['export', everywhere(exportVariables)], ['local', everywhere(local)], ['readonly', everywhere(readonlyVariables)], ['unset', everywhere(unset)],
  ['echo', everywhere(echo)], ['printf', everywhere(printf)], ['read', everywhere(read)],
  ['getopts', everywhere(getopts)], ['set', everywhere(set)], ['shift', everywhere(shift)],
  ['history', only(['ash', 'bash'], history)], ['let', only(['ash', 'bash'], letArithmetic)], ['shopt', only(['bash'], shopt)], ['times', everywhere(times)], ['ulimit', everywhere(ulimit)], ['umask', everywhere(umask)],
]);

/** POSIX's special builtins: an error in one of them ends a POSIX shell. */
export const specialBuiltins: ReadonlySet<string> = new Set(['.', ':', 'break', 'continue', 'eval', 'exec', 'exit', 'export', 'readonly', 'return', 'set', 'shift', 'times', 'trap', 'unset']);

/** Builtins whose arguments may be array assignments. */
export const declarations: ReadonlySet<string> = new Set(['declare', 'typeset', 'local', 'readonly', 'export']);
