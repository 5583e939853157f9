/**
 * DER as a reader of certificates needs it: bytes in, a tree of values out. Knows nothing of certificates. ITU-T X.690.
 */

/** One value: its tag byte, what is inside, and, for a constructed one, its parts. */
export interface DerValue {
  readonly tag: number;
  readonly content: string;
  readonly parts: readonly DerValue[];
}

/** The bytes are no DER. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

const CONSTRUCTED = 0x20;

/** Every value that stands one after another in `bytes`. @throws DerError */
export function readDer(bytes: string): readonly DerValue[] {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes.charCodeAt(at);
    const { start, end } = extent(bytes, at + 1);
    if (end > bytes.length) throw new DerError('a value goes beyond the end');
    const content = bytes.slice(start, end);
    values.push({ tag, content, parts: tag & CONSTRUCTED ? readDer(content) : [] });
    at = end;
  }
  return values;
}

/** An object identifier's numbers: `2.5.4.3`. */
export function dotted(content: string): string {
  const first = content.charCodeAt(0);
  const numbers = [Math.min(2, Math.floor(first / 40)), first - 40 * Math.min(2, Math.floor(first / 40))];
  let held = 0;
  for (const septet of content.slice(1)) {
    held = held * 128 + (septet.charCodeAt(0) & 0x7f);
    if (septet.charCodeAt(0) & 0x80) continue;
    numbers.push(held);
    held = 0;
  }
  return numbers.join('.');
}

/** UTCTime (two digits of year, 50 and later is the last century) or GeneralizedTime, as Unix milliseconds. */
export function timeOf({ tag, content }: DerValue): number {
  const UTC_TIME = 0x17;
  const digits = tag === UTC_TIME ? `${Number(content.slice(0, 2)) >= 50 ? '19' : '20'}${content}` : content;
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(digits) ?? [];
  if (year === undefined) throw new DerError('not a time');
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}

function extent(bytes: string, at: number): { readonly start: number; readonly end: number } {
  const first = bytes.charCodeAt(at);
  if (first < 0x80) return { start: at + 1, end: at + 1 + first };
  const count = first & 0x7f;
  let length = 0;
  for (let i = 1; i <= count; i++) length = length * 256 + bytes.charCodeAt(at + i);
  if (Number.isNaN(length) || count === 0 || count > 4) throw new DerError('not a length');
  return { start: at + 1 + count, end: at + 1 + count + length };
}
