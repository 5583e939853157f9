/**
 * vi as a state and the keys that change it. Knows no terminal and no files: what a colon command wants of them is told
 * to whoever asked (`Wish`). Behaves as BusyBox's editors/vi.c. Over 250 lines because every key belongs to one state.
 *
 * Differs from Linux: macros, marks and the visual mode of vim do not exist (BusyBox has no visual mode either).
 */
import { type Lines, type Place, between, firstNonBlank, inOrder, replaced, search } from './text.ts';
import { isMotion, motion, type Moved } from './motions.ts';

/** What only the program around the editor can do. */
export type Wish = { readonly kind: 'write'; readonly path?: string | undefined; readonly lines: Lines } | { readonly kind: 'read' | 'edit'; readonly path: string } | { readonly kind: 'quit' };

type Mode = 'command' | 'insert' | 'replace' | 'line';

interface Yanked {
  readonly text: string;
  readonly lines: boolean;
}

export class Editor {
  lines: Lines;
  cursor: Place = { line: 0, column: 0 };
  mode: Mode = 'command';
  /** What is typed after `:`, `/` or `?`, that sign included. */
  typed = '';
  /** What the last line says until the next key. */
  message = '';
  modified = false;
  numbers = false;
  readonly wishes: Wish[] = [];
  readonly #undo: { readonly lines: Lines; readonly cursor: Place }[] = [];
  #register: Yanked = { text: '', lines: false };
  /** Keys of a command that is not complete yet: `3d`. */
  #pending = '';
  /** The keys of the last change, for `.`. */
  #lastChange = '';
  #recording = '';
  #find = '';
  #searched: { readonly pattern: RegExp; readonly backwards: boolean } | undefined;
  onColon: (command: string) => void = () => undefined;

  constructor(
    text: string,
    /** What a screen shows, for ^F and ^B. */
    public rows = 24,
  ) {
    this.lines = linesOf(text);
  }

  get text(): string {
    return this.lines.map((line) => `${line}\n`).join('');
  }

  /** One key: a character, or the sequence that a special key sends. */
  press(key: string): void {
    this.message = '';
    if (this.mode === 'line') return this.#typeLine(key);
    this.#recording += key;
    if (this.mode === 'command') this.#command(key);
    else this.#insert(key);
    if (this.mode === 'command' && this.#pending === '') this.#recording = '';
  }

  /** Go to a line by number from 1, as `:12` and `12G` do. */
  goTo(number: number): void {
    const line = Math.min(Math.max(number, 1), this.lines.length) - 1;
    this.cursor = { line, column: firstNonBlank(this.lines[line]!) };
  }

  /** Remember what is there before it changes. */
  remember(): void {
    this.#undo.push({ lines: this.lines, cursor: this.cursor });
  }

  /** New lines, in one step that `u` takes back. */
  change(lines: Lines, cursor: Place = this.cursor): void {
    this.lines = lines.length === 0 ? [''] : lines;
    this.modified = true;
    this.cursor = cursor;
    this.#stayInside();
  }

  undo(): void {
    const before = this.#undo.pop();
    if (!before) {
      this.message = 'Already at oldest change';
      return;
    }
    this.lines = before.lines;
    this.cursor = before.cursor;
    this.modified = this.#undo.length > 0;
    this.#stayInside();
  }

  #stayInside(): void {
    const line = Math.min(Math.max(0, this.cursor.line), this.lines.length - 1);
    const most = this.lines[line]!.length - (this.mode === 'command' ? 1 : 0);
    this.cursor = { line, column: Math.max(0, Math.min(this.cursor.column, most)) };
  }

  #insert(key: string): void {
    const { line, column } = this.cursor;
    if (key === '\x1b' || key === '\x03') {
      this.mode = 'command';
      this.cursor = { line, column: Math.max(0, column - 1) };
      this.#lastChange = this.#recording;
      return;
    }
    if (key === '\x7f' || key === '\b') {
      if (column > 0) this.change(replaced(this.lines, { line, column: column - 1 }, this.cursor, ''), { line, column: column - 1 });
      else if (line > 0) this.change(replaced(this.lines, { line: line - 1, column: this.lines[line - 1]!.length }, this.cursor, ''), { line: line - 1, column: this.lines[line - 1]!.length });
      return;
    }
    if (key === '\r' || key === '\n') return this.change(replaced(this.lines, this.cursor, this.cursor, '\n'), { line: line + 1, column: 0 });
    const moved = ARROWS[key];
    if (moved !== undefined) {
      this.cursor = motion(moved, this.#view(), 1, 1)?.place ?? this.cursor;
      return;
    }
    if (key.length > 1 || (key < ' ' && key !== '\t')) return;
    const end = this.mode === 'replace' && column < this.lines[line]!.length ? column + 1 : column;
    this.change(replaced(this.lines, this.cursor, { line, column: end }, key), { line, column: column + 1 });
  }

