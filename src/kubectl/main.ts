/**
 * kubectl for machines without one: the same words in, the same words out, over the same API. The entry: finds the verb,
 * reads the flags, runs, and turns what is thrown into kubectl's messages and exit codes.
 */
import { StatusError, statusText } from './client.ts';
import { GLOBAL_FLAGS, Run, type Verb } from './command.ts';
import { parseFlags, type Flag } from './flags.ts';
import { globalOptions, helpOf, overview } from './help.ts';
import { asLine, KubectlError, usageError, type KubectlIo } from './io.ts';
import { UnknownResource } from './resources.ts';
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
      if (error.message !== '') io.stderr(asLine(error.message));
      return error.exitCode;
    }
    if (io.signal.aborted) return 130;
    throw error;
  }
}

async function dispatch(argv: readonly string[], io: KubectlIo): Promise<number> {
  if (argv[0] === '__complete' || argv[0] === '__completeNoDesc') return (await import('./complete.ts')).complete(argv.slice(1), io, argv[0] === '__complete');
  if (argv[0] === 'options') {
    io.stdout(globalOptions());
    return 0;
  }
  const { words, path } = await findVerb(argv[0] === 'help' ? argv.slice(1) : argv);
  const verb = path.at(-1);
  const command = ['kubectl', ...path.map((one) => one.name)].join(' ');
  const end = words.indexOf('--');
  const wantsHelp = words.slice(0, end < 0 ? undefined : end).some((word) => word === '--help' || word === '-h');
  if (!verb) {
    const word = words.find((one, index) => !one.startsWith('-') && !takesValue(words[index - 1]));
    if (argv[0] === 'help' && word !== undefined) io.stderr(`Unknown help topic [\`${word}\`]\n`);
    else if (word !== undefined) {
      const code = word === words[0] ? await (await import('./plugins.ts')).runPlugin(words, io) : undefined;
      if (code !== undefined) return code;
      throw new KubectlError(unknownCommand(word));
    }
    io.stdout(overview(verbs));
    return 0;
  }
  if (wantsHelp || argv[0] === 'help') {
    io.stdout(helpOf(verb, command));
    return 0;
  }
  const parsed = parseFlags(words, [...verb.flags, ...GLOBAL_FLAGS], command);
  if (!verb.run) {
    if (parsed.args.length > 0) throw usageError(command, `unknown command ${JSON.stringify(parsed.args.join(' '))}`);
    if (verb.helpTo === 'stdout') io.stdout(helpOf(verb, command));
    else io.stderr(helpOf(verb, command));
    return 1;
  }
  const missing = (verb.required ?? []).filter((name) => !parsed.flags.has(name));
  if (missing.length > 0) throw new KubectlError(`error: required flag(s) ${missing.map((name) => `"${name}"`).join(', ')} not set`);
  for (const flag of verb.flags) flag.check?.(parsed.flags.text(flag.name));
  return runVerb((run) => verb.run!(run), (heard) => new Run(heard, command, parsed.flags, parsed.args, parsed.dashAt), io);
}

/** What a cache does not know may be new to the server: as long as nothing was said, the verb begins anew without it. */
async function runVerb(verb: (run: Run) => Promise<number>, makeRun: (io: KubectlIo) => Run, io: KubectlIo): Promise<number> {
  let hasSpoken = false;
  let input: Promise<Uint8Array> | undefined;
  const saying = (say: KubectlIo['stdout']) => (text: string | Uint8Array) => {
    hasSpoken = true;
    say(text);
  };
  const heard: KubectlIo = { ...io, stdout: saying((text) => io.stdout(text)), stderr: saying((text) => io.stderr(text)), readStdin: () => (input ??= io.readStdin()), onStdin: (listener) => io.onStdin(listener) };
  const run = makeRun(heard);
  try {
    const code = await verb(run);
    if (code === 0 && run.flags.bool('warnings-as-errors') && run.warnings > 0) throw new KubectlError(`error: ${run.warnings} warning${run.warnings === 1 ? '' : 's'} received`);
    return code;
  } catch (error) {
    if (error instanceof UnknownResource && (await run.forgetCachedResources()) && !hasSpoken) return await runVerb(verb, makeRun, { ...io, readStdin: () => heard.readStdin() });
    throw error;
  } finally {
    run.close();
  }
}

/** Steps over global flags before and between the words of the verb, and keeps them for the parser. */
async function findVerb(argv: readonly string[]): Promise<{ words: readonly string[]; path: readonly Verb[] }> {
  const words = [...argv];
  const path: Verb[] = [];
  for (let i = 0; i < words.length; ) {
    const word = words[i]!;
    if (word.startsWith('-')) {
      i += takesValue(word, path.at(-1)?.flags) ? 2 : 1;
      continue;
    }
    const verb = path.length === 0 ? await verbs.find((one) => one.name === word)?.load() : path.at(-1)!.verbs?.find((one) => one.name === word || one.aliases?.includes(word));
    if (!verb) break;
    path.push(verb);
    words.splice(i, 1);
  }
  return { words, path };
}

function takesValue(word: string | undefined, own: readonly Flag[] = []): boolean {
  const flag = [...own, ...GLOBAL_FLAGS].find((one) => word === `--${one.name}` || (one.short !== undefined && word === `-${one.short}`));
  return flag !== undefined && flag.type !== 'bool' && flag.bare === undefined;
}

function unknownCommand(word: string): string {
  const near = verbs.map((verb) => verb.name).filter((name) => distance(name, word) <= 2 || name.startsWith(word));
  const hint = near.length > 0 ? `\n\nDid you mean this?\n${near.map((name) => `\t${name}`).join('\n')}` : '';
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
