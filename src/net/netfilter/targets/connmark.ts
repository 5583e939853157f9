/** Copies marks between packet and connection, or sets the connection's. See xt_connmark.c. */
import { CONTINUE, given, hex, parseNumber, RuleSyntaxError, type TargetKind } from '../extension.ts';
import { applyMark, listMark, parseMarkChange } from './mark.ts';

const ALL = 0xffffffff;

export const connmark: TargetKind = {
  name: 'CONNMARK',
  options: { 'set-mark': 1, 'set-xmark': 1, 'and-mark': 1, 'or-mark': 1, 'xor-mark': 1, 'save-mark': 0, 'restore-mark': 0, mask: 1, nfmask: 1, ctmask: 1 },
  build(all) {
    const number = (option: string) => {
      const text = given(all, option)?.values[0];
      const value = text === undefined ? undefined : parseNumber(text);
      if (text !== undefined && value === undefined) throw new RuleSyntaxError(`CONNMARK: bad integer value for option "--${option}", or out of range.\n`);
      return value;
    };
    const mask = number('mask');
    const nfmask = number('nfmask') ?? mask ?? ALL;
    const ctmask = number('ctmask') ?? mask ?? ALL;
    const copy = given(all, 'save-mark') ? 'save' : given(all, 'restore-mark') ? 'restore' : undefined;
    const change = all.find(({ option }) => option.endsWith('mark') && option.includes('-') && option !== 'save-mark' && option !== 'restore-mark');
    if (!copy && !change) throw new RuleSyntaxError('CONNMARK target: No operation specified');
    const set = change && parseMarkChange(change.option, change.values[0]!, 'CONNMARK');
    return {
      name: 'CONNMARK',
      usesConntrack: true,
      apply(flight) {
        const entry = flight.tracking?.entry;
        if (!entry) return CONTINUE;
        if (set) entry.mark = applyMark(entry.mark, set.value, set.mask);
        else if (copy === 'save') entry.mark = ((entry.mark & ~ctmask) ^ (flight.mark & nfmask)) >>> 0;
        else flight.mark = ((flight.mark & ~nfmask) ^ (entry.mark & ctmask)) >>> 0;
        return CONTINUE;
      },
      toArgs: () => (set ? ['--set-xmark', `${hex(set.value)}/${hex(set.mask)}`] : [`--${copy}-mark`, '--nfmask', hex(nfmask), '--ctmask', hex(ctmask)]),
      list: () => (set ? listMark('CONNMARK', set.value, set.mask) : nfmask === ctmask ? `CONNMARK ${copy}${nfmask === ALL ? '' : ` mask ${hex(nfmask)}`}` : `CONNMARK ${copy} nfmask ${hex(nfmask)} ctmask ~${hex(ctmask)}`),
    };
  },
};
