/** awk's text in tokens. The hard part is the slash, which divides or begins a regular expression. See POSIX, "awk", "Lexical Conventions". */
export interface Token {
  readonly type: 'number' | 'string' | 'regexp' | 'name' | 'call' | 'keyword' | 'operator' | 'newline' | 'end';
  readonly text: string;
}

const KEYWORDS = new Set(['BEGIN', 'END', 'function', 'func', 'if', 'else', 'while', 'for', 'do', 'break', 'continue', 'next', 'nextfile', 'exit', 'return', 'delete', 'in', 'getline', 'print', 'printf']);
const OPERATOR = /^(?:\*\*=|\*\*|\+\+|--|\+=|-=|\*=|\/=|%=|\^=|==|<=|>=|!=|&&|\|\||>>|[-+*/%^!<>|?:~$=,;(){}[\]])/;

export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const push = (type: Token['type'], text: string, length: number) => {
    tokens.push({ type, text });
    at += length;
  };
  while (at < source.length) {
    const rest = source.slice(at);
    const space = /^(?:[ \t\r]+|\\\n|#[^\n]*)/.exec(rest);
    if (space) {
      at += space[0].length;
      continue;
    }
    if (rest.startsWith('\n')) {
      push('newline', '\n', 1);
      continue;
    }
    const number = /^(?:0[xX][0-9a-fA-F]+|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)/.exec(rest);
    if (number) push('number', number[0], number[0].length);
    else if (rest.startsWith('"')) {
      const text = /^"((?:\\[\s\S]|[^"\\])*)"/.exec(rest);
      if (!text) throw new SyntaxError('unterminated string');
      push('string', unescape(text[1]!), text[0].length);
    } else if (rest.startsWith('/') && regexpMayStart(tokens.at(-1))) {
      const text = /^\/((?:\\.|\[(?:\\.|\[:\w+:\]|\^?\]?[^\]])*\]|[^/\\[\n])*)\//.exec(rest);
      if (!text) throw new SyntaxError('unterminated regexp');
      push('regexp', text[1]!, text[0].length);
    } else {
      const name = /^[A-Za-z_]\w*/.exec(rest)?.[0];
      if (name !== undefined) push(KEYWORDS.has(name) ? 'keyword' : rest[name.length] === '(' ? 'call' : 'name', name, name.length);
      else {
        const operator = OPERATOR.exec(rest)?.[0];
        if (operator === undefined) throw new SyntaxError(`unexpected character '${rest[0]}'`);
        push('operator', operator, operator.length);
      }
    }
  }
  tokens.push({ type: 'end', text: '' });
  return tokens;
}

function regexpMayStart(previous: Token | undefined): boolean {
  return !previous || previous.type === 'newline' || (previous.type === 'keyword' && previous.text !== 'getline') || (previous.type === 'operator' && !/^[)\]$]$|^\+\+$|^--$/.test(previous.text));
}

/** C's escapes in a string. */
export function unescape(text: string): string {
  return text.replace(/\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|\n|([\s\S]))/g, (_whole, octal?: string, hex?: string, c?: string) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (c === undefined) return '';
    return { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', '\\': '\\', '"': '"', '/': '/' }[c] ?? `\\${c}`;
  });
}
