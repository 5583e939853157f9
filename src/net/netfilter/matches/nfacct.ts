/** Counts packets and bytes under a name; always true. */
import { sizeOf } from '../../packet.ts';
import { given, type MatchKind, quote, RuleSyntaxError } from '../extension.ts';

export const nfacct: MatchKind = {
  name: 'nfacct',
  options: { 'nfacct-name': 1 },
  build(all) {
    const name = given(all, 'nfacct-name')?.values[0];
    if (name === undefined) throw new RuleSyntaxError('nfacct: option "--nfacct-name" must be specified\n');
    return {
      name: 'nfacct',
      matches({ packet }, { namespace }) {
        namespace.netfilter.accounting.count(name, sizeOf(packet));
        return true;
      },
      toArgs: () => ['-m', 'nfacct', '--nfacct-name', name],
      // Two blanks: libxt_nfacct.c prints one, and xtables_save_string another.
      save: () => `-m nfacct --nfacct-name  ${quote(name)}`,
      list: () => `nfacct-name  ${name}`,
    };
  },
};
