/** grep, egrep, fgrep: see POSIX, "grep", and GNU's manual for context and `-o`. */
import { posixToRegExp } from '../../base/posix-regex.ts';
import type { Input, Program } from '../../machine/program.ts';
import { patternToRegExp } from '../../shell/pattern.ts';
import { joined } from './names.ts';
import { records } from './records.ts';
import { type Tool, tool } from './tool.ts';

const LONG = { 'ignore-case': 'i', 'invert-match': 'v', 'extended-regexp': 'E', 'fixed-strings': 'F', 'only-matching': 'o', count: 'c', 'line-number': 'n', recursive: 'r', quiet: 'q', silent: 'q', 'word-regexp': 'w', 'line-regexp': 'x', 'after-context': 'A', 'before-context': 'B', context: 'C', 'files-with-matches': 'l', 'files-without-match': 'L', 'no-filename': 'h', 'with-filename': 'H', regexp: 'e', file: 'f', 'max-count': 'm', 'no-messages': 's', text: 'a', color: 'color::', colour: 'color::', 'line-buffered': 'line-buffered', 'basic-regexp': 'G', 'perl-regexp': 'P', include: 'include:', exclude: 'exclude:', 'exclude-dir': 'exclude-dir:', 'null-data': 'z', 'dereference-recursive': 'R' };

function grepNamed(name: string, kind: '' | 'E' | 'F'): Program {
  return tool({
    name, short: 'iyvEFGPocnrRqwxA:B:C:lLhHe:f:m:saz', long: LONG, absent: ['b', 'byte-offset', 'T', 'initial-tab', 'Z', 'null', 'u', 'U', 'binary', 'D', 'devices', 'd', 'directories', 'I', 'binary-files', 'label', 'exclude-from', 'no-ignore-case'],
    withoutEffect: { a: 'every file counts as text', 'line-buffered': 'nothing is held back anyway' }, usageStatus: 2, numbers: 'C',
    run: (t) => grepWith(t, kind),
  });
}

export const grep = grepNamed('grep', '');
export const egrep = grepNamed('egrep', 'E');
export const fgrep = grepNamed('fgrep', 'F');

interface Search {
  readonly regexp: RegExp;
  readonly headed: boolean;
  readonly before: number;
  readonly after: number;
  readonly most: number;
}

async function grepWith(t: Tool, kind: string): Promise<number> {
  const patterns = [...t.values('e')];
  const operands = [...t.operands];
  for (const path of t.values('f')) patterns.push(...t.process.files.read(t.path(path)).replace(/\n$/, '').split('\n'));
  if (!t.has('e') && !t.has('f')) {
    const pattern = operands.shift();
    if (pattern === undefined) {
      await t.process.stderr.write(t.gnu ? `Usage: ${t.name} [OPTION]... PATTERNS [FILE]...\nTry '${t.name} --help' for more information.\n` : `Usage: ${t.name} [-HhnlLoqvsrRiwFE] [-m N] [-A|B|C N] { PATTERN | -e PATTERN... | -f FILE... } [FILE]...\n`);
      return 2;
    }
    patterns.push(pattern);
  }
  let regexp: RegExp;
  try {
    regexp = compile(t, patterns.flatMap((pattern) => pattern.split('\n')), kind);
  } catch (error) {
    await t.complain(t.gnu ? (error as Error).message : `bad regex '${patterns[0]}': ${(error as Error).message}`);
    return 2;
  }
  const recursive = t.has('r') || t.has('R');
  const files = recursive ? (operands.length > 0 ? operands : ['.']).flatMap((path) => filesBelow(t, path)) : operands;
  const headed = t.last('hH') === 'H' || (t.last('hH') !== 'h' && (files.length > 1 || recursive));
  const context = Number(t.value('C') ?? 0);
  const search: Search = { regexp, headed, before: Number(t.value('B') ?? context), after: Number(t.value('A') ?? context), most: t.has('m') ? Number(t.value('m')) : Number.POSITIVE_INFINITY };
  let found = false;
  let failed = false;
  for (const name of recursive || files.length > 0 ? files : ['-']) {
    if (name !== '-' && t.process.files.exists(t.path(name)) && t.process.files.stat(t.path(name)).type === 'directory') {
      await t.complain(`${name}: Is a directory`);
      continue;
    }
    const silent = t.has('s');
    if (name !== '-' && !t.process.files.exists(t.path(name))) {
      if (!silent) await t.complain(`${name}: No such file or directory`);
      failed = true;
      continue;
    }
    for await (const { input } of t.inputs(() => (failed = true), [name])) {
      const hits = await grepInput(t, search, name === '-' ? '(standard input)' : name, input);
      found ||= t.has('L') ? hits === 0 : hits > 0;
      if (found && t.has('q')) return 0;
    }
  }
  return failed ? 2 : found ? 0 : 1;
}

