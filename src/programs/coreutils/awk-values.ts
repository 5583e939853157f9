/** awk's values, and what can interrupt a program. */

/** A number, a string, or a string that came from outside and looks like a number (POSIX's "numeric string"). */
export type Value = number | string | { readonly text: string };
export type AwkArray = Map<string, Value>;

export class AwkError extends Error {}
export class ExitAwk extends Error {
  constructor(readonly code: number) {
    super('exit');
  }
}
export class Jump extends Error {
  constructor(
    readonly kind: 'next' | 'nextfile' | 'break' | 'continue' | 'return',
    readonly value: Value = '',
  ) {
    super(kind);
  }
}

export const toNumber = (value: Value): number => (typeof value === 'number' ? value : Number(/^\s*[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)/.exec(typeof value === 'string' ? value : value.text)?.[0] ?? 0));
export const looksNumeric = (text: string): boolean => /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/.test(text);
export const truth = (value: Value): boolean => (typeof value === 'number' ? value !== 0 : typeof value === 'string' ? value !== '' : looksNumeric(value.text) ? toNumber(value) !== 0 : value.text !== '');

export function arithmetic(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+': return a + b;
    case '-': return a - b;
    case '*': return a * b;
    case '/': if (b === 0) throw new AwkError('division by zero'); return a / b;
    case '%': if (b === 0) throw new AwkError('division by zero in %'); return a % b;
    default: return a ** b;
  }
}
