/** Changes the packet's mark: clear the bits of the mask, then flip those of the value. */
import { CONTINUE, hex, parseNumber, RuleSyntaxError, type TargetKind } from '../extension.ts';
import { parseMasked } from '../matches/masked.ts';

export const mark: TargetKind = {
  name: 'MARK',
  options: { 'set-mark': 1, 'set-xmark': 1, 'and-mark': 1, 'or-mark': 1, 'xor-mark': 1 },
  build(all) {
    const one = all.at(-1);
    if (!one) throw new RuleSyntaxError('MARK: One of the --set-xmark, --{and,or,xor,set}-mark options is required');
    const { value, mask } = parseMarkChange(one.option, one.values[0]!, 'MARK');
    return {
      name: 'MARK',
      apply(flight) {
        flight.mark = applyMark(flight.mark, value, mask);
        return CONTINUE;
      },
      toArgs: () => ['--set-xmark', `${hex(value)}/${hex(mask)}`],
      list: () => listMark('MARK', value, mask),
    };
  },
};

/** What the kernel does with every spelling. */
export const applyMark = (actual: number, value: number, mask: number): number => ((actual & ~mask) ^ value) >>> 0;

/** Every spelling is a case of xmark, which is what the kernel keeps and iptables prints. */
export function parseMarkChange(option: string, text: string, name: string): { readonly value: number; readonly mask: number } {
  if (option === 'set-xmark') return parseMasked(text, name, option);
  if (option === 'set-mark') {
    const { value, mask } = parseMasked(text, name, option);
    return { value, mask: (mask | value) >>> 0 };
  }
  const bits = parseNumber(text);
  if (bits === undefined) throw new RuleSyntaxError(`${name}: bad integer value for option "--${option}", or out of range.\n`);
  if (option === 'and-mark') return { value: 0, mask: ~bits >>> 0 };
  return { value: bits, mask: option === 'or-mark' ? bits : 0 };
}

/** `iptables -L` names the simplest spelling. */
export function listMark(name: string, value: number, mask: number): string {
  if (value === 0) return `${name} and ${hex(~mask >>> 0)}`;
  if (value === mask) return `${name} or ${hex(value)}`;
  if (mask === 0) return `${name} xor ${hex(value)}`;
  if (mask === 0xffffffff) return `${name} set ${hex(value)}`;
  return `${name} xset ${hex(value)}/${hex(mask)}`;
}
