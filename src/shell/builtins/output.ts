/** `echo`, `printf`, `read`: see POSIX. What they print is computed in functions that the programs of those names share. */
import { readLine } from '../../machine/streams.ts';
import type { Shell } from '../shell.ts';
import { assignName } from './declare.ts';
import { formatPrintf, unescapeEcho } from './format.ts';

export async function echo(shell: Shell, args: readonly string[]): Promise<number> {
  await shell.stdout.write(formatEcho(args, shell.dialect === 'dash' ? 'dash' : 'gnu'));
  return 0;
}

/** dash knows `-n` only and always interprets backslashes; busybox, bash and coreutils have `-e`, `-E`, `-n` in one word. */
export function formatEcho(args: readonly string[], style: 'dash' | 'gnu'): string {
  let newline = true;
  let escapes = style === 'dash';
  let first = 0;
  for (; first < args.length; first++) {
    const option = args[first]!;
    if (style === 'dash' ? option !== '-n' || first > 0 : !/^-[neE]+$/.test(option)) break;
    for (const letter of option.slice(1)) {
      if (letter === 'n') newline = false;
      else escapes = letter === 'e';
    }
  }
  const text = args.slice(first).join(' ');
  if (!escapes) return text + (newline ? '\n' : '');
  const { text: plain, stop } = unescapeEcho(text);
  return plain + (newline && !stop ? '\n' : '');
}

export async function printf(shell: Shell, args: readonly string[]): Promise<number> {
  let rest = args;
  let variable: string | undefined;
  if (shell.dialect === 'bash' && rest[0] === '-v') {
    variable = rest[1];
    rest = rest.slice(2);
  }
  if (rest[0] === '--') rest = rest.slice(1);
  if (rest.length === 0) {
    if (shell.dialect === 'bash') await shell.stderr.write(`${shell.prefix('printf')}usage: printf [-v var] format [arguments]\n`.replace(shell.prefix('printf'), 'printf: '));
    else await shell.complain('usage: printf format [arg ...]', 'printf');
    return 2;
  }
  const { text, errors } = formatPrintf(rest[0]!, rest.slice(1), shell.dialect);
  if (variable === undefined) await shell.stdout.write(text);
  else assignName(shell, variable, text);
  for (const error of errors) {
    if (shell.dialect === 'ash') await shell.stderr.write(`${shell.name}: ${error}\n`);
    else await shell.complain(error, 'printf');
  }
  return errors.length > 0 ? 1 : 0;
}

interface ReadOptions {
  raw: boolean;
  silent: boolean;
  prompt: string | undefined;
  timeoutSeconds: number | undefined;
  count: number | undefined;
  delimiter: string;
  array: string | undefined;
}

export async function read(shell: Shell, args: readonly string[]): Promise<number> {
  const options: ReadOptions = { raw: false, silent: false, prompt: undefined, timeoutSeconds: undefined, count: undefined, delimiter: '\n', array: undefined };
  let index = 0;
  for (; index < args.length && /^-./.test(args[index]!) && args[index] !== '--'; index++) {
    const letters = args[index]!.slice(1);
    for (let i = 0; i < letters.length; i++) {
      const letter = letters[i]!;
      if (letter === 'r') options.raw = true;
      else if (letter === 's') options.silent = true;
      else if ('ptnduaN'.includes(letter) && (letter !== 'a' || shell.dialect === 'bash')) {
        const value = letters.slice(i + 1) || (args[++index] ?? '');
        if (letter === 'p') options.prompt = value;
        else if (letter === 't') options.timeoutSeconds = Number(value);
        else if (letter === 'n' || letter === 'N') options.count = Number(value);
        else if (letter === 'd') options.delimiter = value === '' ? '\0' : value[0]!;
        else if (letter === 'a') options.array = value;
        break;
      } else {
        await shell.complain(shell.dialect === 'bash' ? `-${letter}: invalid option` : shell.dialect === 'ash' ? `illegal option -${letter}` : `Illegal option -${letter}`, 'read');
        return 2;
      }
    }
  }
  if (args[index] === '--') index++;
  const names = args.slice(index);
  if (options.prompt !== undefined && shell.process.terminal) await shell.stderr.write(options.prompt);
  const { line, ended } = await input(shell, options);
  const text = line ?? '';
  if (options.array !== undefined) {
    const items = splitFields(text, shell.variables.get('IFS') ?? ' \t\n', Number.POSITIVE_INFINITY, options.raw);
    shell.variables.define(options.array, { value: undefined, items: new Map(items.map((item, key) => [String(key), item])) });
  } else if (names.length === 0) shell.assign('REPLY', options.raw ? text : unbackslash(text));
  else {
    const fields = splitFields(text, shell.variables.get('IFS') ?? ' \t\n', names.length, options.raw);
    for (const [at, name] of names.entries()) assignName(shell, name, fields[at] ?? '');
  }
  return ended ? 1 : 0;
}

