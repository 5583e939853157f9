/** jq's command line: letters may be joined, values never are. See main.c of jq 1.6. */
import { readOne } from './read.ts';
import type { Json } from './value.ts';

export interface JqOptions {
  readonly program?: string | undefined;
  /** `-f`: the program is in this file. */
  readonly programFile?: string | undefined;
  readonly files: readonly string[];
  readonly flags: ReadonlySet<Flag>;
  readonly indent: string | undefined;
  readonly named: ReadonlyMap<string, Json>;
  readonly positional: readonly Json[];
  /** What `--slurpfile` and `--rawfile` name: variable, path, and whether its values are read or its text. */
  readonly fromFiles: readonly { readonly name: string; readonly path: string; readonly raw: boolean }[];
}

export type Flag = 'null-input' | 'raw-output' | 'join-output' | 'ascii-output' | 'slurp' | 'raw-input' | 'compact-output' | 'color-output' | 'monochrome-output' | 'sort-keys' | 'exit-status' | 'help' | 'version' | 'seq' | 'unbuffered';

/** What a command line is refused with, and the exit code. */
export class JqUsageError extends Error {
  override readonly name = 'JqUsageError';
}

const LETTERS: Readonly<Record<string, Flag>> = { n: 'null-input', r: 'raw-output', j: 'join-output', a: 'ascii-output', s: 'slurp', R: 'raw-input', c: 'compact-output', C: 'color-output', M: 'monochrome-output', S: 'sort-keys', e: 'exit-status', h: 'help' };
const FLAGS: ReadonlySet<string> = new Set<Flag>(['null-input', 'raw-output', 'join-output', 'ascii-output', 'slurp', 'raw-input', 'compact-output', 'color-output', 'monochrome-output', 'sort-keys', 'exit-status', 'help', 'version', 'unbuffered']);

/** @throws JqUsageError */
export function parseJq(args: readonly string[]): JqOptions {
  const flags = new Set<Flag>();
  const words: string[] = [];
  const named = new Map<string, Json>();
  const positional: Json[] = [];
  const fromFiles: { name: string; path: string; raw: boolean }[] = [];
  let programFromFile = false;
  let indent: string | undefined = '  ';
  let rest: 'files' | 'strings' | 'json' = 'files';
  const operand = (word: string) => {
    if (words.length === 0 || rest === 'files') words.push(word);
    else positional.push(rest === 'strings' ? word : json(word, 'invalid JSON text passed to --jsonargs'));
  };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    const two = (option: string): readonly [string, string] => {
      const [name, value] = args.slice(i + 1, i + 3);
      if (name === undefined || value === undefined) throw new JqUsageError(`--${option} takes two parameters (e.g. --${option} ${option === 'argjson' ? 'varname text' : option === 'arg' ? 'varname value' : 'varname filename'})`);
      i += 2;
      return [name, value];
    };
    if (arg === '--') {
      for (const word of args.slice(i + 1)) operand(word);
      break;
    }
    if (!arg.startsWith('-') || arg === '-') operand(arg);
    else if (arg === '--arg') named.set(...two('arg'));
    else if (arg === '--argjson') {
      const [name, value] = two('argjson');
      named.set(name, json(value, 'invalid JSON text passed to --argjson'));
    } else if (arg === '--slurpfile' || arg === '--rawfile') {
      const [name, path] = two(arg.slice(2));
      fromFiles.push({ name, path, raw: arg === '--rawfile' });
    } else if (arg === '--args') rest = 'strings';
    else if (arg === '--jsonargs') rest = 'json';
    else if (arg === '--tab') indent = '\t';
    else if (arg === '--indent') {
      const width = Number(args[++i] ?? Number.NaN);
      if (Number.isNaN(width)) throw new JqUsageError('--indent takes one parameter');
      if (width > 7 || width < -1) throw new JqUsageError('--indent takes a number between -1 and 7');
      indent = width === 0 ? undefined : ' '.repeat(width);
    } else if (arg === '--from-file') programFromFile = true;
    else if (arg.startsWith('--')) {
      if (!FLAGS.has(arg.slice(2))) throw new JqUsageError(`Unknown option ${arg}`);
      flags.add(arg.slice(2) as Flag);
    } else {
      for (const letter of arg.slice(1)) {
        if (letter === 'f') programFromFile = true;
        else if (letter === 'V') flags.add('version');
        else if (LETTERS[letter]) flags.add(LETTERS[letter]);
        else throw new JqUsageError(`Unknown option ${arg}`);
      }
    }
  }
  const [first, ...files] = words;
  if (flags.has('compact-output')) indent = undefined;
  return { program: programFromFile ? undefined : first, programFile: programFromFile ? first : undefined, files, flags, indent, named, positional, fromFiles };
}

function json(text: string, refusal: string): Json {
  try {
    return readOne(text);
  } catch {
    throw new JqUsageError(refusal);
  }
}
