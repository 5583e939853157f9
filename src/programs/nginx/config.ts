/**
 * The language of nginx.conf: words, quoted words, `;`, blocks and `include`. Knows which directives exist and in what
 * they may stand, not what they do. See ngx_conf_file.c; its error messages are quoted.
 */
import type { FileSystem } from '../../machine/files.ts';

export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly block?: readonly Directive[];
  readonly file: string;
  readonly line: number;
}

/** A configuration that nginx would not start with; the message is what follows `nginx: [emerg] `. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Directives that we obey. */
const OBEYED = new Set([
  'http', 'events', 'server', 'listen', 'server_name', 'location', 'root', 'alias', 'index', 'return', 'proxy_pass', 'proxy_set_header', 'try_files',
  'error_page', 'add_header', 'default_type', 'types', 'access_log', 'error_log', 'log_format', 'autoindex', 'upstream', 'include', 'server_tokens', 'absolute_redirect',
]);

/**
 * Directives without an effect that anybody in the simulated network can see: processes, buffers, timeouts, kernel tuning.
 * Differs from Linux: timeouts and buffer sizes of nginx are not modelled.
 */
const WITHOUT_EFFECT = new Set([
  'user', 'pid', 'worker_processes', 'worker_connections', 'worker_rlimit_nofile', 'use', 'multi_accept', 'daemon', 'master_process', 'sendfile', 'tcp_nopush', 'tcp_nodelay',
  'keepalive_timeout', 'keepalive_requests', 'types_hash_max_size', 'server_names_hash_bucket_size', 'client_max_body_size', 'client_body_timeout', 'client_header_timeout',
  'send_timeout', 'gzip', 'gzip_types', 'gzip_vary', 'charset', 'proxy_http_version', 'proxy_buffering', 'proxy_read_timeout', 'proxy_connect_timeout', 'proxy_send_timeout',
  'proxy_redirect', 'resolver', 'proxy_cache_bypass', 'expires', 'log_not_found', 'client_body_buffer_size', 'port_in_redirect', 'zone', 'keepalive', 'least_conn',
]);

/** @throws ConfigError */
export function readConfig(files: FileSystem, path: string): readonly Directive[] {
  if (!files.exists(path)) throw new ConfigError(`open() "${path}" failed (2: No such file or directory)`);
  const tokens = tokenize(files.read(path), path);
  const parsed = parseBlock(tokens, { at: 0 }, path, false);
  return include(files, parsed, path.slice(0, path.lastIndexOf('/')));
}

/** Replace every `include` by what it names, and refuse what nginx does not know. */
function include(files: FileSystem, directives: readonly Directive[], base: string, within?: string): readonly Directive[] {
  return directives.flatMap((directive): readonly Directive[] => {
    if (directive.name !== 'include') {
      if (within !== 'types') checkKnown(directive);
      return directive.block ? [{ ...directive, block: include(files, directive.block, base, directive.name) }] : [directive];
    }
    const pattern = directive.args[0] ?? '';
    const path = pattern.startsWith('/') ? pattern : `${base}/${pattern}`;
    if (!path.includes('*') && !files.exists(path)) throw new ConfigError(`open() "${path}" failed (2: No such file or directory) in ${directive.file}:${directive.line}`);
    return glob(files, path).flatMap((file) => {
      const tokens = tokenize(files.read(file), file);
      return include(files, parseBlock(tokens, { at: 0 }, file, false), base, within);
    });
  });
}

function checkKnown(directive: Directive): void {
  if (OBEYED.has(directive.name) || WITHOUT_EFFECT.has(directive.name)) return;
  throw new ConfigError(`unknown directive "${directive.name}" in ${directive.file}:${directive.line}`);
}

interface Token {
  readonly text: string;
  readonly line: number;
  readonly quoted: boolean;
}

function tokenize(text: string, file: string): readonly Token[] {
  const tokens: Token[] = [];
  let line = 1;
  const pattern = /(#[^\n]*)|(\n)|([;{}])|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(["'])|((?:\\.|\$\{|[^\s;{}#"'])(?:\\.|\$\{[^}]*\}|[^\s;{}])*)/g;
  for (const match of text.matchAll(pattern)) {
    const [whole, comment, newline, mark, double, single, stray, word] = match;
    if (stray !== undefined) throw new ConfigError(`unexpected end of file, expecting ";" or "}" in ${file}:${line}`);
    if (comment === undefined && newline === undefined) {
      const quoted = double ?? single;
      tokens.push({ text: quoted === undefined ? (mark ?? word)! : quoted.replaceAll(/\\(["'\\])/g, '$1').replaceAll('\\n', '\n').replaceAll('\\t', '\t'), line, quoted: quoted !== undefined });
    }
    line += whole.split('\n').length - 1;
  }
  tokens.push({ text: '', line, quoted: false });
  return tokens;
}

function parseBlock(tokens: readonly Token[], cursor: { at: number }, file: string, nested: boolean): readonly Directive[] {
  const directives: Directive[] = [];
  for (;;) {
    const words: Token[] = [];
    let end = tokens[cursor.at++]!;
    while (end.quoted || (end.text !== ';' && end.text !== '{' && end.text !== '}' && end.text !== '')) {
      words.push(end);
      end = tokens[cursor.at++]!;
    }
    const [name, ...args] = words;
    if (end.text === '' || end.text === '}') {
      const closes = end.text === '}';
      if (name) throw new ConfigError(closes ? `unexpected "}" in ${file}:${end.line}` : `unexpected end of file, expecting ";" or "}" in ${file}:${end.line}`);
      if (closes && !nested) throw new ConfigError(`unexpected "}" in ${file}:${end.line}`);
      if (!closes && nested) throw new ConfigError(`unexpected end of file, expecting "}" in ${file}:${end.line}`);
      return directives;
    }
    if (!name) throw new ConfigError(`unexpected "${end.text}" in ${file}:${end.line}`);
    directives.push({
      name: name.text, args: args.map((word) => word.text), file, line: end.line,
      ...(end.text === '{' ? { block: parseBlock(tokens, cursor, file, true) } : {}),
    });
  }
}

function glob(files: FileSystem, path: string): readonly string[] {
  if (!path.includes('*')) return [path];
  const directory = path.slice(0, path.lastIndexOf('/'));
  const escaped = path.slice(directory.length + 1).replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  const pattern = new RegExp(`^(?!\\.)${escaped}$`);
  if (!files.exists(directory)) return [];
  return files.list(directory).filter((name) => pattern.test(name)).toSorted().map((name) => `${directory}/${name}`);
}
