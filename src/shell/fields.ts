/**
 * Collects what the parts of a word expand to: fields, in which what was quoted carries a backslash until it is known
 * whether the field is a pattern. Field splitting is POSIX, section 2.6.5.
 */
import { escapePattern } from './pattern.ts';

export class Fields {
  readonly done: string[] = [];
  #current: string | undefined;
  /** What ended the last field: blanks may be followed by one other separator without an empty field between. */
  #after: 'blank' | 'separator' | undefined;

  /** @param ifs undefined where nothing is split: assignments, `case`, here-documents */
  constructor(private readonly ifs: string | undefined) {}

  get splitting(): boolean {
    return this.ifs !== undefined;
  }

  /** Text whose pattern characters count; its own backslashes are ordinary. */
  literal(text: string): void {
    this.#current = (this.#current ?? '') + (text.includes('\\') ? text.replaceAll('\\', '\\\\') : text);
    this.#after = undefined;
  }

  quoted(text: string): void {
    this.#current = (this.#current ?? '') + escapePattern(text);
    this.#after = undefined;
  }

  /** The result of an unquoted expansion. */
  expanded(text: string): void {
    if (text === '') return;
    if (this.ifs === undefined) return this.literal(text);
    if (this.ifs === '') return this.literal(text);
    let start = 0;
    for (let i = 0; i <= text.length; i++) {
      const c = text[i];
      if (c !== undefined && !this.ifs.includes(c)) continue;
      if (i > start) this.literal(text.slice(start, i));
      start = i + 1;
      if (c !== undefined) this.#delimit(c);
    }
  }

  /** End the field here, as between the parameters of `"$@"`. */
  cut(): void {
    if (this.#current !== undefined) this.done.push(this.#current);
    this.#current = undefined;
  }

  /** Everything as one text, for where nothing is split. */
  get joined(): string {
    return this.#current ?? '';
  }

  #delimit(c: string): void {
    const separator = !' \t\n'.includes(c);
    if (this.#current !== undefined) {
      this.cut();
      this.#after = separator ? 'separator' : 'blank';
    } else if (separator) {
      if (this.#after !== 'blank') this.done.push('');
      this.#after = 'separator';
    } else if (this.#after === undefined) this.#after = this.done.length === 0 ? undefined : 'blank';
  }
}
