/**
 * `$x` and everything that `${…}` can do to it: defaults, lengths, prefixes and suffixes, replacements, slices, cases.
 * See POSIX, section 2.6.2, and "Shell Parameter Expansion" in bash's manual for the rest.
 */
import type { ParameterExpansionPart, ParameterOperation, Word } from 'unbash';
import { evaluate } from './arithmetic.ts';
import { ShellError } from './control.ts';
import { type Memo, badSubstitution } from './expand.ts';
import { Fields } from './fields.ts';
import { parseArithmetic } from './parse.ts';
import { patternSource, unescape } from './pattern.ts';
import type { Shell } from './shell.ts';
import { itemsOf, keysOf } from './variables.ts';

export interface ParameterContext {
  readonly shell: Shell;
  readonly memo: Memo;
  readonly quoted: boolean;
}

type Target = { readonly parameter: string } & Partial<Pick<ParameterExpansionPart, 'prefix' | 'index' | 'operation' | 'text'>>;
type Operand = (word: Word, into: Fields) => void;

/** One text, or a list (`$@`, `${array[@]}`), or nothing. */
type Value = string | readonly string[] | undefined;

/** The value of `$name`: special parameters, positional ones, variables. */
export function specialOrVariable(shell: Shell, name: string): Value {
  switch (name) {
    case '?': return String(shell.lastStatus);
    case '#': return String(shell.positional.length);
    case '$': return String(shell.shellPid);
    case '!': return shell.jobs.lastPid === undefined ? undefined : String(shell.jobs.lastPid);
    case '-': return shell.optionLetters();
    case '0': return shell.name;
    case '@':
    case '*': return shell.positional;
    default:
  }
  if (/^\d+$/.test(name)) return shell.positional[Number(name) - 1];
  return shell.variables.get(name) ?? shell.dynamicVariable(name);
}

/** Expand one parameter into the fields. @param operand expands the word after the operator */
export function expandParameter(fields: Fields, target: Target, context: ParameterContext, operand: Operand): void {
  const { shell, quoted } = context;
  const { operation } = target;
  if (shell.dialect === 'dash' && (target.index || (operation && !['Default', 'Remove'].includes(operation.type)) || target.prefix === '!')) throw badSubstitution(shell, target.text ?? '');
  if (operation?.type === 'Unknown' || target.parameter === '') throw badSubstitution(shell, target.text ?? '');
  const star = target.parameter === '*' || target.index?.text === '*';
  let value = lookup(target, context);
  if (target.prefix === '#') {
    const length = Array.isArray(value) ? value.length : ((value as string | undefined) ?? demand(undefined, target, shell)).length;
    return put(fields, String(length), quoted, star, shell);
  }
  if (target.prefix === '!' && operation?.type !== 'Names' && !target.index) value = specialOrVariable(shell, String(value ?? ''));
  if (operation?.type === 'Default') {
    // Inside double quotes even nothing is a field.
    if (quoted && target.parameter !== '@') fields.quoted('');
    const used = defaulted(fields, value, target, context, operand);
    if (used === 'operand') return;
    return put(fields, operation.operator.endsWith('+') ? undefined : value, quoted, star, shell);
  }
  value = demand(value, target, shell);
  if (operation) value = operate(value, operation, context, operand);
  put(fields, value, quoted, star, shell);
}

function lookup(target: Target, context: ParameterContext): Value {
  const { shell } = context;
  const { parameter, index, prefix, operation } = target;
  if (prefix === '!' && operation?.type === 'Names') return shell.variables.names(parameter);
  if (!index) return specialOrVariable(shell, parameter);
  const variable = shell.variables.find(parameter);
  if (index.text === '@' || index.text === '*') {
    if (!variable) return [];
    return prefix === '!' ? keysOf(variable) : itemsOf(variable);
  }
  return shell.item(parameter, indexText(index, context));
}

/** An index as text; keys of maps may hold expansions. */
function indexText(index: Word, context: ParameterContext): string {
  const fields = new Fields(undefined);
  for (const part of index.parts ?? []) {
    if (part.type === 'SimpleExpansion') expandParameter(fields, { parameter: part.text.slice(1) }, { ...context, quoted: true }, () => undefined);
    else if (part.type === 'ParameterExpansion') expandParameter(fields, part, { ...context, quoted: true }, () => undefined);
    else if (part.type === 'DoubleQuoted') for (const inner of part.parts) {
      if (inner.type === 'SimpleExpansion') expandParameter(fields, { parameter: inner.text.slice(1) }, { ...context, quoted: true }, () => undefined);
      else fields.quoted('value' in inner ? inner.value : inner.text);
    }
    else fields.quoted('value' in part ? part.value : part.text);
  }
  return index.parts ? unescape(fields.joined) : index.value;
}

/** With `set -u`, what is not set may not be used. */
function demand(value: Value, target: Target, shell: Shell): string | readonly string[] {
  if (value !== undefined) return value;
  if (shell.options.has('nounset') && target.parameter !== '@' && target.parameter !== '*') {
    const bash = shell.dialect === 'bash';
    throw new ShellError(`${/^\d/.test(target.parameter) && bash ? '$' : ''}${target.parameter}: ${bash ? 'unbound variable' : 'parameter not set'}`, bash ? 127 : 2, true);
  }
  return '';
}

