/** Membership of an ipset, for which `src` and `dst` say what to compare. */
import { given, type MatchKind, RuleSyntaxError } from '../extension.ts';

export const set: MatchKind = {
  name: 'set',
  options: { 'match-set': 2 },
  build(all, { setExists }) {
    const one = given(all, 'match-set');
    if (!one) throw new RuleSyntaxError("set: You must specify `--match-set' with proper arguments");
    const [name, text] = one.values as [string, string];
    if (!setExists(name)) throw new RuleSyntaxError(`Set ${name} doesn't exist.\n`);
    const flags = text.split(',').map((flag) => {
      if (flag !== 'src' && flag !== 'dst') throw new RuleSyntaxError('You must spefify (the comma separated list of) `src\' or `dst\'.');
      return flag;
    });
    return {
      name: 'set',
      matches: ({ packet }, { namespace }) => (namespace.netfilter.sets.get(name)?.matches(packet, flags) ?? false) !== one.negated,
      toArgs: () => ['-m', 'set', ...(one.negated ? ['!'] : []), '--match-set', name, flags.join(',')],
      list: () => `${one.negated ? '! ' : ''}match-set ${name} ${flags.join(',')}`,
    };
  },
};
