/**
 * Raw terminal input cut into keys, mouse reports and pastes. A sequence that arrives in two pieces is put together; an
 * Escape that nothing follows is the Escape key. Knows nothing of what keys mean. See ECMA-48 5.4 and xterm's ctlseqs.
 */

/** One thing that the learner did. `raw` is what arrived. */
export type Token =
  | { readonly type: 'key'; readonly raw: string }
  | { readonly type: 'paste'; readonly text: string }
  | { readonly type: 'mouse'; readonly button: number; readonly column: number; readonly row: number; readonly press: boolean };

const PASTE_START = '\x1b[200~';
const PASTE_END = '\x1b[201~';
// oxlint-disable-next-line no-control-regex
const SEQUENCE = /^\x1b(?:\[[0-?]*[ -/]*[@-~]|O[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[^[\]O\x1b])/u;
// oxlint-disable-next-line no-control-regex
const MOUSE = /^\x1b\[<(\d+);(\d+);(\d+)([Mm])$/;

/** Cuts input; holds back what is not complete yet. */
export class Tokenizer {
  #rest = '';
  #paste: string | undefined;

  /** True while the beginning of a sequence waits for its end. */
  get waiting(): boolean {
    return this.#paste === undefined && this.#rest !== '';
  }

  push(text: string): Token[] {
    this.#rest += text;
    const tokens: Token[] = [];
    while (this.#rest !== '') {
      const token = this.#paste === undefined ? this.#next() : this.#pasted();
      if (token === undefined) break;
      if (token !== 'more') tokens.push(token);
    }
    return tokens;
  }

  /** Nothing followed: what waits is what it is, an Escape key or an Alt combination. */
  flush(): Token[] {
    if (!this.waiting) return [];
    const raw = this.#rest;
    this.#rest = '';
    return [{ type: 'key', raw }];
  }

  #next(): Token | 'more' | undefined {
    if (!this.#rest.startsWith('\x1b')) {
      const key = String.fromCodePoint(this.#rest.codePointAt(0)!);
      this.#rest = this.#rest.slice(key.length);
      return { type: 'key', raw: key };
    }
    if (this.#rest.startsWith(PASTE_START)) {
      this.#rest = this.#rest.slice(PASTE_START.length);
      this.#paste = '';
      return this.#rest === '' ? undefined : this.#pasted();
    }
    // Two Escapes: the first one is a key of its own.
    const raw = this.#rest.startsWith('\x1b\x1b') ? '\x1b' : SEQUENCE.exec(this.#rest)?.[0];
    if (raw === undefined) return undefined;
    this.#rest = this.#rest.slice(raw.length);
    const mouse = MOUSE.exec(raw);
    if (mouse) return { type: 'mouse', button: Number(mouse[1]), column: Number(mouse[2]) - 1, row: Number(mouse[3]) - 1, press: mouse[4] === 'M' };
    return { type: 'key', raw };
  }

  #pasted(): Token | 'more' | undefined {
    this.#paste += this.#rest;
    this.#rest = '';
    const text: string = this.#paste ?? '';
    const end = text.indexOf(PASTE_END);
    if (end < 0) return undefined;
    this.#paste = undefined;
    this.#rest = text.slice(end + PASTE_END.length);
    return { type: 'paste', text: text.slice(0, end) };
  }
}
