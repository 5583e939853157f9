/** What the packet says, looked for byte by byte in what it carries. See xt_string.c. */
import type { Ipv4Packet } from '../../packet.ts';
import { given, type MatchKind, quote, RuleSyntaxError } from '../extension.ts';

export const string: MatchKind = {
  name: 'string',
  options: { string: 1, algo: 1, icase: 0 },
  build(all) {
    const one = given(all, 'string');
    const algorithm = given(all, 'algo')?.values[0];
    const ignoreCase = given(all, 'icase') !== undefined;
    if (algorithm === undefined) throw new RuleSyntaxError('string: option "--algo" must be specified\n');
    if (!one) throw new RuleSyntaxError("STRING match: You must specify `--string' or `--hex-string'");
    const wanted = one.values[0]!;
    const cased = (text: string) => (ignoreCase ? text.toLowerCase() : text);
    const args = (text: string) => ['-m', 'string', ...(one.negated ? ['!'] : []), '--string', text, '--algo', algorithm, ...(ignoreCase ? ['--icase'] : [])];
    return {
      name: 'string',
      matches: ({ packet }) => cased(saidBy(packet)).includes(cased(wanted)) !== one.negated,
      toArgs: () => args(wanted),
      // Always in quotes, unlike everything else that is text.
      save: () => args(/^[\w-]+$/.test(wanted) ? `"${wanted}"` : quote(wanted)).join(' '),
      list: () => `STRING match ${one.negated ? '!' : ''} "${wanted}" ALGO name ${algorithm}${ignoreCase ? ' ICASE' : ''}`,
    };
  },
};

function saidBy({ payload }: Ipv4Packet): string {
  return (payload.protocol === 'tcp' || payload.protocol === 'udp') && typeof payload.data === 'string' ? payload.data : '';
}
