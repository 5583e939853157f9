/** awk's language, parsed. See POSIX, "awk", "Grammar". Over 250 lines because a grammar is one thing. */
import { type Token, tokenize } from './awk-lexer.ts';
import type { AwkProgram, Expression, Rule, Statement } from './awk-syntax.ts';

/** @throws SyntaxError */
export function parseAwk(source: string): AwkProgram {
  return new AwkParser(tokenize(source)).program();
}

class AwkParser {
  #at = 0;
  /** Inside `print … > file`, a bare `>` is a redirection; inside `for (x in …)`, `in` belongs to the loop. */
  #noGreater = false;
  #noIn = false;

  constructor(private readonly tokens: readonly Token[]) {}

  program(): AwkProgram {
    const rules: Rule[] = [];
    const functions = new Map<string, { parameters: readonly string[]; body: Statement }>();
    for (this.#newlines(true); this.#peek.type !== 'end'; this.#newlines(true)) {
      if (this.#is('function') || this.#is('func')) {
        this.#at++;
        const name = this.#next().text;
        this.#expect('(');
        const parameters: string[] = [];
        while (!this.#is(')')) {
          parameters.push(this.#next().text);
          if (this.#take(',')) this.#newlines();
        }
        this.#expect(')');
        this.#newlines();
        functions.set(name, { parameters, body: this.#block() });
        continue;
      }
      let pattern: Rule['pattern'];
      if (this.#take('BEGIN')) pattern = 'BEGIN';
      else if (this.#take('END')) pattern = 'END';
      else if (!this.#is('{')) {
        const first = this.#expression();
        if (this.#take(',')) {
          this.#newlines();
          pattern = [first, this.#expression()];
        } else pattern = first;
      }
      rules.push({ pattern, action: this.#is('{') ? this.#block() : undefined });
    }
    return { rules, functions };
  }

  get #peek(): Token {
    return this.tokens[this.#at]!;
  }

  #next(): Token {
    return this.tokens[this.#at++]!;
  }

  #is(text: string): boolean {
    return this.#peek.text === text && (this.#peek.type === 'operator' || this.#peek.type === 'keyword');
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw new SyntaxError(`syntax error near ${this.#peek.type === 'end' ? 'end of file' : this.#peek.text === '\n' ? 'newline' : this.#peek.text}`);
  }

  #newlines(semicolons = false): void {
    while (this.#peek.type === 'newline' || (semicolons && this.#is(';'))) this.#at++;
  }

  #block(): Statement {
    this.#expect('{');
    const body: Statement[] = [];
    for (this.#newlines(true); !this.#is('}'); this.#newlines(true)) body.push(this.#statement());
    this.#expect('}');
    return { kind: 'block', body };
  }

  #end(): void {
    if (this.#peek.type === 'newline' || this.#is(';')) this.#at++;
    else if (!this.#is('}') && this.#peek.type !== 'end') this.#expect(';');
  }

  #body(): Statement {
    this.#newlines();
    if (this.#take(';')) return { kind: 'block', body: [] };
    return this.#statement();
  }

  #statement(): Statement {
    if (this.#is('{')) return this.#block();
    if (this.#take('if')) {
      this.#expect('(');
      const test = this.#expression();
      this.#expect(')');
      const yes = this.#body();
      const mark = this.#at;
      this.#newlines(true);
      if (this.#take('else')) return { kind: 'if', test, yes, no: this.#body() };
      this.#at = mark;
      return { kind: 'if', test, yes, no: undefined };
    }
    if (this.#take('while')) {
      this.#expect('(');
      const test = this.#expression();
      this.#expect(')');
      return { kind: 'while', test, body: this.#body(), first: true };
    }
    if (this.#take('do')) {
      const body = this.#body();
      this.#newlines(true);
      this.#expect('while');
      this.#expect('(');
      const test = this.#expression();
      this.#expect(')');
      this.#end();
      return { kind: 'while', test, body, first: false };
    }
    if (this.#take('for')) return this.#for();
    const simple = this.#simple();
    this.#end();
    return simple;
  }

  #for(): Statement {
    this.#expect('(');
    const [name, word, array] = this.tokens.slice(this.#at, this.#at + 3);
    if (name?.type === 'name' && word?.text === 'in' && array?.type === 'name' && this.tokens[this.#at + 3]?.text === ')') {
      this.#at += 4;
      return { kind: 'forIn', variable: name.text, array: array.text, body: this.#body() };
    }
    const start = this.#is(';') ? undefined : this.#simple();
    this.#expect(';');
    this.#newlines();
    const test = this.#is(';') ? undefined : this.#expression();
    this.#expect(';');
    this.#newlines();
    const step = this.#is(')') ? undefined : this.#simple();
    this.#expect(')');
    return { kind: 'for', start, test, step, body: this.#body() };
  }

  #simple(): Statement {
    for (const kind of ['next', 'nextfile', 'break', 'continue'] as const) if (this.#take(kind)) return { kind };
    for (const kind of ['exit', 'return'] as const) if (this.#take(kind)) return { kind, value: this.#atEnd ? undefined : this.#expression() };
    if (this.#take('delete')) {
      const name = this.#next().text;
      if (!this.#take('[')) return { kind: 'delete', name, keys: undefined };
      const keys = this.#list(']');
      this.#expect(']');
      return { kind: 'delete', name, keys };
    }
    for (const kind of ['print', 'printf'] as const) if (this.#take(kind)) return this.#print(kind);
    return { kind: 'expression', value: this.#expression() };
  }

  get #atEnd(): boolean {
    return this.#peek.type === 'newline' || this.#peek.type === 'end' || this.#is(';') || this.#is('}');
  }

  #print(kind: 'print' | 'printf'): Statement {
    const before = this.#noGreater;
    this.#noGreater = true;
    const args: Expression[] = [];
    while (!this.#atEnd && !this.#is('>') && !this.#is('>>') && !this.#is('|')) {
      args.push(this.#expression());
      if (!this.#take(',')) break;
      this.#newlines();
    }
    this.#noGreater = before;
    const only = args.length === 1 ? args[0]! : undefined;
    const flat = only?.kind === 'group' ? only.parts : args;
    for (const operator of ['>>', '>', '|']) if (this.#take(operator)) return { kind, args: flat, redirect: { operator, target: this.#concatenation(false) } };
    return { kind, args: flat };
  }

  #list(close: string): Expression[] {
    const items: Expression[] = [];
    this.#newlines();
    while (!this.#is(close)) {
      items.push(this.#expression());
      this.#newlines();
      if (!this.#take(',')) break;
      this.#newlines();
    }
    return items;
  }

  #expression(): Expression {
    const left = this.#ternary();
    const { text, type } = this.#peek;
    if (type === 'operator' && /^(?:[-+*/%^]|\*\*)?=$/.test(text) && ['variable', 'field', 'element'].includes(left.kind)) {
      this.#at++;
      this.#newlines();
      return { kind: 'assign', operator: text.slice(0, -1), target: left, value: this.#expression() };
    }
    return left;
  }

  #ternary(): Expression {
    const test = this.#or();
    if (!this.#take('?')) return test;
    this.#newlines();
    const yes = this.#expression();
    this.#newlines();
    this.#expect(':');
    this.#newlines();
    return { kind: 'ternary', test, yes, no: this.#expression() };
  }

  #or(): Expression {
    let left = this.#and();
    while (this.#take('||')) {
      this.#newlines();
      left = { kind: 'binary', operator: '||', left, right: this.#and() };
    }
    return left;
  }

  #and(): Expression {
    let left = this.#in();
    while (this.#take('&&')) {
      this.#newlines();
      left = { kind: 'binary', operator: '&&', left, right: this.#in() };
    }
    return left;
  }

  #in(): Expression {
    let left = this.#match();
    while (!this.#noIn && this.#take('in')) left = { kind: 'in', name: this.#next().text, keys: left.kind === 'group' ? left.parts : [left] };
    return left;
  }

  #match(): Expression {
    let left = this.#comparison();
    while (this.#is('~') || (this.#is('!') && this.tokens[this.#at + 1]?.text === '~')) {
      const negated = this.#take('!');
      this.#expect('~');
      left = { kind: 'binary', operator: negated ? '!~' : '~', left, right: this.#comparison() };
    }
    return left;
  }

  #comparison(): Expression {
    const left = this.#concatenation(false);
    const { text, type } = this.#peek;
    if (type === 'operator' && (/^(?:<|<=|==|!=|>=)$/.test(text) || (text === '>' && !this.#noGreater))) {
      this.#at++;
      return { kind: 'binary', operator: text, left, right: this.#concatenation(false) };
    }
    if (this.#is('|') && this.tokens[this.#at + 1]?.text === 'getline') {
      this.#at += 2;
      return { kind: 'getline', command: left, target: this.#lvalue() };
    }
    return left;
  }

  #concatenation(single: boolean): Expression {
    let left = this.#additive();
    while (!single && this.#startsOperand) left = { kind: 'binary', operator: ' ', left, right: this.#additive() };
    return left;
  }

  get #startsOperand(): boolean {
    const { type, text } = this.#peek;
    if (type === 'number' || type === 'string' || type === 'regexp' || type === 'name' || type === 'call') return true;
    if (type === 'operator') return text === '(' || text === '$' || text === '-' || text === '+' || text === '++' || text === '--' || (text === '!' && this.tokens[this.#at + 1]?.text !== '~');
    return false;
  }

  #additive(): Expression {
    let left = this.#term();
    for (let operator = this.#peek.text; this.#peek.type === 'operator' && (operator === '+' || operator === '-'); operator = this.#peek.text) {
      this.#at++;
      left = { kind: 'binary', operator, left, right: this.#term() };
    }
    return left;
  }

  #term(): Expression {
    let left = this.#unary();
    for (let operator = this.#peek.text; this.#peek.type === 'operator' && /^[*/%]$/.test(operator); operator = this.#peek.text) {
      this.#at++;
      left = { kind: 'binary', operator, left, right: this.#unary() };
    }
    return left;
  }

  #unary(): Expression {
    for (const operator of ['!', '-', '+']) if (this.#take(operator)) return { kind: 'unary', operator, operand: this.#unary() };
    return this.#power();
  }

  #power(): Expression {
    const left = this.#postfix();
    if (!this.#take('^') && !this.#take('**')) return left;
    return { kind: 'binary', operator: '^', left, right: this.#is('-') ? this.#unary() : this.#power() };
  }

  #postfix(): Expression {
    for (const [text, by] of [['++', 1], ['--', -1]] as const) if (this.#take(text)) return { kind: 'step', by, prefix: true, target: this.#postfix() };
    const target = this.#primary();
    if (!['variable', 'field', 'element'].includes(target.kind)) return target;
    for (const [text, by] of [['++', 1], ['--', -1]] as const) if (this.#take(text)) return { kind: 'step', by, prefix: false, target };
    return target;
  }

  #lvalue(): Expression | undefined {
    return this.#is('$') || this.#peek.type === 'name' ? this.#primary() : undefined;
  }

  #primary(): Expression {
    const token = this.#next();
    switch (token.type) {
      case 'number': return { kind: 'number', value: Number(token.text) };
      case 'string': return { kind: 'string', value: token.text };
      case 'regexp': return { kind: 'regexp', source: token.text };
      case 'name':
        if (!this.#take('[')) return token.text === 'length' ? { kind: 'call', name: 'length', args: [] } : { kind: 'variable', name: token.text };
        else {
          const keys = this.#list(']');
          this.#expect(']');
          return { kind: 'element', name: token.text, keys };
        }
      case 'call': {
        this.#expect('(');
        const before = this.#noGreater;
        this.#noGreater = false;
        const args = this.#list(')');
        this.#noGreater = before;
        this.#expect(')');
        return { kind: 'call', name: token.text, args };
      }
      default:
    }
    if (token.text === '$') return { kind: 'field', index: this.#is('++') || this.#is('--') ? this.#postfix() : this.#is('-') ? this.#unary() : this.#primary() };
    if (token.text === '(') {
      const before = [this.#noGreater, this.#noIn] as const;
      [this.#noGreater, this.#noIn] = [false, false];
      const parts = this.#list(')');
      [this.#noGreater, this.#noIn] = before;
      this.#expect(')');
      return { kind: 'group', parts };
    }
    if (token.text === 'getline') {
      const target = this.#lvalue();
      return this.#take('<') ? { kind: 'getline', target, file: this.#concatenation(true) } : { kind: 'getline', target };
    }
    this.#at--;
    throw new SyntaxError(`syntax error near ${token.type === 'end' ? 'end of file' : token.text === '\n' ? 'newline' : token.text}`);
  }
}
