/**
 * `$(( … ))`, `(( … ))` and `let`: C's integer arithmetic on 64 bits. Parsing is unbash's; here is the evaluation.
 * See POSIX, section 2.6.4.
 */
import type { ArithmeticExpression } from 'unbash';
import type { Dialect } from './dialect.ts';
import { ShellError } from './control.ts';
import { parseArithmetic } from './parse.ts';

/** What an expression may ask of its shell. */
export interface ArithmeticContext {
  readonly dialect: Dialect;
  get(name: string, index?: string): string | undefined;
  set(name: string, value: string, index?: string): void;
  /** Expand `$x`, `${x}` and `$(…)` in a piece of an expression. */
  expand(text: string): string;
  /** With `set -u`, a name without a value is an error. */
  readonly nounset: boolean;
}

/** @param text the expression's own text, for messages. @throws ShellError */
export function evaluate(expression: ArithmeticExpression | undefined, context: ArithmeticContext, text: string): bigint {
  if (!expression) {
    if (text.trim() === '') return 0n;
    throw syntaxError(context.dialect, text);
  }
  return new Evaluation(context, text).value(expression, 0);
}

const NAME = /^[A-Za-z_]\w*$/;
const INDEXED = /^([A-Za-z_]\w*)\[(.*)\]$/s;

class Evaluation {
  constructor(
    private readonly context: ArithmeticContext,
    private readonly text: string,
  ) {}

  value(node: ArithmeticExpression, depth: number): bigint {
    switch (node.type) {
      case 'ArithmeticWord':
        return this.#word(node.value, depth);
      case 'ArithmeticGroup':
        return this.value(node.expression, depth);
      case 'ArithmeticTernary':
        return this.value(node.test, depth) !== 0n ? this.value(node.consequent, depth) : this.value(node.alternate, depth);
      case 'ArithmeticUnary':
        return this.#unary(node.operator, node.operand, node.prefix, depth);
      case 'ArithmeticBinary':
        return this.#binary(node.operator, node.left, node.right, depth);
      case 'ArithmeticCommandExpansion':
        return this.#word(node.text, depth);
    }
  }

