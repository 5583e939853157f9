/**
 * Words of a jq program to its tree, by precedence climbing. Knows no values. See src/parser.y of jq 1.6; an `if` may go
 * without `else`, as since 1.7. Over 250 lines because a grammar
 * is one idea, rule by rule.
 */
import { lex, type Token, tokenName } from './lexer.ts';
import { type AssignOperator, type BinaryOperator, CompileError, type Definition, type Node, type Pattern } from './syntax.ts';

/** @throws CompileError */
export function parse(text: string): Node {
  return new Parser(lex(text)).program();
}

/** A library: definitions and nothing else. @throws CompileError */
export function parseDefinitions(text: string): readonly Definition[] {
  return new Parser(lex(text)).definitions();
}

/** Weakest first; what stands together binds alike. */
const LEVELS: readonly { readonly operators: readonly string[]; readonly side: 'left' | 'right' | 'none' }[] = [
  { operators: ['//'], side: 'right' },
  { operators: ['=', '|=', '+=', '-=', '*=', '/=', '%=', '//='], side: 'none' },
  { operators: ['or'], side: 'left' },
  { operators: ['and'], side: 'left' },
  { operators: ['==', '!=', '<', '<=', '>', '>='], side: 'none' },
  { operators: ['+', '-'], side: 'left' },
  { operators: ['*', '/', '%'], side: 'left' },
];
const IDENTITY: Node = { kind: 'identity' };
const RECURSE: Node = { kind: 'call', name: 'recurse', args: [] };

class Parser {
  #at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  program(): Node {
    if (this.tokens.length === 0) return IDENTITY;
    const definitions = this.definitions();
    const body = this.#peek() ? this.#pipe() : IDENTITY;
    if (this.#peek()) throw this.#unexpected(', expecting $end');
    return definitions.reduceRight<Node>((inner, definition) => ({ kind: 'define', definition, body: inner }), body);
  }

