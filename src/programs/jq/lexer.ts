/** Words of a jq program. A string comes with its interpolated programs lexed already. See src/lexer.l of jq 1.6. */
import { CompileError } from './syntax.ts';

export type Token =
  | { readonly kind: 'field' | 'name' | 'variable' | 'format' | 'operator' | 'keyword'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly parts: readonly (string | readonly Token[])[] };

const KEYWORDS = new Set(['def', 'if', 'then', 'elif', 'else', 'end', 'and', 'or', 'as', 'reduce', 'foreach', 'try', 'catch', 'label', 'import', 'include', '__loc__']);
const OPERATORS = ['?//', '//=', '|=', '+=', '-=', '*=', '/=', '%=', '==', '!=', '<=', '>=', '//', '..', '.', '[', ']', '{', '}', '(', ')', '|', ',', ':', ';', '=', '<', '>', '+', '-', '*', '/', '%', '?', '$'];

/** @throws CompileError */
export function lex(text: string): readonly Token[] {
  return new Lexer(text).tokens();
}

/** As bison names it in `unexpected …`. */
export function tokenName(token: Token | undefined): string {
  if (token === undefined) return '$end';
  switch (token.kind) {
    case 'field':
      return 'FIELD';
    case 'name':
      return 'IDENT';
    case 'variable':
      return "'$'";
    case 'format':
      return 'FORMAT';
    case 'number':
      return 'LITERAL';
    case 'string':
      return 'QQSTRING_START';
    case 'keyword':
      return token.text;
    case 'operator':
      return NAMED[token.text] ?? (token.text.length === 1 ? `'${token.text}'` : token.text);
  }
}

const NAMED: Readonly<Record<string, string>> = { '!=': 'NEQ', '==': 'EQ', '//': 'DEFINEDOR', '|=': 'SETPIPE', '<=': 'LESSEQ', '>=': 'GREATEREQ', '..': 'REC' };

class Lexer {
  #at = 0;

  constructor(private readonly text: string) {}

  /** @param closing stop at this bracket when it is not open: the end of an interpolation */
  tokens(closing = false): Token[] {
    const tokens: Token[] = [];
    let depth = 0;
    for (;;) {
      this.#match(/(?:\s|#[^\n]*)+/y);
      if (this.#at >= this.text.length) return tokens;
      if (closing && depth === 0 && this.text[this.#at] === ')') return tokens;
      const token = this.#token();
      if (token.kind === 'operator' && token.text === '(') depth++;
      if (token.kind === 'operator' && token.text === ')') depth--;
      tokens.push(token);
    }
  }

  #token(): Token {
    if (this.text[this.#at] === '"') return this.#string();
    const number = this.#match(/(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y);
    if (number !== undefined) return { kind: 'number', value: Number(number) };
    const field = this.#match(/\.[a-zA-Z_]\w*/y);
    if (field !== undefined) return { kind: 'field', text: field.slice(1) };
    const variable = this.#match(/\$__loc__|\$[a-zA-Z_](?:\w|::)*/y);
    if (variable !== undefined) return { kind: 'variable', text: variable.slice(1) };
    const name = this.#match(/[a-zA-Z_](?:\w|::)*/y);
    if (name !== undefined) return { kind: KEYWORDS.has(name) ? 'keyword' : 'name', text: name };
    const format = this.#match(/@[a-zA-Z0-9_]+/y);
    if (format !== undefined) return { kind: 'format', text: format.slice(1) };
    const operator = OPERATORS.find((candidate) => this.text.startsWith(candidate, this.#at));
    if (operator === undefined) throw new CompileError('syntax error, unexpected INVALID_CHARACTER (Unix shell quoting issues?)');
    this.#at += operator.length;
    return { kind: 'operator', text: operator };
  }

  #string(): Token {
    const parts: (string | readonly Token[])[] = [];
    let text = '';
    for (this.#at++; this.text[this.#at] !== '"'; ) {
      const letter = this.text[this.#at];
      if (letter === undefined) throw new CompileError('syntax error, unexpected QQSTRING_START, expecting $end (Unix shell quoting issues?)');
      if (letter !== '\\') {
        text += letter;
        this.#at++;
      } else if (this.text[this.#at + 1] === '(') {
        this.#at += 2;
        parts.push(text, this.tokens(true));
        text = '';
        this.#at++;
      } else text += this.#escape();
    }
    this.#at++;
    return { kind: 'string', parts: [...parts, text] };
  }

  #escape(): string {
    const escape = this.#match(/\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])/y);
    if (escape === undefined) throw new CompileError('Invalid escape');
    return JSON.parse(`"${escape}"`) as string;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}