  #word(word: string, depth: number): bigint {
    const plain = /^(0|[1-9]\d*)$/.test(word);
    if (plain) return BigInt.asIntN(64, BigInt(word));
    if (NAME.test(word)) return this.#variable(word, this.context.get(word), depth);
    const indexed = INDEXED.exec(word);
    if (indexed) return this.#variable(word, this.context.get(indexed[1]!, indexed[2]!), depth);
    if (/[$`]/.test(word)) return this.#text(this.context.expand(word), depth);
    return this.#number(word);
  }

  #variable(name: string, value: string | undefined, depth: number): bigint {
    if (value === undefined && this.context.nounset) {
      throw new ShellError(`${name}: ${this.context.dialect === 'bash' ? 'unbound variable' : 'parameter not set'}`, this.context.dialect === 'bash' ? 127 : 2, true);
    }
    return this.#text(value ?? '', depth);
  }

  #text(value: string, depth: number): bigint {
    const trimmed = value.trim();
    if (trimmed === '') return 0n;
    if (/^-?(0|[1-9]\d*)$/.test(trimmed)) return BigInt.asIntN(64, BigInt(trimmed));
    if (depth > 100) throw new ShellError(`${value}: expression recursion level exceeded`, 1, true);
    // dash looks no further than a number; the others evaluate what they find.
    if (this.context.dialect === 'dash' && !/^[-+]?(0[xX][0-9a-fA-F]+|\d+)$/.test(trimmed)) throw new ShellError(`Illegal number: ${value}`, 2, true);
    return this.value(parseArithmetic(trimmed) ?? fail(syntaxError(this.context.dialect, trimmed)), depth + 1);
  }

  #number(word: string): bigint {
    if (/^0[xX][0-9a-fA-F]+$/.test(word)) return BigInt.asIntN(64, BigInt(word));
    if (/^0[0-7]+$/.test(word)) return BigInt.asIntN(64, BigInt(`0o${word.slice(1)}`));
    const based = /^(\d+)#([0-9a-zA-Z@_]+)$/.exec(word);
    if (based && this.context.dialect !== 'dash') return this.#based(BigInt(based[1]!), based[2]!);
    if (this.context.dialect === 'bash' && /^0\d+$/.test(word)) throw new ShellError(`${word}: value too great for base (error token is "${word}")`, 1, true);
    throw syntaxError(this.context.dialect, this.text);
  }

  #based(base: bigint, digits: string): bigint {
    let value = 0n;
    for (const digit of base <= 36n ? digits.toLowerCase() : digits) {
      value = value * base + BigInt('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_'.indexOf(digit));
    }
    return BigInt.asIntN(64, value);
  }

  #assign(target: ArithmeticExpression, value: bigint): bigint {
    if (target.type !== 'ArithmeticWord') throw syntaxError(this.context.dialect, this.text);
    const indexed = INDEXED.exec(target.value);
    if (indexed) this.context.set(indexed[1]!, String(value), indexed[2]!);
    else if (NAME.test(target.value)) this.context.set(target.value, String(value));
    else throw syntaxError(this.context.dialect, this.text);
    return value;
  }

  #unary(operator: string, operand: ArithmeticExpression, prefix: boolean, depth: number): bigint {
    const value = this.value(operand, depth);
    switch (operator) {
      case '++':
      case '--': {
        const changed = BigInt.asIntN(64, operator === '++' ? value + 1n : value - 1n);
        this.#assign(operand, changed);
        return prefix ? changed : value;
      }
      case '-':
        return BigInt.asIntN(64, -value);
      case '!':
        return value === 0n ? 1n : 0n;
      case '~':
        return ~value;
      default:
        return value;
    }
  }

  #binary(operator: string, left: ArithmeticExpression, right: ArithmeticExpression, depth: number): bigint {
    switch (operator) {
      case '&&':
        return this.value(left, depth) !== 0n && this.value(right, depth) !== 0n ? 1n : 0n;
      case '||':
        return this.value(left, depth) !== 0n || this.value(right, depth) !== 0n ? 1n : 0n;
      case '=':
        return this.#assign(left, this.value(right, depth));
      case ',':
        this.value(left, depth);
        return this.value(right, depth);
      default:
    }
    if (/^(?:\*|\/|%|\+|-|<<|>>|&|\^|\|)=$/.test(operator)) {
      return this.#assign(left, this.#operate(operator.slice(0, -1), this.value(left, depth), this.value(right, depth)));
    }
    return this.#operate(operator, this.value(left, depth), this.value(right, depth));
  }

  #operate(operator: string, a: bigint, b: bigint): bigint {
    const truth = (yes: boolean) => (yes ? 1n : 0n);
    switch (operator) {
      case '+': return BigInt.asIntN(64, a + b);
      case '-': return BigInt.asIntN(64, a - b);
      case '*': return BigInt.asIntN(64, a * b);
      case '/': return BigInt.asIntN(64, a / this.#divisor(b));
      case '%': return a % this.#divisor(b);
      case '**': return BigInt.asIntN(64, a ** b);
      case '<<': return BigInt.asIntN(64, a << (b & 63n));
      case '>>': return a >> (b & 63n);
      case '<': return truth(a < b);
      case '<=': return truth(a <= b);
      case '>': return truth(a > b);
      case '>=': return truth(a >= b);
      case '==': return truth(a === b);
      case '!=': return truth(a !== b);
      case '&': return a & b;
      case '^': return a ^ b;
      case '|': return a | b;
      default: throw syntaxError(this.context.dialect, this.text);
    }
  }

  #divisor(value: bigint): bigint {
    if (value !== 0n) return value;
    switch (this.context.dialect) {
      case 'ash': throw new ShellError('divide by zero', 2, true);
      case 'dash': throw new ShellError(`arithmetic expression: division by zero: "${this.text}"`, 2, true);
      case 'bash': throw new ShellError(`${this.text}: division by 0 (error token is "${/[/%]\s*(\S+?)\s*$/.exec(this.text)?.[1] ?? '0'}")`, 1, true);
    }
  }
}

function fail(error: Error): never {
  throw error;
}

function syntaxError(dialect: Dialect, text: string): ShellError {
  switch (dialect) {
    case 'ash': return new ShellError('arithmetic syntax error', 2, true);
    case 'dash': return new ShellError(`arithmetic expression: expecting ${/[-+*/%<>=&|^]\s*$/.test(text) ? 'primary' : 'EOF'}: "${text}"`, 2, true);
    case 'bash': return new ShellError(`${text}: syntax error: operand expected (error token is "${/[-+*/%<>=&|^]\s*$/.exec(text)?.[0] ?? text}")`, 1, true);
  }
}
