/**
 * Scripts to syntax trees. The parsing is unbash's; here is what it does not know: whether a text is only not finished
 * yet (PS2), and how each shell words a syntax error.
 */
import { type ArithmeticExpression, type ParsedScript, type Word, parse } from 'unbash';
import type { Dialect } from './dialect.ts';

export type ParseAnswer =
  | { readonly kind: 'script'; readonly script: ParsedScript }
  | { readonly kind: 'incomplete'; readonly expecting: string | undefined; readonly quote: string | undefined }
  | { readonly kind: 'error'; readonly token: string; readonly line: number };

const scripts = new Map<string, ParseAnswer>();

/** Parse a script; what was parsed lately is remembered, since loops evaluate the same text again and again. */
export function parseScript(text: string): ParseAnswer {
  const known = scripts.get(text);
  if (known) return known;
  const answer = judge(text, parse(text));
  if (scripts.size > 200) scripts.clear();
  if (text.length < 4096) scripts.set(text, answer);
  return answer;
}

/** The text of one arithmetic expression. */
export function parseArithmetic(text: string): ArithmeticExpression | undefined {
  const answer = parseScript(`((${text}\n))`);
  if (answer.kind !== 'script') return undefined;
  const command = answer.script.commands[0]?.command;
  return command?.type === 'ArithmeticCommand' ? command.expression : undefined;
}

/** A word from its own text, as brace expansion makes new ones. */
export function parseWord(text: string): Word | undefined {
  const answer = parseScript(`: ${text}`);
  if (answer.kind !== 'script') return undefined;
  const command = answer.script.commands[0]?.command;
  const argument = command?.type === 'Command' ? command.args[0] : undefined;
  return argument?.type === 'Word' ? argument : undefined;
}

function judge(text: string, script: ParsedScript): ParseAnswer {
  const error = script.errors?.[0];
  if (!error) return hasOpenHereDocument(text, script) ? { kind: 'incomplete', expecting: undefined, quote: undefined } : { kind: 'script', script };
  const quote = /unterminated (?:single|double) quote/.test(error.message) ? text[error.pos] : undefined;
  const closers = script.errors?.map(({ message }) => /expected '(\w+|[})])' to close/.exec(message)?.[1]).filter((closer) => closer !== undefined) ?? [];
  if (/unterminated/.test(error.message)) return { kind: 'incomplete', expecting: undefined, quote: quote ?? (/substitution/.test(error.message) ? ')' : '}') };
  if (text.slice(error.pos).trim() === '' && /^(?:expected|unexpected end)/.test(error.message)) return { kind: 'incomplete', expecting: closers[0], quote: undefined };
  const rest = text.slice(error.pos);
  // A group that has only been opened: `true || {` at the end of a line.
  if (/^[({]\s*$/.test(rest)) return { kind: 'incomplete', expecting: closers[0], quote: undefined };
  const token = /^\s*(;;|&&|\|\||[;&|()<>{}]|[^\s;&|()<>]+|\n)/.exec(rest)?.[1] ?? 'newline';
  return { kind: 'error', token: token === '\n' ? 'newline' : token, line: text.slice(0, error.pos).split('\n').length };
}

function hasOpenHereDocument(text: string, script: ParsedScript): boolean {
  if (!text.includes('<<')) return false;
  let open = false;
  JSON.stringify(script, (_key, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'type' in value && value.type === 'HereDoc' && !('closing' in value && value.closing)) open = true;
    return value;
  });
  return open;
}

/** The lines of a syntax error after the shell's prefix. @param source the line it happened on, which bash repeats */
export function syntaxErrorWords(answer: Exclude<ParseAnswer, { kind: 'script' }>, dialect: Dialect, source: string): readonly string[] {
  if (answer.kind === 'error') {
    if (dialect === 'ash') return [`syntax error: unexpected ${answer.token === 'newline' ? 'newline' : `"${answer.token}"`}`];
    if (dialect === 'dash') return [`Syntax error: ${answer.token === 'newline' ? 'newline' : `"${answer.token}"`} unexpected`];
    return [`syntax error near unexpected token \`${answer.token}'`, `\`${source.split('\n')[answer.line - 1] ?? ''}'`];
  }
  if (answer.quote !== undefined) {
    if (dialect === 'bash') return [`unexpected EOF while looking for matching \`${answer.quote}'`];
    return [dialect === 'ash' ? 'syntax error: unterminated quoted string' : 'Syntax error: Unterminated quoted string'];
  }
  const expecting = answer.expecting ? ` (expecting "${answer.expecting}")` : '';
  if (dialect === 'ash') return [`syntax error: unexpected end of file${expecting}`];
  if (dialect === 'dash') return [`Syntax error: end of file unexpected${expecting}`];
  return ['syntax error: unexpected end of file'];
}