function compile(t: Tool, patterns: readonly string[], kind: string): RegExp {
  const style = t.last('EFGP') ?? kind;
  const sources = patterns.map((pattern) => (style === 'F' ? pattern.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&') : style === 'P' ? pattern : posixToRegExp(pattern, { extended: style === 'E' }).source)).map((source) => (source === '(?:)' ? '' : source));
  let source = sources.length > 1 ? sources.map((one) => `(?:${one})`).join('|') : sources[0]!;
  if (t.has('x')) source = `^(?:${source})$`;
  else if (t.has('w')) source = `(?<!\\w)(?:${source})(?!\\w)`;
  return new RegExp(source, `g${t.has('i') || t.has('y') ? 'i' : ''}`);
}

async function grepInput(t: Tool, { regexp, headed, before, after, most }: Search, name: string, input: Input): Promise<number> {
  let hits = 0;
  let number = 0;
  let trailing = 0;
  let lastShown = 0;
  const end = t.has('z') ? '\0' : '\n';
  const earlier: string[] = [];
  const quiet = t.has('q') || t.has('c') || t.has('l') || t.has('L');
  const paint = isColoured(t) ? (code: string, text: string) => `\x1b[${code}m\x1b[K${text}\x1b[m\x1b[K` : (_code: string, text: string) => text;
  const show = (text: string, at: number, mark: string) => {
    lastShown = at;
    const between = paint('36', mark);
    const shown = mark === ':' && !t.has('v') ? text.replace(regexp, (found) => (found === '' ? '' : paint('01;31', found))) : text;
    return t.write(`${headed ? paint('35', name) + between : ''}${t.has('n') ? paint('32', String(at)) + between : ''}${shown}${end}`);
  };
  for await (const line of records(input, end)) {
    number++;
    regexp.lastIndex = 0;
    if (regexp.test(line) !== t.has('v')) {
      hits++;
      if (!quiet) {
        if (t.has('o')) {
          regexp.lastIndex = 0;
          if (!t.has('v')) for (const match of line.matchAll(regexp)) if (match[0] !== '') await show(match[0], number, ':');
        } else {
          if ((before > 0 || after > 0) && lastShown > 0 && number - earlier.length > lastShown + 1) await t.write('--\n');
          for (const [index, text] of earlier.entries()) await show(text, number - earlier.length + index, '-');
          await show(line, number, ':');
        }
        trailing = after;
        earlier.length = 0;
      }
      if (hits >= most || t.has('q') || t.has('l') || t.has('L')) break;
    } else if (trailing > 0 && !quiet && !t.has('o')) {
      trailing--;
      await show(line, number, '-');
    } else if (before > 0) {
      earlier.push(line);
      if (earlier.length > before) earlier.shift();
    }
  }
  if (t.has('q')) return hits;
  if (t.has('l') ? hits > 0 : t.has('L') && hits === 0) await t.write(`${name}\n`);
  else if (t.has('c') && !t.has('L') && !t.has('l')) await t.write(`${headed ? `${name}:` : ''}${hits}\n`);
  return hits;
}

const isColoured = (t: Tool): boolean => ['always', 'yes', 'force'].includes(t.value('color') ?? '') || (['auto', 'tty', 'if-tty', ''].includes(t.value('color') ?? 'never') && t.process.terminal !== undefined);

function filesBelow(t: Tool, path: string): string[] {
  const { files } = t.process;
  if (!files.exists(t.path(path)) || files.stat(t.path(path)).type !== 'directory') return [path];
  return files.list(t.path(path)).flatMap((name) => {
    const below = path === '.' && t.operands.length < 2 ? name : joined(path, name);
    const at = t.path(below);
    const stat = files.lstat(at);
    if (stat.type === 'directory') return t.values('exclude-dir').some((glob) => patternToRegExp(glob).test(name)) ? [] : filesBelow(t, below);
    const named = (globs: readonly string[]) => globs.some((glob) => patternToRegExp(glob).test(name));
    if ((t.has('include') && !named(t.values('include'))) || named(t.values('exclude'))) return [];
    return stat.type === 'symlink' && !t.has('R') ? [] : [below];
  });
}
