/** `value/mask`, as marks are written. */
import { hex, parseNumber, RuleSyntaxError } from '../extension.ts';

/** Bits, and which of them count. */
export interface Masked {
  readonly value: number;
  readonly mask: number;
}

/** @throws RuleSyntaxError */
export function parseMasked(text: string, option: string, name: string): Masked {
  const [first = '', second] = text.split('/');
  const value = parseNumber(first);
  const mask = second === undefined ? 0xffffffff : parseNumber(second);
  if (value === undefined || mask === undefined) throw new RuleSyntaxError(`${option}: bad integer value for option "--${name}", or out of range.\n`);
  return { value, mask };
}

/** Without the mask when all bits count. */
export const printMasked = ({ value, mask }: Masked): string => (mask === 0xffffffff ? hex(value) : `${hex(value)}/${hex(mask)}`);

/** Whether the bits that count are as wanted. */
export const fitsMask = (actual: number, { value, mask }: Masked): boolean => (actual & mask) >>> 0 === value;