  #command(key: string): void {
    if (key === '\x1b') {
      this.#pending = '';
      return;
    }
    this.#pending += ARROWS[key] ?? key;
    const [, countText = '', rest = ''] = /^([1-9]\d*)?(.*)$/s.exec(this.#pending)!;
    if (rest === '') return;
    if (this.#run(rest, countText === '' ? undefined : Number(countText))) this.#pending = '';
  }

  /** @returns whether the command was complete */
  #run(keys: string, count: number | undefined): boolean {
    const times = count ?? 1;
    const first = keys[0]!;
    if ('dcy<>'.includes(first)) return this.#operator(first, keys.slice(1), times);
    if ('rfFtTZg'.includes(first) && keys.length < 2) return false;
    if (isMotion(keys)) {
      if ('fFtT'.includes(first)) this.#find = keys;
      const known = keys === ';' ? this.#find : keys;
      const moved = known === '' ? undefined : motion(known, this.#view(), times, count);
      if (moved) this.cursor = moved.place;
      this.#stayInside();
      return true;
    }
    if (keys === 'ZZ' || keys === 'ZQ') this.onColon(keys === 'ZZ' ? 'x' : 'q!');
    else if (first === 'r') this.#replaceOne(keys[1]!, times);
    else if (first in ALIASES) return this.#operator(ALIASES[first]![0]!, ALIASES[first]!.slice(1), times);
    else this.#simple(first, times);
    return true;
  }

  /** Commands of one key. */
  #simple(key: string, times: number): void {
    const { line, column } = this.cursor;
    const text = this.lines[line]!;
    switch (key) {
      case 'i':
        return this.#beginInsert({ line, column });
      case 'a':
        return this.#beginInsert({ line, column: Math.min(text.length, column + 1) });
      case 'I':
        return this.#beginInsert({ line, column: /\S/.exec(text)?.index ?? text.length });
      case 'A':
        return this.#beginInsert({ line, column: text.length });
      case 'R':
        this.#beginInsert({ line, column });
        this.mode = 'replace';
        return;
      case 'o':
      case 'O':
        this.remember();
        this.mode = 'insert';
        return this.change([...this.lines.slice(0, line + (key === 'o' ? 1 : 0)), '', ...this.lines.slice(line + (key === 'o' ? 1 : 0))], { line: line + (key === 'o' ? 1 : 0), column: 0 });
      case 'p':
      case 'P':
        return this.#put(key === 'p', times);
      case 'u':
        return this.undo();
      case 'J':
        return this.#join();
      case '~':
        this.remember();
        return this.change(replaced(this.lines, this.cursor, { line, column: column + 1 }, swapCase(text[column] ?? '')), { line, column: column + 1 });
      case '.':
        return this.#repeat();
      case 'n':
      case 'N':
        return this.#searchAgain(key === 'N');
      case ':':
      case '/':
      case '?':
        this.mode = 'line';
        this.typed = key;
        return;
      default:
        this.message = `'${key}' is not implemented`;
    }
  }