  definitions(): readonly Definition[] {
    const found: Definition[] = [];
    while (this.#is('def')) found.push(this.#definition());
    return found;
  }

  #pipe(): Node {
    if (this.#is('def')) {
      const definition = this.#definition();
      return { kind: 'define', definition, body: this.#pipe() };
    }
    if (this.#take('label')) {
      const name = this.#variable();
      this.#expect('|');
      return { kind: 'label', name, body: this.#pipe() };
    }
    const left = this.#comma();
    return this.#take('|') ? { kind: 'pipe', left, right: this.#pipe() } : left;
  }

  #comma(): Node {
    let left = this.#level(0);
    while (this.#take(',')) left = { kind: 'comma', left, right: this.#level(0) };
    return left;
  }

  #level(level: number): Node {
    const rank = LEVELS[level];
    if (!rank) return this.#unary();
    let left = this.#level(level + 1);
    for (;;) {
      const operator = rank.operators.find((candidate) => this.#is(candidate));
      if (operator === undefined) return left;
      this.#at++;
      left = operation(operator, left, this.#level(rank.side === 'right' ? level : level + 1));
      if (rank.side === 'none' && rank.operators.some((candidate) => this.#is(candidate))) throw this.#unexpected();
      if (rank.side !== 'left') return left;
    }
  }

  #unary(): Node {
    if (this.#take('-')) return { kind: 'negate', body: this.#unary() };
    if (this.#take('reduce')) return this.#reduce();
    if (this.#take('foreach')) return this.#foreach();
    if (this.#take('if')) return this.#postfix(this.#if());
    if (this.#take('try')) {
      const body = this.#tryBody();
      return { kind: 'try', body, handler: this.#take('catch') ? this.#tryBody() : undefined };
    }
    return this.#binding(this.#postfix(this.#term()));
  }

  /** What `try` and `catch` take: a term with what follows it, no operators. */
  #tryBody(): Node {
    return this.#is('reduce') || this.#is('foreach') || this.#is('if') || this.#is('try') ? this.#unary() : this.#postfix(this.#term());
  }

  /** `term as patterns | body` */
  #binding(source: Node): Node {
    if (!this.#take('as')) return source;
    const patterns = [this.#pattern()];
    while (this.#take('?//')) patterns.push(this.#pattern());
    this.#expect('|');
    return { kind: 'bind', source, patterns, body: this.#pipe() };
  }

  #postfix(term: Node): Node {
    let node = term;
    for (;;) {
      const token = this.#peek();
      if (token?.kind === 'field') {
        this.#at++;
        node = { kind: 'index', of: node, key: literal(token.text) };
      } else if (this.#is('.') && this.#peek(1)?.kind === 'string') {
        this.#at++;
        node = { kind: 'index', of: node, key: this.#string('text') };
      } else if (this.#is('.') && isOperator(this.#peek(1), '[')) {
        this.#at++;
      } else if (this.#take('?')) node = { kind: 'try', body: node };
      else if (this.#take('[')) node = this.#bracket(node);
      else return node;
    }
  }

  /** After `[`: `]`, `key]`, `from:]`, `:to]` or `from:to]`. */
  #bracket(of: Node): Node {
    if (this.#take(']')) return { kind: 'iterate', of };
    if (this.#take(':')) {
      const to = this.#pipe();
      this.#expect(']');
      return { kind: 'slice', of, to };
    }
    const key = this.#pipe();
    if (!this.#take(':')) {
      this.#expect(']');
      return { kind: 'index', of, key };
    }
    const to = this.#is(']') ? undefined : this.#pipe();
    this.#expect(']');
    return { kind: 'slice', of, from: key, to };
  }

  #term(): Node {
    const token = this.#peek();
    switch (token?.kind) {
      case 'number':
        this.#at++;
        return literal(token.value);
      case 'string':
        return this.#string('text');
      case 'format':
        this.#at++;
        return this.#peek()?.kind === 'string' ? this.#string(token.text) : { kind: 'format', name: token.text };
      case 'field':
        this.#at++;
        return { kind: 'index', of: IDENTITY, key: literal(token.text) };
      case 'variable':
        this.#at++;
        return token.text === '__loc__' ? literal(new Map<string, string | number>([['file', '<top-level>'], ['line', 1]])) : { kind: 'variable', name: token.text };
      case 'name':
        return this.#call();
      default:
        return this.#bracketed();
    }
  }

  #bracketed(): Node {
    if (this.#take('..')) return RECURSE;
    if (this.#take('.')) return this.#peek()?.kind === 'string' ? { kind: 'index', of: IDENTITY, key: this.#string('text') } : IDENTITY;
    if (this.#take('(')) return this.#until(')');
    if (this.#take('[')) {
      if (this.#take(']')) return { kind: 'array' };
      return { kind: 'array', body: this.#until(']') };
    }
    if (this.#take('{')) return this.#object();
    throw this.#unexpected();
  }

  #until(closing: string): Node {
    const body = this.#pipe();
    this.#expect(closing);
    return body;
  }

  #call(): Node {
    const name = this.#name();
    if (name === 'break') return { kind: 'break', name: this.#variable() };
    const args: Node[] = [];
    if (this.#take('(')) {
      do args.push(this.#pipe());
      while (this.#take(';'));
      this.#expect(')');
    }
    return { kind: 'call', name, args };
  }

  #if(): Node {
    const condition = this.#pipe();
    this.#expect('then');
    const then = this.#pipe();
    let otherwise: Node = IDENTITY;
    if (this.#take('elif')) return { kind: 'if', condition, then, otherwise: this.#if() };
    if (this.#take('else')) otherwise = this.#pipe();
    this.#expect('end');
    return { kind: 'if', condition, then, otherwise };
  }

  #reduce(): Node {
    const { source, pattern, parts: [start, update] } = this.#fold(2);
    return { kind: 'reduce', source, pattern, start: start!, update: update! };
  }

  #foreach(): Node {
    const { source, pattern, parts: [start, update, extract] } = this.#fold(3);
    return { kind: 'foreach', source, pattern, start: start!, update: update!, extract };
  }

  /** `source as pattern (start; update…)` */
  #fold(most: number): { readonly source: Node; readonly pattern: Pattern; readonly parts: readonly Node[] } {
    const source = this.#postfix(this.#term());
    this.#expect('as');
    const pattern = this.#pattern();
    this.#expect('(');
    const parts = [this.#pipe()];
    while (parts.length < most && this.#take(';')) parts.push(this.#pipe());
    if (parts.length < 2) throw this.#unexpected();
    this.#expect(')');
    return { source, pattern, parts };
  }

  #object(): Node {
    const entries: (readonly [Node, Node])[] = [];
    while (!this.#take('}')) {
      if (entries.length > 0) this.#expect(',');
      entries.push(this.#entry());
    }
    return { kind: 'object', entries };
  }

  #entry(): readonly [Node, Node] {
    const token = this.#peek();
    const after = this.#peek(1);
    if (token?.kind === 'variable' && !isOperator(after, ':')) {
      const value = this.#term();
      return [literal(token.text), value];
    }
    const key = this.#key(token);
    if (this.#take(':')) return [key, this.#value()];
    if (isOperator(token, '(') || token?.kind === 'number') throw this.#unexpected();
    return [key, { kind: 'index', of: IDENTITY, key }];
  }

  #key(token: Token | undefined): Node {
    if (token?.kind === 'name' || token?.kind === 'keyword') {
      this.#at++;
      return literal(token.text);
    }
    if (token?.kind === 'number' || token?.kind === 'string' || token?.kind === 'format' || token?.kind === 'variable') return this.#term();
    if (this.#take('(')) return this.#until(')');
    throw this.#unexpected();
  }

  /** Values of objects know `|` and no comma. */
  #value(): Node {
    const left = this.#level(0);
    return this.#take('|') ? { kind: 'pipe', left, right: this.#value() } : left;
  }

  #pattern(): Pattern {
    if (this.#take('[')) {
      const items = [this.#pattern()];
      while (this.#take(',')) items.push(this.#pattern());
      this.#expect(']');
      return { kind: 'array', items };
    }
    if (!this.#take('{')) return { kind: 'variable', name: this.#variable() };
    const entries = [this.#patternEntry()];
    while (this.#take(',')) entries.push(this.#patternEntry());
    this.#expect('}');
    return { kind: 'object', entries };
  }

  #patternEntry(): { readonly key: Node; readonly variable?: string | undefined; readonly pattern?: Pattern | undefined } {
    const token = this.#peek();
    const variable = token?.kind === 'variable' ? token.text : undefined;
    if (variable !== undefined) this.#at++;
    const key = variable === undefined ? this.#key(token) : literal(variable);
    const pattern = variable === undefined || this.#is(':') ? (this.#expect(':'), this.#pattern()) : undefined;
    return { key, variable, pattern };
  }

  #definition(): Definition {
    this.#expect('def');
    const name = this.#name();
    const params: string[] = [];
    if (this.#take('(')) {
      do params.push(this.#peek()?.kind === 'variable' ? `$${this.#variable()}` : this.#name());
      while (this.#take(';'));
      this.#expect(')');
    }
    this.#expect(':');
    const body = this.#pipe();
    this.#expect(';');
    return { name, params, body };
  }

  #string(format: string): Node {
    const token = this.tokens[this.#at++] as Token & { readonly kind: 'string' };
    if (token.parts.length === 1) return literal(token.parts[0] as string);
    return { kind: 'string', format, parts: token.parts.map((part) => (typeof part === 'string' ? part : new Parser(part).program())) };
  }

  #name(): string {
    const token = this.#peek();
    if (token?.kind !== 'name') throw this.#unexpected();
    this.#at++;
    return token.text;
  }

  #variable(): string {
    const token = this.#peek();
    if (token?.kind !== 'variable') throw this.#unexpected(", expecting '$'");
    this.#at++;
    return token.text;
  }

  #peek(ahead = 0): Token | undefined {
    return this.tokens[this.#at + ahead];
  }

  #is(text: string): boolean {
    const token = this.#peek();
    return (token?.kind === 'operator' || token?.kind === 'keyword') && token.text === text;
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#unexpected();
  }

  #unexpected(expecting = ''): CompileError {
    return new CompileError(`syntax error, unexpected ${tokenName(this.#peek())}${expecting} (Unix shell quoting issues?)`);
  }
}

const literal = (value: (Node & { kind: 'literal' })['value']): Node => ({ kind: 'literal', value });
const isOperator = (token: Token | undefined, text: string): boolean => token?.kind === 'operator' && token.text === text;

function operation(operator: string, left: Node, right: Node): Node {
  if (operator === '//') return { kind: 'alternative', left, right };
  if (operator === 'and' || operator === 'or') return { kind: operator, left, right };
  if (operator !== '==' && operator !== '!=' && operator !== '<=' && operator !== '>=' && operator.endsWith('=')) return { kind: 'assign', operator: operator as AssignOperator, left, right };
  return { kind: 'binary', operator: operator as BinaryOperator, left, right };
}
