/** expr: see POSIX, "expr". Arithmetic on 64 bits, comparisons, and matching at the beginning of a string. */
import { posixToRegExp } from '../../base/posix-regex.ts';
import { type Program } from '../../machine/program.ts';
import { isGnu } from './tool.ts';

const MISSING = 'missing operand';

class WrongExpression extends Error {}

const LEVELS = [['|'], ['&'], ['=', '==', '!=', '<', '<=', '>', '>='], ['+', '-'], ['*', '/', '%'], [':']] as const;

export const expr: Program = {
  name: 'expr',
  async run(process) {
    const parser = new Expression(process.argv.slice(1));
    try {
      const value = parser.whole();
      await process.stdout.write(`${value}\n`);
      return value === '' || /^-?0+$/.test(value) ? 1 : 0;
    } catch (error) {
      if (!(error instanceof WrongExpression)) throw error;
      await process.stderr.write(`expr: ${error.message}\n${error.message === MISSING && isGnu(process) ? "Try 'expr --help' for more information.\n" : ''}`);
      return 2;
    }
  },
};

class Expression {
  #at = 0;

  constructor(private readonly words: readonly string[]) {}

  whole(): string {
    if (this.words.length === 0) throw new WrongExpression(MISSING);
    const value = this.#level(0);
    if (this.#at < this.words.length) throw new WrongExpression('syntax error');
    return value;
  }

  #level(depth: number): string {
    if (depth === LEVELS.length) return this.#primary();
    let left = this.#level(depth + 1);
    for (let operator = this.words[this.#at]; operator !== undefined && (LEVELS[depth] as readonly string[]).includes(operator); operator = this.words[this.#at]) {
      this.#at++;
      left = operate(left, operator, this.#level(depth + 1));
    }
    return left;
  }

  #primary(): string {
    const word = this.words[this.#at++];
    if (word === undefined) throw new WrongExpression('syntax error');
    if (word === '(') {
      const value = this.#level(0);
      if (this.words[this.#at++] !== ')') throw new WrongExpression('syntax error');
      return value;
    }
    if (word === 'length' && this.words[this.#at] !== undefined) return String(this.#primary().length);
    if (word === 'substr' && this.words.length - this.#at >= 3) {
      const [text, from, count] = [this.#primary(), Number(this.#primary()), Number(this.#primary())];
      return from > 0 && count > 0 ? text.slice(from - 1, from - 1 + count) : '';
    }
    return word;
  }
}

function operate(left: string, operator: string, right: string): string {
  const numbers = /^-?\d+$/.test(left) && /^-?\d+$/.test(right);
  const empty = (text: string) => text === '' || /^-?0+$/.test(text);
  switch (operator) {
    case '|': return empty(left) ? (empty(right) ? '0' : right) : left;
    case '&': return empty(left) || empty(right) ? '0' : left;
    case ':': {
      const match = posixToRegExp(`^${right.replace(/^\^/, '')}`, { extended: false }).exec(left);
      return right.includes('\\(') ? (match?.[1] ?? '') : String(match?.[0].length ?? 0);
    }
    default:
  }
  if (/^[=!<>]/.test(operator)) {
    const order = numbers ? Number(BigInt(left) - BigInt(right)) : left < right ? -1 : left > right ? 1 : 0;
    return { '=': order === 0, '==': order === 0, '!=': order !== 0, '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[operator] ? '1' : '0';
  }
  if (!numbers) throw new WrongExpression('non-integer argument');
  const [a, b] = [BigInt(left), BigInt(right)];
  if ((operator === '/' || operator === '%') && b === 0n) throw new WrongExpression('division by zero');
  return String(BigInt.asIntN(64, operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : operator === '/' ? a / b : a % b));
}
