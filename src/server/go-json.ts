/**
 * Why a text is not JSON, in the words of Go's encoding/json. Only asked when it is known not to be.
 * See the state functions of encoding/json/scanner.go, whose messages these are.
 */

/** `invalid character 'x' looking for beginning of value`, or `unexpected end of JSON input`. */
export function goJsonError(text: string): string {
  const scan = new Scan(text);
  try {
    scan.value();
    scan.space();
    if (!scan.ended) scan.fail('after top-level value');
  } catch (error) {
    if (error instanceof Invalid) return error.message;
    throw error;
  }
  return '';
}

class Invalid extends Error {}

class Scan {
  #at = 0;

  constructor(readonly text: string) {}

  get ended(): boolean {
    return this.#at >= this.text.length;
  }

  fail(where: string): never {
    if (this.ended) throw new Invalid('unexpected end of JSON input');
    throw new Invalid(`invalid character ${quoted(this.text[this.#at]!)} ${where}`);
  }

  space(): void {
    while (/[ \t\r\n]/.test(this.#here())) this.#at++;
  }

  value(): void {
    this.space();
    const here = this.#here();
    if (here === '{') return this.#members('}', () => this.#member());
    if (here === '[') return this.#members(']', () => this.#element());
    if (here === '"') return this.#string();
    if (/[-0-9]/.test(here)) return this.#number();
    const literal = { t: 'true', f: 'false', n: 'null' }[here];
    if (literal === undefined) this.fail('looking for beginning of value');
    for (const letter of literal) {
      if (this.#here() !== letter) this.fail(`in literal ${literal} (expecting ${quoted(letter)})`);
      this.#at++;
    }
  }

  #here(): string {
    return this.text[this.#at] ?? '';
  }

  #members(close: string, next: () => void): void {
    this.#at++;
    this.space();
    if (this.#here() === close) return void this.#at++;
    for (;;) {
      next();
      this.space();
      if (this.#here() === close) return void this.#at++;
      if (this.#here() !== ',') this.fail(close === '}' ? 'after object key:value pair' : 'after array element');
      this.#at++;
    }
  }

  #member(): void {
    this.space();
    if (this.#here() !== '"') this.fail('looking for beginning of object key string');
    this.#string();
    this.space();
    if (this.#here() !== ':') this.fail('after object key');
    this.#at++;
    this.value();
  }

  #element(): void {
    this.value();
  }

  #string(): void {
    this.#at++;
    while (this.#here() !== '"') {
      if (this.ended || this.#here() < ' ') this.fail('in string literal');
      if (this.#here() === '\\') this.#escape();
      else this.#at++;
    }
    this.#at++;
  }

  #escape(): void {
    this.#at++;
    if (!/["\\/bfnrtu]/.test(this.#here())) this.fail('in string escape code');
    const digits = this.#here() === 'u' ? 4 : 0;
    this.#at++;
    for (let i = 0; i < digits; i++) {
      if (!/[0-9a-fA-F]/.test(this.#here())) this.fail('in \\u hexadecimal character escape');
      this.#at++;
    }
  }

  #number(): void {
    if (this.#here() === '-') this.#at++;
    if (!/[0-9]/.test(this.#here())) this.fail('in numeric literal');
    if (this.#here() === '0') this.#at++;
    else this.#digits();
    if (this.#here() === '.') {
      this.#at++;
      if (!/[0-9]/.test(this.#here())) this.fail('after decimal point in numeric literal');
      this.#digits();
    }
    if (!/[eE]/.test(this.#here())) return;
    this.#at++;
    if (/[-+]/.test(this.#here())) this.#at++;
    if (!/[0-9]/.test(this.#here())) this.fail('in exponent of numeric literal');
    this.#digits();
  }

  #digits(): void {
    while (/[0-9]/.test(this.#here())) this.#at++;
  }
}

/** As Go quotes a character in its messages. */
const quoted = (char: string): string => (char === "'" ? "'\\''" : char === '"' ? `'"'` : `'${JSON.stringify(char).slice(1, -1)}'`);
