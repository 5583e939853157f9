/**
 * Go's text/template, as far as `-o go-template` needs it: text and actions become a tree. Named templates (`define`,
 * `template`, `block`) are refused by name. The words of refusals are those of text/template/parse. Longer than most files:
 * one grammar, read from its top to its bottom.
 */
export class GoTemplateError extends Error {
  override readonly name = 'GoTemplateError';
}

/** What a value is made of; `at` is where Go says that it stands, `text` how Go writes it. */
export type Operand =
  | { readonly type: 'dot' | 'nil' }
  | { readonly type: 'literal'; readonly value: string | number | bigint | boolean; readonly text: string }
  | { readonly type: 'field' | 'variable'; readonly name: string; readonly path: readonly string[]; readonly at: number }
  | { readonly type: 'function'; readonly name: string; readonly at: number }
  | { readonly type: 'pipe'; readonly pipe: Pipe; readonly path: readonly string[]; readonly at: number };

export interface Command {
  readonly operands: readonly Operand[];
  readonly at: number;
  readonly text: string;
}

export interface Pipe {
  readonly variables: readonly string[];
  /** `=` instead of `:=`. */
  readonly assigns: boolean;
  readonly commands: readonly Command[];
}

export type Node =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'action'; readonly pipe: Pipe }
  | Control
  | { readonly type: 'break' | 'continue' };

export interface Control {
  readonly type: 'if' | 'with' | 'range';
  readonly pipe: Pipe;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
}

interface End {
  readonly word: string;
  readonly tokens: readonly Token[];
  readonly line: number;
}

interface Action {
  readonly type: 'action';
  readonly tokens: readonly Token[];
  readonly line: number;
}

interface Token {
  readonly type: 'word' | 'field' | 'variable' | 'string' | 'number' | 'symbol';
  readonly text: string;
  readonly at: number;
  /** Whether a blank stands before it: `.a .b` is two operands, `.a.b` one. */
  readonly apart: boolean;
}

