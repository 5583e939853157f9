/** How many connections an address, or its network, has open at once. See xt_connlimit.c. */
import { contains, networkOf } from '../../../base/address.ts';
import { given, type MatchKind, parseNumber, RuleSyntaxError } from '../extension.ts';

export const connlimit: MatchKind = {
  name: 'connlimit',
  options: { 'connlimit-above': 1, 'connlimit-upto': 1, 'connlimit-mask': 1, 'connlimit-saddr': 0, 'connlimit-daddr': 0 },
  build(all) {
    const one = given(all, 'connlimit-above') ?? given(all, 'connlimit-upto');
    if (!one) throw new RuleSyntaxError('You must specify "--connlimit-above" or "--connlimit-upto".');
    const most = parseNumber(one.values[0]!);
    const prefix = parseNumber(given(all, 'connlimit-mask')?.values[0] ?? '32', 32);
    if (most === undefined) throw new RuleSyntaxError(`connlimit: bad value for option "--${one.option}", or out of range (0-4294967295).\n`);
    if (prefix === undefined) throw new RuleSyntaxError(`connlimit: bad value for option "--connlimit-mask", or out of range (0-32).\n`);
    const side = given(all, 'connlimit-daddr') ? 'destination' : 'source';
    const above = (one.option === 'connlimit-above') !== one.negated;
    return {
      name: 'connlimit',
      usesConntrack: true,
      matches({ packet, tracking }, { namespace }) {
        const network = { address: networkOf({ address: packet[side], prefix }), prefix };
        const open = namespace.conntrack.entries().filter(({ original, state }) => contains(network, original[side]) && state !== 'TIME_WAIT' && state !== 'CLOSE');
        // The connection that this packet begins is not in the table yet, and counts.
        const known = tracking?.entry !== undefined && open.includes(tracking.entry);
        return open.length + (known ? 0 : 1) > most === above;
      },
      toArgs: () => ['-m', 'connlimit', `--connlimit-${above ? 'above' : 'upto'}`, String(most), '--connlimit-mask', String(prefix), side === 'source' ? '--connlimit-saddr' : '--connlimit-daddr'],
      list: () => `#conn ${side === 'source' ? 'src' : 'dst'}/${prefix} ${above ? '>' : '<='} ${most}`,
    };
  },
};
