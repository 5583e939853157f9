/**
 * kubectl for machines without one: the same words in, the same words out, over the same API. The entry: finds the verb,
 * reads the flags, runs, and turns what is thrown into kubectl's messages and exit codes.
 */
import { StatusError, statusText } from './client.ts';
import { GLOBAL_FLAGS, Run, type Verb } from './command.ts';
import { parseFlags } from './flags.ts';
import { helpOf, overview } from './help.ts';
import { KubectlError, type KubectlIo } from './io.ts';
import { verbs } from './verbs/index.ts';

/** @param argv without `kubectl`. @returns the exit code */
export async function runKubectl(argv: readonly string[], io: KubectlIo): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    if (error instanceof StatusError) {
      io.stderr(`${statusText(error.status)}\n`);
      return 1;
    }
    if (error instanceof KubectlError) {
      if (error.message !== '') io.stderr(`${error.message}\n`);
      return error.exitCode;
    }
    if (io.signal.aborted) return 130;
    throw error;
  }
}

async function dispatch(argv: readonly string[], io: KubectlIo): Promise<number> {
  const path: Verb[] = [];
  let candidates = verbs;
  const words = [...argv];
  // Global flags may stand before the verb: step over them, keep them for the parser.
  for (let i = 0; i < words.length; ) {
    const word = words[i]!;
    if (word.startsWith('-')) {
      const global = GLOBAL_FLAGS.find((flag) => word === `--${flag.name}` || word === `-${flag.short}`);
      i += global && global.type !== 'bool' ? 2 : 1;
      continue;
    }
    const verb = candidates.find((one) => one.name === word || one.aliases?.includes(word));
    if (!verb) break;
    path.push(verb);
    words.splice(i, 1);
    candidates = verb.verbs ?? [];
    if (candidates.length === 0) break;
  }
  const verb = path.at(-1);
  const command = ['kubectl', ...path.map((one) => one.name)].join(' ');
  const wantsHelp = words.slice(0, words.indexOf('--') < 0 ? undefined : words.indexOf('--')).some((word) => word === '--help' || word === '-h');
  if (!verb) {
    const word = words.find((one) => !one.startsWith('-'));
    if (word === undefined || word === 'help') {
      io.stdout(overview(verbs));
      return 0;
    }
    throw new KubectlError(unknownCommand(word));
  }
  if (wantsHelp || !verb.run) {
    io.stdout(helpOf(verb));
    return 0;
  }
  const parsed = parseFlags(words, [...verb.flags, ...GLOBAL_FLAGS], command);
  const run = new Run(io, command, parsed.flags, parsed.args, parsed.dashAt);
  try {
    return await verb.run(run);
  } finally {
    run.close();
  }
}

function unknownCommand(word: string): string {
  const near = verbs.map((verb) => verb.name).filter((name) => distance(name, word) <= 2 || name.startsWith(word)).sort();
  const hint = near.length > 0 ? `\n\nDid you mean this?\n${near.map((name) => `\t${name}`).join('\n')}\n` : '';
  return `error: unknown command "${word}" for "kubectl"${hint}`;
}

/** Levenshtein's, as cobra suggests with it. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
}
