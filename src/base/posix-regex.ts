/**
 * POSIX regular expressions (basic and extended, with GNU's `\+`, `\?`, `\|`, `\w`, `\b`, `\<`) as JavaScript's.
 * See POSIX, chapter 9.
 *
 * Differs from Linux: alternation takes the first match, not the longest, as JavaScript's engine does.
 */
export interface RegexOptions {
  /** ERE instead of BRE. */
  readonly extended: boolean;
  readonly ignoreCase?: boolean;
  readonly global?: boolean;
}

/** @throws SyntaxError when it is not a regular expression */
export function posixToRegExp(pattern: string, options: RegexOptions): RegExp {
  return new RegExp(posixSource(pattern, options.extended), `${options.global ? 'g' : ''}${options.ignoreCase ? 'i' : ''}s`);
}

/** The same as the source of a JavaScript expression. */
export function posixSource(pattern: string, extended: boolean): string {
  let source = '';
  let depth = 0;
  /** Nothing has come yet that `*` could repeat. */
  let start = true;
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (c === '[') {
      const bracket = bracketAt(pattern, i);
      if (!bracket) throw new SyntaxError('Unmatched [, [^, [:, [., or [=');
      source += bracket.source;
      i = bracket.end;
      start = false;
      continue;
    }
    if (c === '\\') {
      const next = pattern[++i];
      if (next === undefined) throw new SyntaxError('Trailing backslash');
      const special = !extended && '(){}+?|'.includes(next);
      if (special) {
        if (next === '(') depth++;
        if (next === ')' && --depth < 0) throw new SyntaxError('Unmatched ) or \\)');
        source += next === '{' ? interval(pattern, i, '\\}') : next;
        if (next === '{') i = pattern.indexOf('\\}', i) + 1;
        start = next === '(' || next === '|';
      } else {
        source += escaped(next);
        start = false;
      }
      continue;
    }
    if (extended && '(){}+?|'.includes(c)) {
      if (c === '(') depth++;
      if (c === ')' && depth === 0) {
        source += '\\)';
        continue;
      }
      if (c === ')') depth--;
      if (c === '{' && !/^\{\d*,?\d*\}/.test(pattern.slice(i))) source += '\\{';
      else if (c === '}' ) source += '}';
      else if ((c === '+' || c === '?') && start) source += `\\${c}`;
      else source += c;
      if (c === '{' && source.endsWith('{') && !source.endsWith('\\{') && pattern[i + 1] === ',') source += '0';
      start = c === '(' || c === '|';
      continue;
    }
    if (c === '*' && start) source += '\\*';
    else if (c === '^') source += extended || start ? '^' : '\\^';
    else if (c === '$') source += extended || atEnd(pattern, i) ? '$' : '\\$';
    else if ('(){}+?|/'.includes(c)) source += `\\${c}`;
    else source += c;
    start = c === '^' && start;
  }
  if (depth > 0) throw new SyntaxError('Unmatched ( or \\(');
  return source;
}

function atEnd(pattern: string, i: number): boolean {
  return i === pattern.length - 1 || pattern.startsWith('\\)', i + 1) || pattern.startsWith('\\|', i + 1);
}

function interval(pattern: string, open: number, close: string): string {
  const end = pattern.indexOf(close, open);
  if (end < 0) throw new SyntaxError('Unmatched \\{');
  const inside = pattern.slice(open + 1, end);
  return `{${inside.startsWith(',') ? `0${inside}` : inside}}`;
}

function escaped(c: string): string {
  switch (c) {
    case '<': return '\\b(?=\\w)';
    case '>': return '\\b(?<=\\w)';
    case '`': return '^';
    case "'": return '$';
    case 'n': return '\\n';
    case 't': return '\\t';
    case 'w': case 'W': case 's': case 'S': case 'b': case 'B': return `\\${c}`;
    default: return /[1-9]/.test(c) ? `\\${c}` : /[\^$.*+?()[\]{}|/\\-]/.test(c) ? `\\${c}` : c;
  }
}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z', digit: '0-9', alnum: 'a-zA-Z0-9', upper: 'A-Z', lower: 'a-z', space: '\\s', blank: ' \\t', punct: '!-\\/:-@\\[-`{-~', print: ' -~', graph: '!-~', cntrl: '\\x00-\\x1f\\x7f', xdigit: '0-9A-Fa-f',
};

/** `[…]` at a position; a backslash is an ordinary character in it. */
function bracketAt(pattern: string, start: number): { readonly source: string; readonly end: number } | undefined {
  let i = start + 1;
  let source = '[';
  if (pattern[i] === '^') {
    source += '^';
    i++;
  }
  for (let first = true; i < pattern.length; first = false) {
    const c = pattern[i]!;
    if (c === ']' && !first) return { source: `${source}]`, end: i };
    const named = /^\[[:.=]([^\]]+?)[:.=]\]/.exec(pattern.slice(i, i + 14));
    if (named) {
      source += pattern[i + 1] === ':' ? (CLASSES[named[1]!] ?? '') : named[1]!.replace(/[\\\]^-]/g, '\\$&');
      i += named[0].length;
      continue;
    }
    source += c === '-' ? (first || pattern[i + 1] === ']' ? '\\-' : '-') : c === '\\' || c === '[' || c === ']' || c === '^' ? `\\${c}` : c;
    i++;
  }
  return undefined;
}
