/** sed's command language, parsed. See POSIX, "sed". */
import { posixToRegExp } from '../../base/posix-regex.ts';

export type Address = { readonly kind: 'line'; readonly line: number } | { readonly kind: 'last' } | { readonly kind: 'pattern'; readonly regexp: RegExp | undefined } | { readonly kind: 'step'; readonly first: number; readonly step: number } | { readonly kind: 'offset'; readonly count: number };

export interface SedCommand {
  readonly from: Address | undefined;
  readonly to: Address | undefined;
  readonly negated: boolean;
  readonly name: string;
  /** The text of a, i, c; the label of b, t; the file of r, w; the source of y. */
  readonly text: string;
  readonly substitution?: Substitution;
  readonly block?: readonly SedCommand[];
}

export interface Substitution {
  readonly regexp: RegExp | undefined;
  readonly replacement: string;
  readonly global: boolean;
  readonly nth: number;
  readonly print: boolean;
  readonly file: string | undefined;
}

/** A script that sed does not understand; the message is busybox's and GNU's common part. */
export class SedError extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

export function parseSed(source: string, extended: boolean): readonly SedCommand[] {
  return new SedParser(source, extended).commands(false);
}

class SedParser {
  #at = 0;

  constructor(
    private readonly source: string,
    private readonly extended: boolean,
  ) {}

  commands(inBlock: boolean): SedCommand[] {
    const found: SedCommand[] = [];
    for (;;) {
      this.#skip(/[\s;]*/y);
      if (this.#at >= this.source.length) {
        if (inBlock) throw new SedError("unmatched `{'", 0);
        return found;
      }
      if (this.source[this.#at] === '#') {
        this.#skip(/[^\n]*/y);
        continue;
      }
      if (this.source[this.#at] === '}') {
        if (!inBlock) throw new SedError("unexpected `}'", this.#at + 1);
        this.#at++;
        return found;
      }
      found.push(this.#command());
    }
  }

  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const text = pattern.exec(this.source)?.[0] ?? '';
    this.#at += text.length;
    return text;
  }

  #command(): SedCommand {
    const from = this.#address();
    let to: Address | undefined;
    if (from && this.source[this.#at] === ',') {
      this.#at++;
      this.#skip(/[ \t]*/y);
      to = this.#address();
      if (!to) throw new SedError("unexpected `,'", this.#at);
    }
    this.#skip(/[ \t]*/y);
    const negated = this.source[this.#at] === '!';
    if (negated) this.#at++;
    this.#skip(/[ \t]*/y);
    const name = this.source[this.#at++];
    const base = { from, to, negated, name: name ?? '', text: '' };
    switch (name) {
      case undefined:
        throw new SedError('missing command', this.#at - 1);
      case '{':
        return { ...base, block: this.commands(true) };
      case 's':
        return { ...base, substitution: this.#substitution() };
      case 'y': {
        const mark = this.source[this.#at++]!;
        return { ...base, text: `${this.#until(mark)}\0${this.#until(mark)}` };
      }
      case 'a': case 'i': case 'c':
        return { ...base, text: this.#text() };
      case 'b': case 't': case 'T': case ':':
        return { ...base, text: this.#skip(/[^\n;}]*/y).trim() };
      case 'r': case 'w':
        return { ...base, text: this.#skip(/[^\n]*/y).trim() };
      case 'q': case 'Q': case 'l': case 'L':
        return { ...base, text: this.#skip(/[ \t]*\d*/y).trim() };
      case '=': case 'd': case 'D': case 'g': case 'G': case 'h': case 'H': case 'n': case 'N': case 'p': case 'P': case 'x': case 'z':
        this.#skip(/[ \t]*/y);
        if (!/[\n;}#]|^$/.test(this.source[this.#at] ?? '')) throw new SedError('extra characters after command', this.#at + 1);
        return base;
      default:
        throw new SedError(`unknown command: \`${name}'`, this.#at);
    }
  }

  #address(): Address | undefined {
    const c = this.source[this.#at];
    if (c === '$') {
      this.#at++;
      return { kind: 'last' };
    }
    if (c === '+') {
      this.#at++;
      return { kind: 'offset', count: Number(this.#skip(/\d+/y)) };
    }
    if (c !== undefined && /\d/.test(c)) {
      const line = Number(this.#skip(/\d+/y));
      if (this.source[this.#at] !== '~') return { kind: 'line', line };
      this.#at++;
      return { kind: 'step', first: line, step: Number(this.#skip(/\d+/y)) };
    }
    if (c !== '/' && c !== '\\') return undefined;
    this.#at++;
    const mark = c === '/' ? '/' : this.source[this.#at++]!;
    const pattern = this.#until(mark);
    const flags = this.#skip(/[IM]*/y);
    return { kind: 'pattern', regexp: pattern === '' ? undefined : this.#compile(pattern, flags.includes('I')) };
  }

  /** Up to an unescaped mark; a mark inside brackets of a regular expression ends it, too, as POSIX says. */
  #until(mark: string): string {
    let text = '';
    for (; this.#at < this.source.length; this.#at++) {
      const c = this.source[this.#at]!;
      if (c === mark) {
        this.#at++;
        return text;
      }
      if (c === '\\' && this.#at + 1 < this.source.length) {
        const next = this.source[++this.#at]!;
        text += next === mark && !/[\w(){}|+?.*[\]^$]/.test(mark) ? next : `\\${next}`;
      } else text += c;
    }
    throw new SedError("unterminated `s' command", this.source.length);
  }

  #substitution(): Substitution {
    const mark = this.source[this.#at++];
    if (mark === undefined || mark === '\n') throw new SedError("unterminated `s' command", this.#at);
    const pattern = this.#until(mark);
    const replacement = this.#until(mark);
    let global = false;
    let print = false;
    let ignoreCase = false;
    let nth = 1;
    let file: string | undefined;
    for (;;) {
      const flag = this.source[this.#at];
      if (flag === 'g') global = true;
      else if (flag === 'p') print = true;
      else if (flag === 'i' || flag === 'I') ignoreCase = true;
      else if (flag === 'm' || flag === 'M' || flag === 'e') throw new SedError(`unknown option to \`s'`, this.#at + 1);
      else if (flag === 'w') {
        this.#at++;
        file = this.#skip(/[^\n]*/y).trim();
        break;
      } else if (flag !== undefined && /[1-9]/.test(flag)) {
        nth = Number(this.#skip(/\d+/y));
        continue;
      } else break;
      this.#at++;
    }
    this.#skip(/[ \t]*/y);
    if (!/[\n;}#]|^$/.test(this.source[this.#at] ?? '')) throw new SedError("unknown option to `s'", this.#at + 1);
    return { regexp: pattern === '' ? undefined : this.#compile(pattern, ignoreCase), replacement, global, nth, print, file };
  }

  #compile(pattern: string, ignoreCase: boolean): RegExp {
    try {
      return posixToRegExp(pattern, { extended: this.extended, ignoreCase, global: true });
    } catch (error) {
      throw new SedError((error as Error).message, this.#at);
    }
  }

  /** Text of a, i, c: after a backslash and newline, or on the same line as GNU allows. */
  #text(): string {
    this.#skip(/[ \t]*/y);
    if (this.source[this.#at] === '\\') {
      this.#at++;
      this.#skip(/[ \t]*\n?/y);
    }
    const raw = this.#skip(/(?:\\[\s\S]|[^\n\\])*/y);
    return raw.replace(/\\([\s\S])/g, '$1');
  }
}
