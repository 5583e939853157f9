/**
 * Hands a copy to whoever listens to the group, and goes on: Calico counts its flows by it. Nobody listens here, as on a
 * node without a flow log. See xt_NFLOG.c.
 */
import { CONTINUE, given, type Given, parseNumber, quote, RuleSyntaxError, type TargetKind } from '../extension.ts';

export const nflog: TargetKind = {
  name: 'NFLOG',
  options: { 'nflog-group': 1, 'nflog-prefix': 1, 'nflog-size': 1, 'nflog-threshold': 1, 'nflog-range': 1 },
  build(all) {
    const prefix = given(all, 'nflog-prefix')?.values[0]!.slice(0, 63);
    const numbers = ['nflog-group', 'nflog-range', 'nflog-size', 'nflog-threshold'].flatMap((option) => {
      const value = readNumber(given(all, option), option === 'nflog-group' || option === 'nflog-threshold' ? 65_535 : 0xffffffff);
      return value === undefined || (option === 'nflog-group' && value === 0) ? [] : [{ option, value }];
    });
    const args = (quoted: (text: string) => string) => [...(prefix === undefined ? [] : ['--nflog-prefix', quoted(prefix)]), ...numbers.flatMap(({ option, value }) => [`--${option}`, String(value)])];
    return {
      name: 'NFLOG',
      apply: () => CONTINUE,
      toArgs: () => args((text) => text),
      save: () => args(quote).join(' '),
      list: () => [...(prefix === undefined ? [] : [`nflog-prefix ${quote(prefix)}`]), ...numbers.map(({ option, value }) => `${option} ${value}`)].join(' '),
    };
  },
};

function readNumber(one: Given | undefined, most: number): number | undefined {
  if (!one) return undefined;
  const value = parseNumber(one.values[0]!, most);
  if (value === undefined) throw new RuleSyntaxError(`NFLOG: bad value for option "--${one.option}", or out of range (0-${most}).\n`);
  return value;
}
