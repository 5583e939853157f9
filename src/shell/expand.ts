/**
 * Words to fields: tildes, parameters, commands, arithmetic, splitting, path names, in POSIX's order (section 2.6).
 * Expansion itself never waits: where it meets a command substitution it stops, the command runs, and it begins again
 * with the output at hand.
 */
import type { CommandExpansionPart, DoubleQuotedChild, ProcessSubstitutionPart, Word, WordPart } from 'unbash';
import { evaluate } from './arithmetic.ts';
import { expandBraces } from './braces.ts';
import { ShellError } from './control.ts';
import { Fields } from './fields.ts';
import { expandParameter, type ParameterContext, specialOrVariable } from './parameter.ts';
import { parseWord } from './parse.ts';
import { isPattern, matchPaths, unescape } from './pattern.ts';
import type { Shell } from './shell.ts';

/** What already ran for the expansion at hand: outputs of commands and values of arithmetic, by the part that asked. */
export type Memo = Map<object, string>;

/** Stops an expansion until a command has run. */
class NeedsCommand {
  constructor(readonly part: CommandExpansionPart | ProcessSubstitutionPart) {}
}

/** A command's words. */
export async function expandWords(shell: Shell, words: readonly Word[]): Promise<string[]> {
  const fields: string[] = [];
  for (const word of words) {
    // Most words are plain text.
    if (!word.parts && word.text === word.value && !word.text.startsWith('~')) fields.push(word.text);
    else if (shell.dialect === 'bash' && word.text.includes('{')) {
      for (const text of expandBraces(word.text)) fields.push(...(await fieldsOf(shell, text === word.text ? word : (parseWord(text) ?? word))));
    } else fields.push(...(await fieldsOf(shell, word)));
  }
  return fields;
}

/** A word without splitting and path names: assignments, redirections, here-strings. */
export function expandText(shell: Shell, word: Word, assignment = false): Promise<string> {
  if (!word.parts && word.text === word.value && !word.text.includes('~')) return Promise.resolve(word.text);
  return withCommands(shell, (memo) => {
    const fields = new Fields(undefined);
    expandInto(fields, word, { shell, memo, quoted: false, assignment });
    return unescape(fields.joined);
  });
}

/** A word as a pattern: what was quoted has backslashes. */
export function expandPattern(shell: Shell, word: Word): Promise<string> {
  return withCommands(shell, (memo) => {
    const fields = new Fields(undefined);
    expandInto(fields, word, { shell, memo, quoted: false, assignment: false });
    return fields.joined;
  });
}

/** The body of a here-document whose delimiter is not quoted. */
export function expandHereDocument(shell: Shell, parts: readonly WordPart[], stripTabs: boolean): Promise<string> {
  return withCommands(shell, (memo) => {
    const fields = new Fields(undefined);
    for (const [index, part] of parts.entries()) {
      // `<<-` takes the tabs that the script's own lines begin with, not those of what is expanded.
      if (stripTabs && part.type === 'Literal') fields.quoted(part.value.replace(index === 0 ? /(^|\n)\t+/g : /(\n)\t+/g, '$1'));
      else expandPart(fields, part, { shell, memo, quoted: true, assignment: false });
    }
    return unescape(fields.joined);
  });
}

/** Run something that expands, and every command that it turns out to need. */
export async function withCommands<T>(shell: Shell, expand: (memo: Memo) => T): Promise<T> {
  const memo: Memo = new Map();
  for (;;) {
    try {
      return expand(memo);
    } catch (need) {
      if (!(need instanceof NeedsCommand)) throw need;
      memo.set(need.part, need.part.type === 'CommandExpansion' ? await shell.substitute(need.part) : await shell.substituteFile(need.part));
    }
  }
}

/** A piece of text with expansions in it, as inside double quotes; used by arithmetic. */
export function expandEmbedded(shell: Shell, text: string, memo: Memo): string {
  const word = parseWord(`"${text}"`);
  if (!word) return text;
  const fields = new Fields(undefined);
  expandInto(fields, word, { shell, memo, quoted: false, assignment: false });
  return unescape(fields.joined);
}

async function fieldsOf(shell: Shell, word: Word): Promise<string[]> {
  const raw = await withCommands(shell, (memo) => {
    const fields = new Fields(shell.variables.get('IFS') ?? ' \t\n');
    expandInto(fields, word, { shell, memo, quoted: false, assignment: false });
    fields.cut();
    return fields.done;
  });
  const result: string[] = [];
  for (const field of raw) {
    const paths = shell.options.has('noglob') || !isPattern(field) ? [] : matchPaths(field, shell.files, shell.cwd, { extended: shell.dialect === 'bash' });
    if (paths.length > 0) result.push(...paths);
    else if (!(shell.options.has('nullglob') && isPattern(field))) result.push(unescape(field));
  }
  return result;
}

/** How a word's parts are seen: inside double quotes nothing is split. */
interface Context extends ParameterContext {
  readonly shell: Shell;
  readonly assignment: boolean;
}