/** `${x-y}`, `${x:=y}`, `${x?y}`, `${x+y}`. @returns whether the operand (or an empty text) stands in for the value */
function defaulted(fields: Fields, value: Value, target: Target, context: ParameterContext, operand: Operand): 'value' | 'operand' {
  const { shell } = context;
  const operation = target.operation as Extract<ParameterOperation, { type: 'Default' }>;
  const empty = Array.isArray(value) ? value.length === 0 || (operation.operator.startsWith(':') && value.join('') === '') : operation.operator.startsWith(':') && value === '';
  const missing = value === undefined || empty;
  switch (operation.operator.at(-1)) {
    case '+':
      if (!missing) operand(operation.operand, fields);
      return 'operand';
    case '-':
      if (missing) operand(operation.operand, fields);
      return missing ? 'operand' : 'value';
    case '=': {
      if (!missing) return 'value';
      const text = textOf(operation.operand, operand);
      shell.assign(target.parameter, text);
      put(fields, text, context.quoted, false, shell);
      return 'operand';
    }
    default: {
      if (!missing) return 'value';
      const words = textOf(operation.operand, operand);
      const standard = operation.operator === ':?' ? 'parameter null or not set' : 'parameter not set';
      const bash = shell.dialect === 'bash' ? (operation.operator === ':?' ? 'parameter null or not set' : 'parameter not set') : standard;
      throw new ShellError(`${target.parameter}: ${words || (shell.dialect === 'bash' ? bash : operation.operator === ':?' ? 'parameter not set or null' : standard)}`, shell.dialect === 'bash' ? 127 : 2, true);
    }
  }
}

function operate(value: string | readonly string[], operation: ParameterOperation, context: ParameterContext, operand: Operand): string | readonly string[] {
  const each = (change: (text: string) => string) => (typeof value === 'string' ? change(value) : value.map(change));
  switch (operation.type) {
    case 'Remove': {
      const remove = remover(operation.operator, patternOf(operation.operand, operand));
      return each(remove);
    }
    case 'Replace': {
      const source = patternSource(patternOf(operation.pattern, operand), { extended: context.shell.dialect === 'bash' });
      if (source === '') return value;
      const { operator } = operation;
      const regexp = new RegExp(operator === '/#' ? `^(?:${source})` : operator === '/%' ? `(?:${source})$` : source, operator === '//' ? 'gs' : 's');
      const replacement = textOf(operation.replacement, operand);
      return each((text) => text.replace(regexp, () => replacement));
    }
    case 'Slice':
      return slice(value, operation.offset, operation.length, context);
    case 'CaseModification': {
      if (context.shell.dialect === 'ash') throw badSubstitution(context.shell, operation.operator);
      const upper = operation.operator.startsWith('^');
      const change = (text: string) => (upper ? text.toUpperCase() : text.toLowerCase());
      return each((text) => (operation.operator.length === 2 ? change(text) : change(text.slice(0, 1)) + text.slice(1)));
    }
    case 'Transform': {
      const how = operation.operand.text;
      if (how === 'Q') return each((text) => `'${text.replaceAll("'", "'\\''")}'`);
      if (how === 'U') return each((text) => text.toUpperCase());
      if (how === 'L') return each((text) => text.toLowerCase());
      if (how === 'u') return each((text) => text.slice(0, 1).toUpperCase() + text.slice(1));
      throw badSubstitution(context.shell, `@${how}`);
    }
    default:
      return value;
  }
}

function remover(operator: '#' | '##' | '%' | '%%', pattern: string): (text: string) => string {
  if (operator === '#') {
    const regexp = new RegExp(`^(?:${patternSource(pattern, {}, true)})`, 's');
    return (text) => text.replace(regexp, '');
  }
  if (operator === '##') {
    const regexp = new RegExp(`^(?:${patternSource(pattern)})`, 's');
    return (text) => text.replace(regexp, '');
  }
  const regexp = new RegExp(`^(?:${patternSource(pattern)})$`, 's');
  return (text) => {
    // The shortest suffix begins last, the longest first.
    for (let i = 0; i <= text.length; i++) {
      const at = operator === '%%' ? i : text.length - i;
      if (regexp.test(text.slice(at))) return text.slice(0, at);
    }
    return text;
  };
}

function slice(value: string | readonly string[], offset: Word, length: Word | undefined, context: ParameterContext): string | readonly string[] {
  const number = (word: Word) => Number(evaluate(parseArithmetic(word.text), context.shell.arithmetic(context.memo), word.text));
  // `${@:0}` begins with `$0`.
  const list = typeof value === 'string' ? value : value === context.shell.positional ? [context.shell.name, ...value] : value;
  let start = number(offset);
  if (start < 0) start = Math.max(0, list.length + start);
  if (length === undefined) return list.slice(start);
  const count = number(length);
  const end = count < 0 ? list.length + count : start + count;
  return list.slice(start, Math.max(start, end));
}

function patternOf(word: Word, operand: Operand): string {
  const fields = new Fields(undefined);
  operand(word, fields);
  return fields.joined;
}

function textOf(word: Word, operand: Operand): string {
  return unescape(patternOf(word, operand));
}

function put(fields: Fields, value: Value, quoted: boolean, star: boolean, shell: Shell): void {
  if (value === undefined) {
    if (quoted) fields.quoted('');
    return;
  }
  if (typeof value === 'string') return quoted ? fields.quoted(value) : fields.expanded(value);
  if (quoted && (star || !fields.splitting)) return fields.quoted(value.join(star ? (shell.variables.get('IFS') ?? ' ').slice(0, 1) : ' '));
  for (const [index, item] of value.entries()) {
    if (index > 0 && fields.splitting) fields.cut();
    else if (index > 0) fields.literal(' ');
    if (quoted) fields.quoted(item);
    else fields.expanded(item);
  }
}
