/**
 * Shell patterns (`*`, `?`, `[…]`, and bash's `@(a|b)`): as regular expressions, and against the names in directories.
 * See "Pattern Matching Notation" in POSIX, section 2.13. A backslash makes the next character ordinary.
 */
import type { FileSystem } from '../machine/files.ts';

export interface PatternOptions {
  readonly extended?: boolean;
  readonly ignoreCase?: boolean;
}

const compiled = new Map<string, RegExp>();

/** A pattern that must match a whole text. */
export function patternToRegExp(pattern: string, options: PatternOptions = {}): RegExp {
  const key = `${options.extended ? 'x' : ''}${options.ignoreCase ? 'i' : ''}:${pattern}`;
  const known = compiled.get(key);
  if (known) return known;
  const made = new RegExp(`^(?:${patternSource(pattern, options)})$`, options.ignoreCase ? 'is' : 's');
  if (compiled.size > 500) compiled.clear();
  compiled.set(key, made);
  return made;
}

/** The inside of that regular expression, without anchors. @param lazy shortest instead of longest match */
export function patternSource(pattern: string, options: PatternOptions = {}, lazy = false): string {
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (options.extended && '?*+@!'.includes(c) && pattern[i + 1] === '(') {
      const end = closing(pattern, i + 1);
      if (end > 0) {
        const inside = alternatives(pattern.slice(i + 2, end)).map((part) => patternSource(part, options)).join('|');
        source += c === '!' ? `(?!(?:${inside})$).*` : `(?:${inside})${c === '@' ? '' : c}`;
        i = end;
        continue;
      }
    }
    if (c === '*') source += lazy ? '.*?' : '.*';
    else if (c === '?') source += '.';
    else if (c === '\\' && i + 1 < pattern.length) source += escape(pattern[++i]!);
    else if (c === '[') {
      const bracket = bracketSource(pattern, i);
      if (bracket) {
        source += bracket.source;
        i = bracket.end;
      } else source += '\\[';
    } else source += escape(c);
  }
  return source;
}

/** Does this text (with backslashes before what was quoted) contain anything that matches more than itself? */
export function isPattern(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '\\') i++;
    else if (c === '*' || c === '?' || (c === '[' && text.indexOf(']', i + 1) > 0)) return true;
    else if ('@+!'.includes(c) && text[i + 1] === '(') return true;
  }
  return false;
}

/** Every path that matches, sorted; empty when none does. @param cwd where relative patterns begin */
export function matchPaths(pattern: string, files: FileSystem, cwd: string, options: PatternOptions = {}): string[] {
  const parts = pattern.split('/');
  let found = [''];
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    if (part === '' && index === 0) {
      found = ['/'];
      continue;
    }
    if (part === '') {
      found = found.map((path) => `${path}/`.replace(/\/\/$/, '/')).filter((path) => isDirectory(files, at(cwd, path)));
      continue;
    }
    const next: string[] = [];
    for (const base of found) {
      const above = base === '' ? '' : base.endsWith('/') ? base : `${base}/`;
      if (!isPattern(part)) {
        const path = above + unescape(part);
        if (existsAtAll(files, at(cwd, path)) && (last || isDirectory(files, at(cwd, path)))) next.push(path);
        continue;
      }
      const regexp = patternToRegExp(part, options);
      for (const name of namesIn(files, at(cwd, above || '.'), part.startsWith('.') || part.startsWith('\\.'))) {
        if (!regexp.test(name)) continue;
        if (last || isDirectory(files, at(cwd, above + name))) next.push(above + name);
      }
    }
    found = next;
  }
  return found.sort((a, b) => (a < b ? -1 : 1));
}

/** Take the backslashes of quoting away. */
export function unescape(text: string): string {
  return text.includes('\\') ? text.replace(/\\(.)/gs, '$1') : text;
}

/** Put a backslash before everything that a pattern would take for more than itself. */
export function escapePattern(text: string): string {
  return /[\\*?[\]!@+()|]/.test(text) ? text.replace(/[\\*?[\]!@+()|]/g, '\\$&') : text;
}

const at = (cwd: string, path: string): string => (path.startsWith('/') ? path : `${cwd === '/' ? '' : cwd}/${path}`);

function isDirectory(files: FileSystem, path: string): boolean {
  return files.exists(path) && files.stat(path).type === 'directory';
}

function existsAtAll(files: FileSystem, path: string): boolean {
  try {
    files.lstat(path);
    return true;
  } catch {
    return false;
  }
}

function namesIn(files: FileSystem, directory: string, hidden: boolean): string[] {
  try {
    const names = files.list(directory);
    return hidden ? ['.', '..', ...names].filter((name) => name.startsWith('.')) : names.filter((name) => !name.startsWith('.'));
  } catch {
    return [];
  }
}

function escape(c: string): string {
  return /[\\^$.*+?()[\]{}|/-]/.test(c) ? `\\${c}` : c;
}

function closing(pattern: string, open: number): number {
  let depth = 0;
  for (let i = open; i < pattern.length; i++) {
    if (pattern[i] === '\\') i++;
    else if (pattern[i] === '(') depth++;
    else if (pattern[i] === ')' && --depth === 0) return i;
  }
  return -1;
}

function alternatives(inside: string): string[] {
  const parts: string[] = [''];
  let depth = 0;
  for (let i = 0; i < inside.length; i++) {
    const c = inside[i]!;
    if (c === '\\') parts[parts.length - 1] += c + (inside[++i] ?? '');
    else if (c === '|' && depth === 0) parts.push('');
    else {
      if (c === '(') depth++;
      if (c === ')') depth--;
      parts[parts.length - 1] += c;
    }
  }
  return parts;
}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z', digit: '0-9', alnum: 'a-zA-Z0-9', upper: 'A-Z', lower: 'a-z', space: '\\s', blank: ' \\t', punct: '!-\\/:-@\\[-`{-~', print: ' -~', graph: '!-~', cntrl: '\\x00-\\x1f\\x7f', xdigit: '0-9A-Fa-f',
};

/** `[a-z]`, `[!x]`, `[[:digit:]]` at a position; undefined when no bracket closes it. */
export function bracketSource(pattern: string, start: number, negations = '!^'): { readonly source: string; readonly end: number } | undefined {
  let i = start + 1;
  let source = '[';
  if (negations.includes(pattern[i] ?? ' ')) {
    source += '^';
    i++;
  }
  for (let first = true; i < pattern.length; first = false) {
    const c = pattern[i]!;
    if (c === ']' && !first) return { source: source === '[^' ? '[^]' : `${source}]`, end: i };
    const named = /^\[:(\w+):\]/.exec(pattern.slice(i, i + 12));
    if (named) {
      source += CLASSES[named[1]!] ?? '';
      i += named[0].length;
    } else if (c === '\\' && negations.length > 1 && i + 1 < pattern.length) {
      source += escape(pattern[i + 1]!);
      i += 2;
    } else {
      source += c === '-' ? '-' : escape(c);
      i++;
    }
  }
  return undefined;
}