function expandInto(fields: Fields, word: Word, context: Context): void {
  const { parts } = word;
  if (!parts) return literal(fields, word.text, context, true);
  for (const [index, part] of parts.entries()) expandPart(fields, part, context, index === 0);
}

function expandPart(fields: Fields, part: WordPart, context: Context, first = false): void {
  const { shell, memo, quoted } = context;
  switch (part.type) {
    case 'Literal':
      return quoted ? fields.quoted(part.value) : literal(fields, part.text, context, first);
    case 'SingleQuoted':
      // Inside double quotes ('"${x:-'a'}"') single quotes are characters like others.
      return fields.quoted(quoted ? part.text : part.value);
    case 'AnsiCQuoted':
      return fields.quoted(part.value);
    case 'LocaleString':
    case 'DoubleQuoted':
      return doubleQuoted(fields, part.parts, context);
    case 'Glob':
      if (quoted) return fields.quoted(part.text);
      if (part.kind !== 'bracket' || part.parts.every((inner) => inner.type === 'Literal')) return raw(fields, part.text);
      raw(fields, '[');
      for (const inner of part.parts) expandPart(fields, inner, context);
      return raw(fields, ']');
    case 'ExtendedGlob':
    case 'BraceExpansion':
      return quoted ? fields.quoted(part.text) : literal(fields, part.text, context, false);
    case 'SimpleExpansion':
      return expandParameter(fields, { parameter: part.text.slice(1) }, context, operand);
    case 'ParameterExpansion':
      return expandParameter(fields, part, context, operand);
    case 'CommandExpansion':
    case 'ProcessSubstitution': {
      const output = memo.get(part);
      if (output === undefined) throw new NeedsCommand(part);
      return quoted ? fields.quoted(output) : fields.expanded(output);
    }
    case 'ArithmeticExpansion': {
      const text = /^\$\(\(([\s\S]*)\)\)$/.exec(part.text)?.[1] ?? part.text.slice(2, -1);
      const value = memo.get(part) ?? String(evaluate(part.expression, shell.arithmetic(memo), text));
      memo.set(part, value);
      return quoted ? fields.quoted(value) : fields.expanded(value);
    }
  }

  /** The operand of `${x:-…}`: quoted like its surroundings, and split like an expansion's result. */
  function operand(word: Word, into: Fields): void {
    if (!word.parts) {
      if (quoted) into.quoted(word.text.replace(/\\([$`"\\}])/g, '$1'));
      else if (into.splitting && /\s/.test(word.text) && !word.text.includes('\\')) into.expanded(word.text);
      else literal(into, word.text, context, true);
      return;
    }
    for (const [index, inner] of word.parts.entries()) {
      if (inner.type === 'Literal' && !quoted && into.splitting && !inner.text.includes('\\')) into.expanded(inner.text);
      else expandPart(into, inner, context, index === 0);
    }
  }
}

function doubleQuoted(fields: Fields, parts: readonly DoubleQuotedChild[], context: Context): void {
  if (parts.length === 0) return fields.quoted('');
  for (const part of parts) expandPart(fields, part, { ...context, quoted: true });
}

/** Unquoted source text: backslashes quote, a tilde at the beginning is a home directory. */
function literal(fields: Fields, source: string, context: Context, first: boolean): void {
  let text = source;
  if (text.includes('~')) {
    if (first && text.startsWith('~')) text = tilde(text, context.shell, fields);
    else if (context.assignment) {
      const cut = text.indexOf(':~') + 1;
      if (cut > 0) {
        literal(fields, text.slice(0, cut), { ...context, assignment: false }, false);
        return literal(fields, text.slice(cut), context, true);
      }
    }
  }
  if (!text.includes('\\')) {
    if (text !== '') raw(fields, text);
    return;
  }
  for (const piece of text.match(/\\[\s\S]?|[^\\]+/g) ?? []) {
    if (piece === '\\\n') continue;
    if (piece.startsWith('\\')) fields.quoted(piece.slice(1) || '\\');
    else raw(fields, piece);
  }
}

function raw(fields: Fields, text: string): void {
  fields.literal(text);
}

function tilde(text: string, shell: Shell, fields: Fields): string {
  const end = text.search(/[/:]/);
  const name = text.slice(1, end < 0 ? undefined : end);
  const home = name === '' ? shell.variables.get('HOME') : name === '+' ? shell.cwd : shell.homeOf(name);
  if (home === undefined) return text;
  fields.quoted(home);
  return text.slice(1 + name.length);
}

/** `$name` for callers that only want a text. */
export function parameterText(shell: Shell, name: string): string {
  const value = specialOrVariable(shell, name);
  return typeof value === 'string' ? value : (value?.join(' ') ?? '');
}

/** What a shell says of a form of expansion that it does not have. */
export function badSubstitution(shell: Shell, text: string): ShellError {
  return new ShellError(shell.dialect === 'bash' ? `${text}: bad substitution` : shell.dialect === 'ash' ? 'syntax error: bad substitution' : 'Bad substitution', shell.dialect === 'bash' ? 1 : 2, true);
}
