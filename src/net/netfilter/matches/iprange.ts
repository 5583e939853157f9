/** Addresses from one to another, where no prefix fits. See xt_iprange.c. */
import { type Ipv4, parseIpv4, toNumber } from '../../../base/address.ts';
import { given, type Given, type MatchKind, RuleSyntaxError } from '../extension.ts';

export const iprange: MatchKind = {
  name: 'iprange',
  options: { 'src-range': 1, 'dst-range': 1 },
  build(all) {
    const source = parseEnds(given(all, 'src-range'));
    const destination = parseEnds(given(all, 'dst-range'));
    if (!source && !destination) throw new RuleSyntaxError("iprange match: You must specify `--src-range' or `--dst-range'");
    const print = (option: string, ends: Ends | undefined) => (ends ? [...(ends.negated ? ['!'] : []), option, `${ends.first}-${ends.last}`] : []);
    const says = (what: string, ends: Ends | undefined) => (ends ? [`${what} IP range${ends.negated ? ' !' : ''} ${ends.first}-${ends.last}`] : []);
    return {
      name: 'iprange',
      matches: ({ packet }) => fits(source, packet.source) && fits(destination, packet.destination),
      toArgs: () => ['-m', 'iprange', ...print('--src-range', source), ...print('--dst-range', destination)],
      list: () => [...says('source', source), ...says('destination', destination)].join(' '),
    };
  },
};

interface Ends {
  readonly first: Ipv4;
  readonly last: Ipv4;
  readonly negated: boolean;
}

function parseEnds(one: Given | undefined): Ends | undefined {
  if (!one) return undefined;
  const [low = '', high = low] = one.values[0]!.split('-');
  const first = parseIpv4(low);
  const last = parseIpv4(high);
  if (!first || !last) throw new RuleSyntaxError(`iprange: Bad value for "--${one.option}" option: "${first ? high : low}"`);
  return { first, last, negated: one.negated };
}

function fits(ends: Ends | undefined, address: Ipv4): boolean {
  if (!ends) return true;
  const number = toNumber(address);
  return (number >= toNumber(ends.first) && number <= toNumber(ends.last)) !== ends.negated;
}
