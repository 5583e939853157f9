/**
 * How the program's own commands are typed where it was started: `npx cka …` in a checkout, `cka …` where it is installed
 * and in a lab's shell. Advice that answers "command not found" is none.
 */
import type { Cli } from './command.ts';

/** What npm was asked to do when it started the program for a learner. */
const BY_NPM = new Set(['start', 'exec']);

/** The same advice, with commands as they work here: those in backquotes, and those that begin a line or follow two blanks. */
export function asTyped(advice: string, env: Cli['env']): string {
  if (env['CKA_LAB'] !== undefined || env['CKA_CLUSTER'] !== undefined || !BY_NPM.has(env['npm_command'] ?? '')) return advice;
  return advice.replace(/(^|`|: | {2})cka (?=[a-z-])/gm, '$1npx cka ');
}
