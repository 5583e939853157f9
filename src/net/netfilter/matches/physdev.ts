/** The ports of a bridge that a packet came in at and leaves by. See xt_physdev.c. */
import { given, type MatchKind, printGiven, RuleSyntaxError } from '../extension.ts';
import { nameFits } from '../rule.ts';

export const physdev: MatchKind = {
  name: 'physdev',
  options: { 'physdev-in': 1, 'physdev-out': 1, 'physdev-is-in': 0, 'physdev-is-out': 0, 'physdev-is-bridged': 0 },
  build(all) {
    if (all.length === 0) throw new RuleSyntaxError('PHYSDEV: no physdev option specified');
    const into = given(all, 'physdev-in');
    const out = given(all, 'physdev-out');
    const isIn = given(all, 'physdev-is-in');
    const isOut = given(all, 'physdev-is-out');
    const isBridged = given(all, 'physdev-is-bridged');
    return {
      name: 'physdev',
      // Before the route is known no bridge has chosen a port (physdev_mt_check).
      ...((out && !isBridged) || (isOut && !isOut.negated) ? { hooks: ['forward', 'postrouting', 'prerouting', 'input'] as const } : {}),
      matches({ physIn, physOut }) {
        if (isIn && (physIn !== undefined) === isIn.negated) return false;
        if (isOut && (physOut !== undefined) === isOut.negated) return false;
        if (isBridged && (physIn !== undefined && physOut !== undefined) === isBridged.negated) return false;
        if (into && (physIn !== undefined && nameFits(into.values[0]!, physIn.name)) === into.negated) return false;
        return !(out && (physOut !== undefined && nameFits(out.values[0]!, physOut.name)) === out.negated);
      },
      toArgs: () => ['-m', 'physdev', ...printGiven(isIn), ...printGiven(into), ...printGiven(isOut), ...printGiven(out), ...printGiven(isBridged)],
      list: () =>
        ['PHYSDEV match', ...[isIn, into, isOut, out, isBridged].flatMap((one) => (one ? [`${one.negated ? '! ' : ''}--${[one.option, ...one.values].join(' ')}`] : []))].join(' '),
    };
  },
};