  #beginInsert(place: Place): void {
    this.remember();
    this.mode = 'insert';
    this.cursor = place;
  }

  #replaceOne(key: string, times: number): void {
    const { line, column } = this.cursor;
    if (column + times > this.lines[line]!.length) return;
    this.remember();
    this.change(replaced(this.lines, this.cursor, { line, column: column + times }, key === '\r' ? '\n' : key.repeat(times)));
    this.#lastChange = this.#recording;
  }

  /** `d`, `c`, `y`, `<`, `>` with what they are to act on. @returns whether that was given */
  #operator(operator: string, keys: string, times: number): boolean {
    const [, countText = '', target = ''] = /^([1-9]\d*)?(.*)$/s.exec(keys)!;
    const count = times * (countText === '' ? 1 : Number(countText));
    if (target === '' || ('fFtTg'.includes(target[0]!) && target.length < 2)) return false;
    const { line } = this.cursor;
    if (target === operator) this.#onLines(operator, line, Math.min(this.lines.length - 1, line + count - 1));
    else {
      // `cw` leaves the blank after the word alone.
      const known = operator === 'c' && (target === 'w' || target === 'W') ? (target === 'w' ? 'e' : 'E') : target;
      const moved = isMotion(known) ? motion(known, this.#view(), count, countText === '' && times === 1 ? undefined : count) : undefined;
      if (moved) this.#onMotion(operator, moved);
    }
    return true;
  }

  #onMotion(operator: string, moved: Moved): void {
    const [from, to] = inOrder(this.cursor, moved.place);
    if (moved.lines || operator === '<' || operator === '>') return this.#onLines(operator, from.line, to.line);
    // A word motion into the next line ends at the end of this one.
    const whole = moved.word && to.line > from.line ? { line: from.line, column: this.lines[from.line]!.length } : to;
    const end = moved.inclusive ? { line: whole.line, column: whole.column + 1 } : whole;
    this.#register = { text: between(this.lines, from, end), lines: false };
    if (operator === 'y') {
      this.cursor = from;
      return;
    }
    this.remember();
    if (operator === 'c') this.mode = 'insert';
    this.change(replaced(this.lines, from, end, ''), from);
    if (operator === 'd') this.#lastChange = this.#recording;
  }

  #onLines(operator: string, first: number, last: number): void {
    const chosen = this.lines.slice(first, last + 1);
    if (operator === '<' || operator === '>') {
      this.remember();
      const shifted = chosen.map((line) => (operator === '>' ? (line === '' ? line : `\t${line}`) : line.replace(/^(\t| {1,8})/, '')));
      this.change([...this.lines.slice(0, first), ...shifted, ...this.lines.slice(last + 1)], { line: first, column: firstNonBlank(shifted[0]!) });
      return;
    }
    this.#register = { text: chosen.join('\n'), lines: true };
    if (operator === 'y') return;
    this.remember();
    if (operator === 'c') {
      this.mode = 'insert';
      return this.change([...this.lines.slice(0, first), '', ...this.lines.slice(last + 1)], { line: first, column: 0 });
    }
    const left = [...this.lines.slice(0, first), ...this.lines.slice(last + 1)];
    const line = Math.min(first, Math.max(0, left.length - 1));
    this.change(left, { line, column: firstNonBlank(left[line] ?? '') });
    this.#lastChange = this.#recording;
  }

  #put(after: boolean, times: number): void {
    const { line, column } = this.cursor;
    const { text, lines } = this.#register;
    if (text === '' && !lines) return;
    this.remember();
    if (lines) {
      const at = line + (after ? 1 : 0);
      const put = Array.from({ length: times }, () => text.split('\n')).flat();
      return this.change([...this.lines.slice(0, at), ...put, ...this.lines.slice(at)], { line: at, column: firstNonBlank(put[0]!) });
    }
    const at = { line, column: Math.min(this.lines[line]!.length, column + (after ? 1 : 0)) };
    this.change(replaced(this.lines, at, at, text.repeat(times)), { line, column: at.column + text.length * times - 1 });
  }

  #join(): void {
    const { line } = this.cursor;
    if (line + 1 >= this.lines.length) return;
    this.remember();
    const [left, right] = [this.lines[line]!.trimEnd(), this.lines[line + 1]!.trimStart()];
    this.change([...this.lines.slice(0, line), right === '' ? left : `${left} ${right}`, ...this.lines.slice(line + 2)], { line, column: left.length });
  }

  #repeat(): void {
    const keys = this.#lastChange;
    this.#pending = '';
    for (const key of keys) this.press(key);
    this.#lastChange = keys;
  }

  #typeLine(key: string): void {
    this.#recording = '';
    if (key === '\x1b' || key === '\x03') this.mode = 'command';
    else if (key === '\x7f' || key === '\b') {
      this.typed = this.typed.slice(0, -1);
      if (this.typed === '') this.mode = 'command';
    } else if (key === '\r' || key === '\n') {
      this.mode = 'command';
      const [sign, rest] = [this.typed[0]!, this.typed.slice(1)];
      if (sign === ':') this.onColon(rest);
      else this.#search(rest, sign === '?');
    } else if (key.length === 1 && key >= ' ') this.typed += key;
  }

  #search(words: string, backwards: boolean): void {
    if (words !== '') {
      try {
        this.#searched = { pattern: new RegExp(words), backwards };
      } catch {
        this.message = `bad search pattern '${words}'`;
        return;
      }
    } else if (this.#searched) this.#searched = { ...this.#searched, backwards };
    this.#searchAgain(false);
  }

  #searchAgain(reversed: boolean): void {
    if (!this.#searched) {
      this.message = 'No previous search';
      return;
    }
    const found = search(this.lines, this.cursor, this.#searched.pattern, this.#searched.backwards !== reversed);
    if (found) this.cursor = found;
    else this.message = 'Pattern not found';
  }

  #view() {
    return { lines: this.lines, cursor: this.cursor, rows: this.rows };
  }
}

/** Lines of a file; an empty one has an empty line. */
export const linesOf = (text: string): Lines => text.replace(/\n$/, '').split('\n');

/** Keys that are other commands in short. */
const ALIASES: Readonly<Record<string, string>> = { x: 'dl', X: 'dh', D: 'd$', C: 'c$', Y: 'yy', s: 'cl' };
/** What the arrows and their neighbours send, and the keys that do the same. */
const ARROWS: Readonly<Record<string, string>> = {
  '\x1b[A': 'k', '\x1b[B': 'j', '\x1b[C': 'l', '\x1b[D': 'h', '\x1bOA': 'k', '\x1bOB': 'j', '\x1bOC': 'l', '\x1bOD': 'h', '\x1b[H': '0', '\x1b[F': '$', '\x1b[5~': '\x02', '\x1b[6~': '\x06', '\x1b[3~': 'x',
};
const swapCase = (letter: string): string => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase());
