/** JSONPath templates to trees. See k8s.io/client-go/util/jsonpath/parser.go; errors are worded as there. */

export type Node =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'list'; readonly nodes: readonly Node[] }
  | { readonly type: 'field' | 'identifier'; readonly name: string }
  | { readonly type: 'wildcard' | 'recursive' | 'root' | 'current' | 'range' | 'end' }
  | { readonly type: 'int' | 'float'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'slice'; readonly start?: number; readonly end?: number; readonly step?: number; readonly single: boolean }
  | { readonly type: 'union'; readonly lists: readonly (readonly Node[])[] }
  | { readonly type: 'filter'; readonly left: readonly Node[]; readonly operator: string; readonly right: readonly Node[] };

/** A template that cannot be read, or a path that leads nowhere, in kubectl's words. */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError';
}

/** Text and `{…}` actions. @throws JsonPathError */
export function parseTemplate(template: string): readonly Node[] {
  const nodes: Node[] = [];
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf('{', at);
    if (open < 0) {
      nodes.push({ type: 'text', text: template.slice(at) });
      break;
    }
    if (open > at) nodes.push({ type: 'text', text: template.slice(at, open) });
    const close = closing(template, open, '{', '}');
    if (close < 0) throw new JsonPathError(/\[[^\]]*$/.test(template.slice(open)) ? 'unterminated array' : 'unclosed action');
    nodes.push({ type: 'list', nodes: parseAction(template.slice(open + 1, close)) });
    at = close + 1;
  }
  return nodes;
}

/** The bracket that closes the one at `open`, quotes respected; -1 when none does. */
function closing(text: string, open: number, left: string, right: string): number {
  let depth = 0;
  let quote = '';
  for (let i = open; i < text.length; i++) {
    const char = text[i]!;
    if (quote) {
      if (char === '\\') i++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === left) depth++;
    else if (char === right && --depth === 0) return i;
  }
  return -1;
}

function parseAction(text: string): readonly Node[] {
  const nodes: Node[] = [];
  let rest = text;
  const take = (count: number) => {
    const taken = rest.slice(0, count);
    rest = rest.slice(count);
    return taken;
  };
  while (rest !== '') {
    const char = rest[0]!;
    if (char === ' ' || char === '\t') take(1);
    else if (char === '$') nodes.push((take(1), { type: 'root' }));
    else if (char === '@') nodes.push((take(1), { type: 'current' }));
    else if (char === '*') nodes.push((take(1), { type: 'wildcard' }));
    else if (char === '[') {
      const close = closing(rest, 0, '[', ']');
      if (close < 0) throw new JsonPathError('unterminated array');
      nodes.push(...parseBracket(take(close + 1).slice(1, -1)));
    } else if (char === '"' || char === "'") {
      const close = endOfQuote(rest);
      if (close < 0) throw new JsonPathError('unterminated quoted string');
      nodes.push({ type: 'text', text: unquote(take(close + 1)) });
    } else if (rest.startsWith('..')) nodes.push((take(2), { type: 'recursive' }), ...leadingField());
    else if (char === '.') {
      take(1);
      nodes.push(...leadingField());
    } else if (/[-+0-9]/.test(char)) {
      const number = take(/^[-+]?[0-9.]+/.exec(rest)?.[0].length ?? 1);
      if (Number.isNaN(Number(number))) throw new JsonPathError(`cannot parse number ${number}`);
      nodes.push({ type: number.includes('.') ? 'float' : 'int', value: Number(number) });
    } else if (/[\p{L}_]/u.test(char)) {
      const word = take(/^[\p{L}\p{N}_]+/u.exec(rest)![0].length);
      if (word === 'range' || word === 'end') nodes.push({ type: word });
      else if (word === 'true' || word === 'false') nodes.push({ type: 'bool', value: word === 'true' });
      // Refused when it is evaluated, and not before.
      else nodes.push({ type: 'identifier', name: word });
    } else throw new JsonPathError(`unrecognized character in action: U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${char}'`);
  }
  return nodes;

  /** What follows a dot: a name (with escaped dots), a star, or nothing. */
  function leadingField(): Node[] {
    if (rest === '' || rest[0] === '[' || rest[0] === ' ') return [];
    if (rest[0] === '*') return (take(1), [{ type: 'wildcard' }]);
    const match = /^(?:\\.|[^.[\]{}\s"'$@|,:()<>=!])+/.exec(rest);
    if (!match) return [];
    return [{ type: 'field', name: take(match[0].length).replace(/\\(.)/g, '$1') }];
  }
}

function endOfQuote(text: string): number {
  for (let i = 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === text[0]) return i;
  }
  return -1;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/g, (_, char: string) => ESCAPES[char] ?? char);
}

/** Inside `[…]`: a filter, a union, quoted names, a wildcard, an index or a slice. */
function parseBracket(inner: string): readonly Node[] {
  const text = inner.trim();
  if (text === '*') return [{ type: 'wildcard' }];
  if (text.startsWith('?(') && text.endsWith(')')) return [parseFilter(text.slice(2, -1))];
  const parts = splitTopLevel(text, ',');
  if (parts.length > 1) return [{ type: 'union', lists: parts.map((part) => parseBracket(part)) }];
  const quoted = /^(["'])(.*)\1$/s.exec(text);
  if (quoted) return [{ type: 'field', name: unquote(text) }];
  const numbers = /^(-?\d*)(?:(:)(-?\d*))?(?::(-?\d*))?$/.exec(text);
  if (text !== '' && numbers) {
    const number = (digits: string | undefined) => (digits ? Number(digits) : undefined);
    const [start, end, step] = [number(numbers[1]), number(numbers[3]), number(numbers[4])];
    return [{ type: 'slice', single: numbers[2] === undefined, ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }), ...(step === undefined ? {} : { step }) }];
  }
  if (/^[.@$]/.test(text)) return parseAction(text);
  throw new JsonPathError(`invalid array index ${text}`);
}

function splitTopLevel(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let quote = '';
  let depth = 0;
  let part = '';
  for (const char of text) {
    if (quote) {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char)) depth--;
    if (char === separator && !quote && depth === 0) {
      parts.push(part);
      part = '';
    } else part += char;
  }
  return [...parts, part];
}

function parseFilter(text: string): Node {
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (quote) {
      if (char === quote) quote = '';
      continue;
    }
    if (char === '"' || char === "'") quote = char;
    const operator = /^(==|!=|<=|>=|<|>)/.exec(text.slice(i))?.[0];
    if (operator) return { type: 'filter', left: parseAction(text.slice(0, i)), operator, right: parseAction(text.slice(i + operator.length)) };
  }
  return { type: 'filter', left: parseAction(text), operator: 'exists', right: [] };
}
