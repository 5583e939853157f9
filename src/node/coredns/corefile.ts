/**
 * The Corefile: server blocks, each with keys (zone and port) and directives. Refuses what CoreDNS refuses, in its words:
 * `/etc/coredns/Corefile:3 - Error during parsing: Unknown directive 'foo'`. See coredns/caddy caddyfile/parse.go.
 */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly block: readonly (readonly string[])[];
  readonly line: number;
}

export interface ServerBlock {
  /** Zones without the final dot; the root is ''. */
  readonly keys: readonly { readonly zone: string; readonly port: number }[];
  readonly directives: readonly Directive[];
}

export class CorefileError extends Error {
  override readonly name = 'CorefileError';
}

interface Token {
  readonly text: string;
  readonly line: number;
}

/** @param file for messages. @throws CorefileError */
export function parseCorefile(text: string, file: string): readonly ServerBlock[] {
  const tokens = tokenize(text);
  const fail = (line: number, message: string): never => {
    throw new CorefileError(`${file}:${line} - Error during parsing: ${message}`);
  };
  const blocks: ServerBlock[] = [];
  let at = 0;
  const lastLine = () => tokens.at(-1)?.line ?? 1;

  const keysOf = () => {
    const keys: Token[] = [];
    while (tokens[at] && tokens[at]!.text !== '{') keys.push(tokens[at++]!);
    if (!tokens[at]) fail(lastLine(), 'Unexpected EOF');
    at++;
    return keys.flatMap((key) => key.text.split(',').filter((one) => one !== '')).map(parseKey);
  };
  const directive = (): Directive => {
    const head = tokens[at++]!;
    if (head.text === '{') fail(head.line, "Unexpected token '{', expecting directive");
    const args: string[] = [];
    while (tokens[at] && tokens[at]!.line === head.line && tokens[at]!.text !== '{' && tokens[at]!.text !== '}') args.push(tokens[at++]!.text);
    const block: string[][] = [];
    if (tokens[at]?.text === '{' && tokens[at]!.line === head.line) {
      at++;
      let depth = 1;
      for (let line = -1; depth > 0; at++) {
        const token = tokens[at];
        if (!token) return fail(lastLine(), `Unexpected EOF`);
        if (token.text === '{') depth++;
        if (token.text === '}' && --depth === 0) continue;
        if (token.line === line) block.at(-1)!.push(token.text);
        else block.push([token.text]);
        line = token.line;
      }
    }
    return { name: head.text, args, block, line: head.line };
  };

  while (at < tokens.length) {
    if (tokens[at]!.text === '}') fail(tokens[at]!.line, "Unexpected token '}', expecting server block key");
    const keys = keysOf();
    const directives: Directive[] = [];
    while (tokens[at]?.text !== '}') {
      if (!tokens[at]) fail(lastLine(), 'Unexpected EOF');
      directives.push(directive());
    }
    at++;
    blocks.push({ keys, directives });
  }
  return blocks;
}

function parseKey(text: string): { zone: string; port: number } {
  const bare = text.replace(/^dns:\/\//, '');
  const match = /^(.*?)(?::(\d+))?$/.exec(bare)!;
  return { zone: match[1]!.replace(/\.$/, '').toLowerCase(), port: Number(match[2] ?? 53) };
}

/** Words, quoted strings, braces; `#` at the start of a word begins a comment. */
function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  text.split('\n').forEach((content, index) => {
    const pattern = /"((?:[^"\\]|\\.)*)"|(#.*)|(\S+)/g;
    for (let match = pattern.exec(content); match; match = pattern.exec(content)) {
      if (match[2] !== undefined) return;
      tokens.push({ text: match[1] ?? match[3]!, line: index + 1 });
    }
  });
  return tokens;
}
