/** Some of the packets: by lot, or every nth. kube-proxy spreads connections with it. See xt_statistic.c. */
import { given, type MatchKind, parseNumber, RuleSyntaxError } from '../extension.ts';

/** The kernel keeps a probability as a fraction of this, which is why 1/3 prints as 0.33333333349. */
const SCALE = 0x80000000;

export const statistic: MatchKind = {
  name: 'statistic',
  options: { mode: 1, probability: 1, every: 1, packet: 1 },
  build(all) {
    const mode = given(all, 'mode')?.values[0];
    if (mode === undefined) throw new RuleSyntaxError('--probability must be specified when using random mode');
    if (mode === 'random') {
      const one = given(all, 'probability');
      const probability = Number(one?.values[0]);
      if (!one) throw new RuleSyntaxError('--probability must be specified when using random mode');
      if (!(probability >= 0 && probability <= 1)) throw new RuleSyntaxError('statistic: bad value for option "--probability", or out of range (0-1).\n');
      const threshold = Math.round(probability * SCALE);
      const printed = (threshold / SCALE).toFixed(11);
      return {
        name: 'statistic',
        matches: (_flight, { namespace }) => namespace.world.rng.next() * SCALE < threshold !== one.negated,
        toArgs: () => ['-m', 'statistic', '--mode', 'random', ...(one.negated ? ['!'] : []), '--probability', printed],
        list: () => `statistic mode random${one.negated ? ' !' : ''} probability ${printed}`,
      };
    }
    if (mode !== 'nth') throw new RuleSyntaxError(`Bad mode "${mode}"`);
    const one = given(all, 'every');
    const every = parseNumber(one?.values[0] ?? '');
    const first = parseNumber(given(all, 'packet')?.values[0] ?? '0');
    if (!one) throw new RuleSyntaxError('--every must be specified when using nth mode');
    if (every === undefined || every < 1) throw new RuleSyntaxError('statistic: bad value for option "--every", or out of range (1-4294967295).\n');
    if (!given(all, 'packet')) throw new RuleSyntaxError('statistic: option "--every" also requires "--packet".\n');
    if (first === undefined || first >= every) throw new RuleSyntaxError('the --packet p must be 0 <= p <= n-1');
    let count = (every - first - 1 + every) % every;
    return {
      name: 'statistic',
      matches() {
        const hit = count === every - 1;
        count = hit ? 0 : count + 1;
        return hit !== one.negated;
      },
      toArgs: () => ['-m', 'statistic', '--mode', 'nth', ...(one.negated ? ['!'] : []), '--every', String(every), '--packet', String(first)],
      list: () => `statistic mode nth${one.negated ? ' !' : ''} every ${every}${first > 0 ? ` packet ${first}` : ''}`,
    };
  },
};
