/** JSON text to values, several in a row, with the complaints of jq's parser. Knows no program. See src/jv_parse.c of jq 1.6. */
import type { Json } from './value.ts';

/** Words of the parser; `jq` puts `parse error: ` before them. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
}

export interface ReadValue {
  readonly value: Json;
  /** How many lines had been read when it was complete. */
  readonly line: number;
}

/** One value after another. @throws JsonSyntaxError */
export function* readValues(text: string): Generator<ReadValue> {
  const reader = new Reader(text);
  for (;;) {
    reader.skipSpace();
    if (reader.atEnd) return;
    const value = reader.value();
    yield { value, line: reader.linesRead() };
  }
}

/** Exactly one value, as `fromjson`, `tonumber` and `--argjson` read. @throws JsonSyntaxError */
export function readOne(text: string): Json {
  const values = [...readValues(text)];
  if (values.length > 1) throw new JsonSyntaxError(`Unexpected extra JSON values (while parsing '${text}')`);
  return values[0]?.value ?? null;
}

const ESCAPED: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

class Reader {
  #at = 0;

  constructor(private readonly text: string) {}

  get atEnd(): boolean {
    return this.#at >= this.text.length;
  }

  skipSpace(): void {
    while (/\s/.test(this.text[this.#at] ?? '')) this.#at++;
  }

  /** Lines are read whole, so the one that the value ends in counts when it has an end. */
  linesRead(): number {
    const end = this.text.indexOf('\n', this.#at);
    return (this.text.slice(0, end < 0 ? undefined : end + 1).match(/\n/g) ?? []).length;
  }

  value(): Json {
    this.skipSpace();
    const letter = this.text[this.#at];
    if (letter === undefined) throw this.#unfinished();
    if (letter === '{') return this.#object();
    if (letter === '[') return this.#array();
    if (letter === '"') return this.#string();
    if (',:]}'.includes(letter)) throw this.#complaint(letter === ',' ? 'Expected value before \',\'' : letter === ':' ? "':' not as part of an object" : `Unmatched '${letter}'`, this.#at + 1);
    return this.#word();
  }

  #object(): Json {
    const object = new Map<string, Json>();
    this.#at++;
    for (let first = true; ; first = false) {
      this.skipSpace();
      if (first && this.text[this.#at] === '}') break;
      const start = this.#at;
      const key = this.value();
      if (typeof key !== 'string') throw this.#complaint('Object keys must be strings', this.#at > start ? this.#at + 1 : start);
      this.skipSpace();
      if (this.atEnd) throw this.#unfinished();
      if (this.text[this.#at] !== ':') throw this.#complaint('Objects must consist of key:value pairs', this.#at + 1);
      this.#at++;
      object.set(key, this.value());
      this.skipSpace();
      const next = this.text[this.#at];
      if (next === undefined) throw this.#unfinished();
      if (next === '}') break;
      if (next !== ',') throw this.#complaint('Expected separator between values', this.#at + 1);
      this.#at++;
    }
    this.#at++;
    return object;
  }

  #array(): Json {
    const items: Json[] = [];
    this.#at++;
    for (let first = true; ; first = false) {
      this.skipSpace();
      if (first && this.text[this.#at] === ']') break;
      if (!first && this.text[this.#at] === ']') throw this.#complaint('Expected another array element', this.#at + 1);
      items.push(this.value());
      this.skipSpace();
      const next = this.text[this.#at];
      if (next === undefined) throw this.#unfinished();
      if (next === ']') break;
      if (next !== ',') throw this.#complaint('Expected separator between values', this.#at + 1);
      this.#at++;
    }
    this.#at++;
    return items;
  }

  #string(): string {
    let found = '';
    for (this.#at++; ; this.#at++) {
      const letter = this.text[this.#at];
      if (letter === undefined) throw this.#complaint('Unfinished string', this.text.length);
      if (letter === '"') break;
      if (letter !== '\\') {
        found += letter;
        continue;
      }
      const escape = this.text[++this.#at] ?? '';
      if (escape === 'u') {
        found += String.fromCharCode(Number.parseInt(this.text.slice(this.#at + 1, this.#at + 5), 16));
        this.#at += 4;
      } else if (ESCAPED[escape] === undefined) throw this.#complaint('Invalid escape', this.text.indexOf('"', this.#at) + 1 || this.text.length);
      else found += ESCAPED[escape];
    }
    this.#at++;
    return found;
  }

  /** A number or one of the words; it ends where something else begins, and only then is it looked at. */
  #word(): Json {
    const word = /^[^\s,:[\]{}"]+/.exec(this.text.slice(this.#at))![0];
    this.#at += word.length;
    if (word === 'null') return null;
    if (word === 'nan') return Number.NaN;
    if (word === 'true' || word === 'false') return word === 'true';
    if (/^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(word)) return Number(word);
    throw this.#complaint(/^[tfn]/.test(word) && !/[^a-z]/.test(word) ? 'Invalid literal' : 'Invalid numeric literal', this.#at + 1);
  }

  #unfinished(): JsonSyntaxError {
    return this.#complaint('Unfinished JSON term', this.text.length + 1);
  }

  /** @param at how many characters had been eaten, one after what is wrong */
  #complaint(words: string, at: number): JsonSyntaxError {
    const atEnd = at > this.text.length;
    const eaten = this.text.slice(0, at);
    const line = (eaten.match(/\n/g) ?? []).length + 1;
    const column = eaten.length - (eaten.lastIndexOf('\n') + 1);
    return new JsonSyntaxError(`${words}${atEnd ? ' at EOF' : ''} at line ${line}, column ${column}`);
  }
}
