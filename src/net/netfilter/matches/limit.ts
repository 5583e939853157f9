/** At most so many per time, after a burst: a bucket of tokens. See xt_limit.c. */
import { given, type MatchKind, parseNumber, RuleSyntaxError } from '../extension.ts';

const UNITS = { sec: 1000, min: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
type Unit = keyof typeof UNITS;

export const limit: MatchKind = {
  name: 'limit',
  options: { limit: 1, 'limit-burst': 1 },
  build(all) {
    const { count, unit } = parseRate(given(all, 'limit')?.values[0] ?? '3/hour');
    const burst = parseNumber(given(all, 'limit-burst')?.values[0] ?? '5', 10_000);
    if (burst === undefined) throw new RuleSyntaxError('limit: bad value for option "--limit-burst", or out of range (0-10000).');
    const tokenMs = UNITS[unit] / count;
    let creditMs = tokenMs * burst;
    let filledAtMs: number | undefined;
    return {
      name: 'limit',
      matches(_flight, { namespace }) {
        const now = namespace.world.clock.now();
        creditMs = Math.min(tokenMs * burst, creditMs + now - (filledAtMs ?? now));
        filledAtMs = now;
        if (creditMs < tokenMs) return false;
        creditMs -= tokenMs;
        return true;
      },
      toArgs: () => ['-m', 'limit', '--limit', `${count}/${unit}`, ...(burst === 5 ? [] : ['--limit-burst', String(burst)])],
      list: () => `limit: avg ${count}/${unit} burst ${burst}`,
    };
  },
};

/** `5/minute`, `5/m`, `5`. */
function parseRate(text: string): { readonly count: number; readonly unit: Unit } {
  const parts = /^(\d+)(?:\/([a-z]+))?$/i.exec(text);
  const count = Number(parts?.[1]);
  const word = (parts?.[2] ?? 'second').toLowerCase();
  const unit = (['second', 'minute', 'hour', 'day'] as const).find((name) => name.startsWith(word));
  if (!parts || !unit || count < 1) throw new RuleSyntaxError(`bad rate "${text}"'`);
  const short: Unit = unit === 'second' ? 'sec' : unit === 'minute' ? 'min' : unit;
  return { count, unit: short };
}