const TOKEN = /(?<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+')|(?<field>\.[A-Za-z_]\w*)|(?<variable>\$\w*)|(?<number>[-+]?(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d*)?(?:[eE][-+]?\d+)?))|(?<word>[A-Za-z_]\w*)|(?<symbol>:=|[=|(),.])|(?<blank>\s+)/y;

/** @throws GoTemplateError @param functions whose names are known */
export function parseGoTemplate(template: string, functions: ReadonlySet<string>): readonly Node[] {
  const pieces = piecesOf(template);
  let next = 0;
  /** Variables that are known where the parser stands. */
  const variables = ['$'];
  let ranges = 0;
  const fail = (line: number, message: string) => new GoTemplateError(`template: output:${line}: ${message}`);
  const { nodes, end } = list(0);
  if (end) throw fail(end.line, `unexpected {{${end.word}}}`);
  return nodes;

  /** Up to `end` or `else`. */
  function list(depth: number): { readonly nodes: readonly Node[]; readonly end?: End } {
    const nodes: Node[] = [];
    while (next < pieces.length) {
      const piece = pieces[next++]!;
      if (piece.type === 'text') {
        nodes.push(piece);
        continue;
      }
      const [first, ...rest] = piece.tokens;
      if (!first) continue;
      const word = first.type === 'word' ? first.text : '';
      if (word === 'end' || word === 'else') return { nodes, end: { word, tokens: rest, line: piece.line } };
      if (word === 'if' || word === 'with' || word === 'range') nodes.push(control(word, rest, piece.line, depth));
      else if (word === 'break' || word === 'continue') {
        if (ranges === 0) throw fail(piece.line, `{{${word}}} outside {{range}}`);
        nodes.push({ type: word });
      }
      else if (word === 'define' || word === 'template' || word === 'block') throw fail(piece.line, `{{${word}}} is not available in the kubectl that comes with cka`);
      else nodes.push({ type: 'action', pipe: new PipeParser(piece.tokens, piece.line, functions, variables).pipe('command') });
    }
    if (depth > 0) throw fail(template.split('\n').length, 'unexpected EOF');
    return { nodes };
  }

  function control(type: 'if' | 'with' | 'range', tokens: readonly Token[], line: number, depth: number): Node {
    const mark = variables.length;
    const pipe = new PipeParser(tokens, line, functions, variables).pipe(type);
    ranges += type === 'range' ? 1 : 0;
    const { nodes: body, end } = list(depth + 1);
    ranges -= type === 'range' ? 1 : 0;
    const node = ending(type, pipe, body, end, depth);
    variables.length = mark;
    return node;
  }

  function ending(type: 'if' | 'with' | 'range', pipe: Pipe, body: readonly Node[], end: End | undefined, depth: number): Node {
    if (end?.word !== 'else') return { type, pipe, body, otherwise: [] };
    const [chained, ...rest] = end.tokens;
    // `{{else if …}}` has no end of its own.
    if (chained && (chained.text === 'if' || chained.text === 'with')) return { type, pipe, body, otherwise: [control(chained.text, rest, end.line, depth)] };
    return { type, pipe, body, otherwise: list(depth + 1).nodes };
  }
}

/** Texts and actions, with blanks cut where `{{-` and `-}}` ask for it. */
function piecesOf(template: string): readonly (Action | { readonly type: 'text'; readonly text: string })[] {
  const pieces: (Action | { readonly type: 'text'; readonly text: string })[] = [];
  let trims = false;
  for (let at = 0; at < template.length; ) {
    const open = template.indexOf('{{', at);
    const raw = template.slice(at, open < 0 ? undefined : open);
    const cutsLeft = open >= 0 && /^\{\{-\s/.test(template.slice(open, open + 4));
    const started = trims ? raw.trimStart() : raw;
    const text = cutsLeft ? started.trimEnd() : started;
    if (text !== '') pieces.push({ type: 'text', text });
    if (open < 0) break;
    const line = template.slice(0, open).split('\n').length;
    const lineStart = template.lastIndexOf('\n', open) + 1;
    const begin = open + (cutsLeft ? 3 : 2);
    const { tokens, end, cutsRight } = tokensOf(template, begin, lineStart, line);
    pieces.push({ type: 'action', tokens, line });
    trims = cutsRight;
    at = end;
  }
  return pieces;
}

function tokensOf(template: string, begin: number, lineStart: number, line: number): { readonly tokens: readonly Token[]; readonly end: number; readonly cutsRight: boolean } {
  const comment = /\s*\/\*[^]*?\*\/\s*(-?)\}\}/y;
  comment.lastIndex = begin;
  const skipped = comment.exec(template);
  if (skipped) return { tokens: [], end: comment.lastIndex, cutsRight: skipped[1] === '-' };
  const tokens: Token[] = [];
  let apart = false;
  for (let at = begin; at < template.length; ) {
    const close = /^(?:\s-)?\}\}/.exec(template.slice(at, at + 4));
    if (close) return { tokens, end: at + close[0].length, cutsRight: close[0].includes('-') };
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(template)?.groups;
    const found = Object.entries(groups ?? {}).find(([, text]) => text !== undefined);
    if (!found) throw new GoTemplateError(`template: output:${line}: ${/["'`]/.test(template[at]!) ? 'unterminated quoted string' : `unexpected ${JSON.stringify(template[at])} in operand`}`);
    const [type, text] = found as [Token['type'] | 'blank', string];
    if (type !== 'blank') tokens.push({ type, text, at: at - lineStart, apart });
    apart = type === 'blank';
    at = TOKEN.lastIndex;
  }
  throw new GoTemplateError(`template: output:${line}: unclosed action`);
}

class PipeParser {
  #next = 0;

  constructor(private readonly tokens: readonly Token[], private readonly line: number, private readonly functions: ReadonlySet<string>, private readonly variables: string[]) {}

  pipe(context: string): Pipe {
    const pipe = this.#pipe();
    if (this.#peek()) throw this.#fail(`unexpected ${JSON.stringify(this.#peek()!.text)} in ${context}`);
    if (pipe.commands.length === 0) throw this.#fail(`missing value for ${context}`);
    return pipe;
  }

  #pipe(): Pipe {
    const names: string[] = [];
    let assigns = false;
    const start = this.#next;
    while (this.#peek()?.type === 'variable') {
      names.push(this.tokens[this.#next++]!.text);
      const mark = this.#peek()?.text;
      if (mark === ',') this.#next++;
      else if (mark === ':=' || mark === '=') {
        assigns = mark === '=';
        this.#next++;
        const commands = this.#commands();
        if (!assigns) this.variables.push(...names);
        return { variables: names, assigns, commands };
      } else break;
    }
    this.#next = start;
    return { variables: [], assigns, commands: this.#commands() };
  }

  #commands(): readonly Command[] {
    const commands: Command[] = [];
    for (;;) {
      const first = this.#peek();
      const begin = this.#next;
      const operands: Operand[] = [];
      while (this.#peek() && !['|', ')'].includes(this.#peek()!.text)) operands.push(this.#operand());
      if (operands.length > 0) commands.push({ operands, at: first!.at, text: this.tokens.slice(begin, this.#next).map((token, index) => (index > 0 && token.apart ? ` ${token.text}` : token.text)).join('') });
      if (this.#peek()?.text !== '|') return commands;
      this.#next++;
    }
  }

  #operand(): Operand {
    const token = this.tokens[this.#next++]!;
    switch (token.type) {
      case 'string':
        return { type: 'literal', value: textOf(token.text), text: token.text };
      case 'number':
        return { type: 'literal', value: /^[-+]?(?:\d+|0[xX].*)$/.test(token.text) ? BigInt(token.text.replace(/^\+/, '')) : Number(token.text), text: token.text };
      case 'field': {
        const at = this.#peek()?.type === 'field' && !this.#peek()!.apart ? this.#peek()!.at : token.at;
        return { type: 'field', name: '', path: [token.text.slice(1), ...this.#fields()], at };
      }
      case 'variable':
        if (!this.variables.includes(token.text)) throw this.#fail(`undefined variable ${JSON.stringify(token.text)}`);
        return { type: 'variable', name: token.text, path: this.#fields(), at: token.at };
      case 'word':
        if (token.text === 'true' || token.text === 'false') return { type: 'literal', value: token.text === 'true', text: token.text };
        if (token.text === 'nil') return { type: 'nil' };
        if (!this.functions.has(token.text)) throw this.#fail(`function ${JSON.stringify(token.text)} not defined`);
        return { type: 'function', name: token.text, at: token.at };
      case 'symbol':
        if (token.text === '.') return { type: 'dot' };
        if (token.text !== '(') throw this.#fail(`unexpected ${JSON.stringify(token.text)} in operand`);
        return this.#parenthesized(token.at);
    }
  }

  #parenthesized(at: number): Operand {
    const pipe = this.#pipe();
    if (this.tokens[this.#next++]?.text !== ')') throw this.#fail('unclosed left paren');
    return { type: 'pipe', pipe, path: this.#fields(), at };
  }

  #fields(): readonly string[] {
    const fields: string[] = [];
    while (this.#peek()?.type === 'field' && !this.#peek()!.apart) fields.push(this.tokens[this.#next++]!.text.slice(1));
    return fields;
  }

  #peek(): Token | undefined {
    return this.tokens[this.#next];
  }

  #fail(message: string): GoTemplateError {
    return new GoTemplateError(`template: output:${this.line}: ${message}`);
  }
}

function textOf(quoted: string): string | bigint {
  if (quoted.startsWith('`')) return quoted.slice(1, -1);
  // A character is its number.
  if (quoted.startsWith("'")) return BigInt((JSON.parse(`"${quoted.slice(1, -1).replace('"', '\\"')}"`) as string).codePointAt(0)!);
  return JSON.parse(quoted.replace(/\\x([0-9a-fA-F]{2})/g, '\\u00$1').replace(/\\a/g, '\\u0007').replace(/\\v/g, '\\u000b')) as string;
}
