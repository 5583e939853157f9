/** What goes wrong in a program, and how messages show the values that it went wrong with. */
import { printJson } from './print.ts';
import { type Json, typeOf } from './value.ts';

/** What `error(…)` throws, and what the operations throw themselves: any value, most often a sentence. */
export class JqError extends Error {
  override readonly name = 'JqError';
  constructor(readonly value: Json) {
    super(typeof value === 'string' ? value : printJson(value));
  }
}

/** `string ("a very lo...)`: the type and the beginning of the text. */
export function described(value: Json): string {
  const text = printJson(value);
  const MOST = 11;
  return `${typeOf(value)} (${text.length > MOST ? `${text.slice(0, MOST - 1)}...` : text})`;
}
