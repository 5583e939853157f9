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
  const source = new Source();
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (c === '[') {
      const bracket = bracketAt(pattern, i);
      source.atom(bracket.source);
      i = bracket.end;
      continue;
    }
    const isEscaped = c === '\\';
    const letter = isEscaped ? pattern[++i] : c;
    if (letter === undefined) throw new SyntaxError('Trailing backslash');
    // What is an operator as it stands in one syntax is one with a backslash in the other.
    if (OPERATORS.includes(letter) && isEscaped !== extended) i = operate(source, letter, pattern, i, extended);
    else if (isEscaped) source.atom(escaped(letter));
    else if (letter === '*') source.repeat('*', '\\*');
    else if (letter === '^' && (extended || source.isAtStart)) source.anchor('^');
    else if (letter === '$' && (extended || isAtEnd(pattern, i))) source.anchor('$');
    else source.atom(literal(letter));
  }
  return source.end();
}

const OPERATORS = '(){}+?|';

/** @returns where the operator ends in the pattern */
function operate(source: Source, operator: string, pattern: string, at: number, extended: boolean): number {
  switch (operator) {
    case '(':
      source.open();
      break;
    case ')':
      if (!source.close() && !extended) throw new SyntaxError('Unmatched ) or \\)');
      break;
    case '|':
      source.or();
      break;
    case '{':
      return operateInterval(source, pattern, at, extended);
    case '}':
      source.atom('\\}');
      break;
    default:
      source.repeat(operator, literal(operator));
  }
  return at;
}

function operateInterval(source: Source, pattern: string, at: number, extended: boolean): number {
  const [all, least, comma, most] = (extended ? /^\{(\d*)(,?)(\d*)\}/ : /^\{(\d*)(,?)(\d*)\\\}/).exec(pattern.slice(at)) ?? [];
  if (all === undefined) {
    if (!extended) throw new SyntaxError('Unmatched \\{');
    source.atom('\\{');
    return at;
  }
  if ((!least && !comma) || (least && most && Number(least) > Number(most))) throw new SyntaxError('Invalid content of \\{\\}');
  const interval = `{${least || '0'}${comma}${most}}`;
  source.repeat(interval, `\\${interval}`);
  return at + all.length - 1;
}

/** The JavaScript source as it grows: knows what a repetition would repeat. */
class Source {
  #text = '';
  readonly #groups: number[] = [];
  /** Where the last atom begins; undefined where there is nothing to repeat. */
  #atom: number | undefined;
  #isRepeated = false;

  get isAtStart(): boolean {
    return this.#text === '' || this.#text.endsWith('|') || this.#text.endsWith('(');
  }

  atom(source: string): void {
    this.#atom = this.#text.length;
    this.#isRepeated = false;
    this.#text += source;
  }

  anchor(source: string): void {
    this.#atom = undefined;
    this.#text += source;
  }

  /** @param asText what the operator is where there is nothing to repeat */
  repeat(operator: string, asText: string): void {
    if (this.#atom === undefined) return this.atom(asText);
    // JavaScript does not repeat a repetition.
    if (this.#isRepeated) this.#text = `${this.#text.slice(0, this.#atom)}(?:${this.#text.slice(this.#atom)})`;
    this.#text += operator;
    this.#isRepeated = true;
  }

  open(): void {
    this.#groups.push(this.#text.length);
    this.anchor('(');
  }

  /** @returns whether there was something to close; else it is text */
  close(): boolean {
    const start = this.#groups.pop();
    if (start === undefined) {
      this.atom('\\)');
      return false;
    }
    this.#text += ')';
    this.#atom = start;
    this.#isRepeated = false;
    return true;
  }

  or(): void {
    this.anchor('|');
  }

  /** @throws SyntaxError */
  end(): string {
    if (this.#groups.length > 0) throw new SyntaxError('Unmatched ( or \\(');
    return this.#text;
  }
}

const literal = (c: string): string => (/[\^$.*+?()[\]{}|/\\]/.test(c) && c !== '.' ? `\\${c}` : c);

function isAtEnd(pattern: string, i: number): boolean {
  return i === pattern.length - 1 || pattern.startsWith('\\)', i + 1) || pattern.startsWith('\\|', i + 1);
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

/**
 * `[…]` at a position; a backslash is an ordinary character in it.
 * @throws SyntaxError
 */
function bracketAt(pattern: string, start: number): { readonly source: string; readonly end: number } {
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
    const to = pattern[i + 2];
    if (pattern[i + 1] === '-' && to !== undefined && to !== ']' && to !== '[' && c > to) throw new SyntaxError('Invalid range end');
    source += c === '-' ? (first || pattern[i + 1] === ']' ? '\\-' : '-') : c === '\\' || c === '[' || c === ']' || c === '^' ? `\\${c}` : c;
    i++;
  }
  throw new SyntaxError('Unmatched [, [^, [:, [., or [=');
}