async function input(shell: Shell, options: ReadOptions): Promise<{ readonly line: string | undefined; readonly ended: boolean }> {
  const { clock } = shell.process.machine;
  const reading = collect(shell, options);
  if (options.timeoutSeconds === undefined) return await reading;
  const timeout = clock.sleep(options.timeoutSeconds * 1000).then(() => ({ line: undefined, ended: true }));
  return await Promise.race([reading, timeout]);
}

async function collect(shell: Shell, { delimiter, count, raw }: ReadOptions): Promise<{ readonly line: string | undefined; readonly ended: boolean }> {
  let line = '';
  if (delimiter !== '\n' || count !== undefined) {
    for (let bytes = await shell.stdin.read(); bytes !== undefined; bytes = await shell.stdin.read()) {
      for (let i = 0; i < bytes.length; i++) {
        if (bytes[i] === delimiter || (count !== undefined && line.length + (bytes[i] === delimiter ? 0 : 1) >= count)) {
          const last = bytes[i] === delimiter ? '' : bytes[i]!;
          if (i + 1 < bytes.length) shell.stdin.unread(bytes.slice(i + 1));
          return { line: line + last, ended: false };
        }
        line += bytes[i];
      }
    }
    return { line, ended: true };
  }
  for (;;) {
    const next = await readLine(shell.stdin);
    if (next === undefined) return { line, ended: true };
    if (!next.endsWith('\n')) return { line: line + next, ended: true };
    const body = next.slice(0, -1);
    // Without -r, a backslash before the newline continues the line.
    const trailing = /\\*$/.exec(body)![0].length;
    if (raw || trailing % 2 === 0) return { line: line + body, ended: false };
    line += body.slice(0, -1);
  }
}

const unbackslash = (text: string): string => text.replace(/\\(.)/gs, '$1');

/** Split a line among `count` names: the last one gets the rest, without the blanks around it. */
function splitFields(line: string, ifs: string, count: number, raw: boolean): string[] {
  const blank = (c: string) => ifs.includes(c) && ' \t\n'.includes(c);
  const fields: string[] = [];
  let i = 0;
  while (i < line.length && blank(line[i]!)) i++;
  while (i < line.length && fields.length < count - 1) {
    let field = '';
    for (; i < line.length && !ifs.includes(line[i]!); i++) {
      if (!raw && line[i] === '\\') field += line[++i] ?? '';
      else field += line[i];
    }
    fields.push(field);
    while (i < line.length && blank(line[i]!)) i++;
    if (i < line.length && ifs.includes(line[i]!) && !blank(line[i]!)) i++;
    while (i < line.length && blank(line[i]!)) i++;
  }
  if (i < line.length || fields.length < 1) {
    let end = line.length;
    while (end > i && blank(line[end - 1]!)) end--;
    const rest = line.slice(i, end);
    const cut = rest.slice(0, -1);
    // One separator at the very end belongs to the field before it.
    const alone = rest !== '' && ifs.includes(rest.at(-1)!) && ![...cut].some((c) => ifs.includes(c)) ? cut : rest;
    fields.push(raw ? alone : unbackslash(alone));
  }
  return fields;
}
