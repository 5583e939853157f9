/**
 * JSONPath templates to trees, with the reach and the limits of kubectl's own parser: names in brackets stand in single
 * quotes and are paths themselves, a filter compares once, and what a word means is not asked before it is evaluated.
 * See k8s.io/client-go/util/jsonpath/parser.go; errors are worded as there.
 */
export type Node =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'list'; readonly nodes: readonly Node[] }
  | { readonly type: 'field' | 'identifier'; readonly name: string }
  | { readonly type: 'wildcard' | 'recursive' }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | Slice
  | { readonly type: 'union'; readonly lists: readonly (readonly Node[])[] }
  | Filter;

/** `[start:end:step]`, each of which may be left out; of `[3]` the end follows from the start. */
export interface Slice {
  readonly type: 'slice';
  readonly start: number | undefined;
  readonly end: number | undefined;
  readonly step: number | undefined;
  readonly single: boolean;
}

export interface Filter {
  readonly type: 'filter';
  readonly left: readonly Node[];
  readonly operator: string;
  readonly right: readonly Node[];
}

/** A template that cannot be read, or a path that leads nowhere, in kubectl's words. */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError';
}

/** Text and `{…}` actions. @throws JsonPathError */
export function parseTemplate(template: string): readonly Node[] {
  const nodes: Node[] = [];
  const reader = new Reader(template);
  while (!reader.isAtEnd) {
    const text = reader.take(/[^{]*/y);
    if (text !== '') nodes.push({ type: 'text', text });
    if (reader.take(/\{/y) !== '') nodes.push({ type: 'list', nodes: parseAction(reader) });
  }
  return nodes;
}

/** Steps through a text by sticky expressions. */
class Reader {
  at = 0;

  constructor(readonly text: string) {}

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** What matches here, which may be nothing. */
  take(expression: RegExp): string {
    expression.lastIndex = this.at;
    const taken = expression.exec(this.text)?.[0] ?? '';
    this.at += taken.length;
    return taken;
  }
}

/** What follows a dot, up to what ends a name; backslashes take away the meaning of what they stand before. */
const NAME = /(?:\\[^]|[^\\\s.,[\]$@{}])*/y;

/** Up to and with the closing brace. */
function parseAction(reader: Reader): readonly Node[] {
  const nodes: Node[] = [];
  for (;;) {
    if (reader.take(/\}/y)) return nodes;
    if (reader.take(/\[\?\(/y)) nodes.push(parseFilter(reader));
    else if (reader.take(/\.\./y)) {
      if (nodes.at(-1)?.type === 'recursive') throw new JsonPathError('invalid multiple recursive descent');
      nodes.push({ type: 'recursive' });
      if (/[\p{L}\p{N}_]/u.test(reader.text[reader.at] ?? '')) nodes.push(fieldOf(reader.take(NAME)));
    } else if (reader.take(/[ @$]/y)) continue;
    else if (reader.take(/\[/y)) nodes.push(...parseBracket(reader));
    else if (reader.take(/\./y)) nodes.push(fieldOf(reader.take(NAME)));
    else nodes.push(parseValue(reader));
  }
}

function fieldOf(name: string): Node {
  return name === '*' ? { type: 'wildcard' } : { type: 'field', name: name.replaceAll('\\', '') };
}

/** A quoted text, a number, `true`, or a word. */
function parseValue(reader: Reader): Node {
  const char = String.fromCodePoint(reader.text.codePointAt(reader.at) ?? 0);
  if (reader.isAtEnd || char === '\n' || char === '\r') throw new JsonPathError('unclosed action');
  if (char === '"' || char === "'") {
    const quoted = reader.take(char === '"' ? /"(?:[^"\n]|(?<=\\)")*"/y : /'(?:[^'\n]|(?<=\\)')*'/y);
    if (quoted === '') throw new JsonPathError('unterminated quoted string');
    return { type: 'text', text: unquote(quoted) };
  }
  const number = reader.take(/[-+][\d.]*|\d[\d.]*/y);
  if (number !== '') {
    if (!/\d/.test(number) || Number.isNaN(Number(number))) throw new JsonPathError(`cannot parse number ${number}`);
    return { type: 'number', value: Number(number) };
  }
  if (!/[\p{L}\p{N}_]/u.test(char)) throw new JsonPathError(`unrecognized character in action: U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${char}'`);
  const name = reader.take(/[^\s.,[\]$@{}]+/y);
  return name === 'true' || name === 'false' ? { type: 'bool', value: name === 'true' } : { type: 'identifier', name };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', '\\': '\\', "'": "'", '"': '"' };

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2})|([0-7]{3})|(.))/g, (_, unicode?: string, hex?: string, octal?: string, char?: string) => {
    const meant = char === undefined ? String.fromCharCode(octal === undefined ? Number.parseInt((unicode ?? hex)!, 16) : Number.parseInt(octal, 8)) : ESCAPES[char];
    if (meant === undefined) throw new JsonPathError(`unquote string ${quoted} error invalid syntax`);
    return meant;
  });
}

/** Behind `[`: a union, a name in single quotes, a star, an index or a slice. */
function parseBracket(reader: Reader): readonly Node[] {
  const inner = reader.take(/[^\]\n]*\]/y).slice(0, -1);
  if (reader.text[reader.at - 1] !== ']') throw new JsonPathError('unterminated array');
  const parts = inner.split(',');
  if (parts.length > 1) return [{ type: 'union', lists: parts.map((part) => parseAction(new Reader(`[${part.trim()}]}`))) }];
  const name = /^'([^']*)'$/.exec(inner)?.[1];
  if (name !== undefined) return parseAction(new Reader(`.${name}}`));
  const bounds = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(inner === '*' ? ':' : inner);
  if (!bounds) throw new JsonPathError(`invalid array index ${inner}`);
  const [start, end, step] = bounds.slice(1).map((bound: string | undefined) => {
    const digits = (bound ?? '').replace(':', '');
    if (digits === '-') throw new JsonPathError(`array index ${digits} is not a number`);
    return digits === '' ? undefined : Number(digits);
  });
  return [{ type: 'slice', start, end, step, single: !bounds[2] }];
}

/** Behind `[?(`. */
function parseFilter(reader: Reader): Filter {
  const from = reader.at;
  // One pair of quotes, in which a bracket closes nothing.
  const body = reader.take(/[^"')\n]*(?:"(?:[^"\n]|(?<=\\)")*"[^)\n]*|'(?:[^'\n]|(?<=\\)')*'[^)\n]*)?\)/y).slice(0, -1);
  if (reader.at === from) throw new JsonPathError('unterminated filter');
  if (!reader.take(/\]/y)) throw new JsonPathError('unclosed array expect ]');
  const compared = /^([^!<>=]+)([!<>=]+)(.+?)$/s.exec(body);
  if (!compared) return { type: 'filter', left: parseAction(new Reader(`${body}}`)), operator: 'exists', right: [] };
  return { type: 'filter', left: parseAction(new Reader(`${compared[1]}}`)), operator: compared[2]!, right: parseAction(new Reader(`${compared[3]}}`)) };
}
